import assert from "node:assert/strict";
import { statSync } from "node:fs";
import path from "node:path";
import { findJupyter } from "../../src/notebook/jupyter";
import { complaints, outputs, PLOTLY, printed, prose, readCells, type Cell } from "./cells";
import { needs } from "./present";
import { shortRun } from "./shortRun";

const notebook = path.resolve("notebooks/01-quickstart.ipynb");
const figures = (cells: Cell[]) => outputs(cells).filter(({ data }) => data?.[PLOTLY]);

describe("the notebook 01-quickstart", function () {
  this.timeout(300000);

  it("the notebook runs in the real kernel with one epoch without an error", async function () {
    const python = needs(this, findJupyter(), "Jupyter with nbconvert");
    const cells = await shortRun(python, notebook);
    assert.deepEqual(complaints(cells), []);
    assert.equal(figures(cells).length, 6);
    assert.match(printed(cells), /death times: 0\.50, 0\.80, 1\.20, 1\.30, 1\.50/);
    assert.match(printed(cells), /at the start +: loss 1\.70/);
    for (const name of ["vanilla", "sliding"])
      assert.match(printed(cells), new RegExp(`${name} +test accuracy \\d+\\.\\d\\d %`));
  });

  it("the file has the outputs of a full run with pictures and is below 1.5 MB", () => {
    const cells = readCells(notebook);
    assert.deepEqual(complaints(cells), []);
    assert.equal(figures(cells).length, 6);
    for (const { data } of figures(cells)) assert(data?.["image/png"], "a figure has a picture");
    assert.match(printed(cells), /12 epochs, n = 1 run each/);
    assert(statSync(notebook).size < 1.5e6);
  });

  it("the text has the numbers that the stored run printed", () => {
    const cells = readCells(notebook);
    const texts = prose(cells).join("\n");
    const last = [
      ...printed(cells).matchAll(
        /test accuracy (\S+) %, training \S+ %, NC1 (\S+), median death time (\S+),/g,
      ),
    ];
    assert.equal(last.length, 2);
    for (const [, accuracy, nc1, time] of last) {
      assert(texts.includes(`${accuracy} %`), `the text has the accuracy ${accuracy} %`);
      assert(texts.includes(nc1), `the text has NC1 ${nc1}`);
      assert(texts.includes(time), `the text has the death time ${time}`);
    }
  });
});
