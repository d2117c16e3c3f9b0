import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { PNG } from "pngjs";
import { findChromium } from "../../../src/figures/pages/chromium";
import { closeDrawing, figurePng } from "../../../src/figures/pages/figurePng";
import { needs } from "../../notebook/present";

// 300 x 200 with margins that leave 100 x 60 pixels for the plot.
const redBox = {
  data: [],
  layout: {
    margin: { l: 120, r: 80, t: 90, b: 50 },
    plot_bgcolor: "rgb(255,0,0)",
    xaxis: { visible: false },
    yaxis: { visible: false },
  },
};

describe("figurePng", () => {
  after(closeDrawing);

  it("the PNG has the requested size and a plot area of 100 x 60 in its color", async function () {
    needs(this, findChromium(), "Chromium");
    const png = await figurePng(redBox, { width: 300, height: 200 });
    assert(png);
    const { width, height, data: pixels } = PNG.sync.read(png);
    assert.deepEqual([width, height], [300, 200]);
    const red: number[] = [];
    for (let i = 0; i < width * height; i += 1) {
      if (pixels.readUInt32BE(4 * i) === 0xff0000ff) red.push(i);
    }
    assert.equal(red.length, 100 * 60);
    assert.deepEqual([red[0] % width, Math.floor(red[0] / width)], [120, 90]);
  });

  it("two concurrent calls draw their own figures", async function () {
    needs(this, findChromium(), "Chromium");
    const both = await Promise.all(
      [50, 70].map((width) => figurePng({ data: [], layout: {} }, { width, height: 40 })),
    );
    assert.deepEqual(
      both.map((png) => png && PNG.sync.read(png).width),
      [50, 70],
    );
  });

  it("figurePng lets the process exit", function () {
    needs(this, findChromium(), "Chromium");
    const module = path.resolve("src/figures/pages/figurePng");
    const script = `require(${JSON.stringify(module)})
      .figurePng({ data: [], layout: {} }, { width: 50, height: 40 })
      .then((png) => console.log(png.length > 0));`;
    const { status, stdout } = spawnSync(
      process.execPath,
      ["--require", "tsx/cjs", "--eval", script],
      { encoding: "utf8", timeout: 50000 },
    );
    assert.deepEqual([status, stdout], [0, "true\n"]);
  });

  it("figurePng returns undefined without Chromium", async () => {
    await closeDrawing();
    const before = process.env.TDNC_CHROMIUM;
    process.env.TDNC_CHROMIUM = "none";
    try {
      assert.equal(await figurePng(redBox, { width: 300, height: 200 }), undefined);
    } finally {
      await closeDrawing();
      if (before === undefined) delete process.env.TDNC_CHROMIUM;
      else process.env.TDNC_CHROMIUM = before;
    }
  });

  it("findChromium returns the program that TDNC_CHROMIUM names, and no other if it is missing", () => {
    const [PATH, missing] = [process.env.PATH, path.resolve("no/such/chromium")];
    assert.equal(findChromium({ PATH, TDNC_CHROMIUM: process.execPath }), process.execPath);
    assert.equal(findChromium({ PATH, TDNC_CHROMIUM: missing }), undefined);
  });
});
