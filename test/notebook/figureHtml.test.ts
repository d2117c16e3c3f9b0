import plotly from "plotly.js-dist/package.json";
import assert from "node:assert/strict";
import fc from "fast-check";
import { chromium, type Browser, type Page } from "playwright-core";
import { figureJson } from "../../src/figures/figure";
import { findChromium } from "../../src/figures/pages/chromium";
import { figureHtml, plotlyAddress } from "../../src/notebook/figureHtml";
import { assertClose } from "../support/assertClose";
import { needs } from "./present";

const onePixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
const line = { data: [{ x: [1, 2], y: [3, 5] }], layout: { title: { text: "</script><b>" } } };

describe("figureJson", () => {
  it("a typed array becomes a list, a float32 has 7 digits, and NaN becomes null", () => {
    const data = [{ x: new Float32Array([0.1, NaN]), y: new Int32Array([2, 3]) }];
    assert.equal(
      figureJson({ data, layout: {} }),
      '{"data":[{"x":[0.1,null],"y":[2,3]}],"layout":{}}',
    );
  });

  it("figureJson keeps every finite float64 exactly and float32 to a relative 1e-6", () => {
    fc.assert(
      fc.property(
        fc.float64Array({ noNaN: true, noDefaultInfinity: true }),
        fc.float32Array({ noNaN: true, noDefaultInfinity: true }),
        (x, y) => {
          const json = figureJson({ data: [{ x, y }], layout: {} });
          const [back] = (JSON.parse(json) as { data: { x: number[]; y: number[] }[] }).data;
          // JSON has no negative zero.
          assert.deepEqual(
            back.x,
            Array.from(x, (value) => value + 0),
          );
          assertClose(back.y, y, 1e-6, { scale: y });
        },
      ),
    );
  });
});

describe("figureHtml", () => {
  let browser: Browser | undefined;
  before(async () => {
    const executablePath = findChromium();
    if (executablePath) browser = await chromium.launch({ executablePath, chromiumSandbox: false });
  });
  after(() => browser?.close());

  async function open(browser: Browser, online: boolean, head = ""): Promise<Page> {
    const page = await browser.newPage();
    const figures = ["a", "b"].map((id) => figureHtml(figureJson(line), id, onePixel));
    await page.route("**/*", async (route) => {
      const plotly = route.request().url() === plotlyAddress;
      if (!plotly)
        return route.fulfill({ contentType: "text/html", body: head + figures.join("") });
      if (!online) return route.abort();
      return route.fulfill({ path: require.resolve("plotly.js-dist") });
    });
    await page.goto("http://notebook.test/");
    return page;
  }

  it("live figures replace the pictures, and plotly.js is loaded once", async function () {
    const page = await open(needs(this, browser, "Chromium"), true);
    await page.waitForSelector("#b .main-svg");
    await page.waitForFunction("document.images.length === 0");
    assert.equal(await page.locator("script[src]").count(), 1);
    assert.equal(await page.textContent("#a .gtitle"), "</script>");
  });

  it("live figures appear in a page with an AMD loader such as classic Jupyter's", async function () {
    const amd = "<script>function define() { throw new Error('AMD') } define.amd = {}</script>";
    const page = await open(needs(this, browser, "Chromium"), true, amd);
    await page.waitForSelector("#b .main-svg");
  });

  it("the pictures stay where plotly.js does not load", async function () {
    const page = await open(needs(this, browser, "Chromium"), false);
    await page.waitForFunction("window.tdncPlotly.then(() => false, () => true)");
    assert.equal(await page.evaluate("document.images.length"), 2);
    assert.equal(await page.evaluate("document.images[0].naturalWidth"), 1);
  });

  it("plotlyAddress names the version of plotly.js that is installed, on its CDN", () => {
    assert.equal(plotlyAddress, `https://cdn.plot.ly/plotly-${plotly.version}.min.js`);
  });
});
