import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { findChromium } from "../../src/figures/pages/chromium";
import { plotlyMime, writeFigureRenderer } from "../../src/notebook/figureRenderer";
import { findJupyter } from "../../src/notebook/jupyter";
import { needs } from "./present";

const onePixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
const figure = {
  data: [{ x: [1, 2], y: [3, 5] }],
  layout: { title: { text: "</script>up" }, width: 300, height: 200 },
  config: { displaylogo: false, showSendToCloud: false },
};
const bundle = { [plotlyMime]: figure, "image/png": onePixel, "text/plain": "up" };

describe("live figures without a network", function () {
  this.timeout(120000);
  let browser: Browser | undefined;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "tdnc-figures-"));
    await writeFigureRenderer(path.join(folder, "kernels"));
    const executablePath = findChromium();
    if (executablePath) browser = await chromium.launch({ executablePath, chromiumSandbox: false });
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  const file = (...names: string[]) => readFileSync(path.join(folder, ...names), "utf8");

  /** A page of a Jupyter server whose address begins with /hub/; `requests` gets what it loads. */
  async function open(body: string, requests: string[], served = true): Promise<Page> {
    const page = await browser!.newPage();
    await page.route("**/*", async (route) => {
      const { pathname } = new URL(route.request().url());
      requests.push(pathname);
      if (pathname === "/") return route.fulfill({ contentType: "text/html", body });
      if (!served || pathname !== "/hub/kernelspecs/tslab/plotly.js") return route.abort();
      return route.fulfill({ path: path.join(folder, "kernels", "tslab", "plotly.js") });
    });
    await page.goto("http://jupyter.test/");
    return page;
  }

  /** What Lab does with a mime extension and two outputs. */
  const labPage = () => `<body>
    <script id="jupyter-config-data" type="application/json">{"baseUrl": "/hub/"}</script>
    <script>${file("labextensions", "tdnc-figures", "static", "extension.js")}</script>
    <script>
      class Widget { constructor() { this.node = document.createElement("div"); } }
      const container = window._JUPYTERLAB["tdnc-figures"];
      container.init({ "@lumino/widgets": { "2.0.0": { get: async () => () => ({ Widget }) } } });
      container.get("./mimeExtension").then((factory) => {
        window.factory = factory().default.rendererFactory;
        for (const id of ["a", "b"]) {
          const widget = window.factory.createRenderer();
          widget.node.id = id;
          // Lab renders first, and puts the widget into the page then.
          widget.renderModel({ data: ${JSON.stringify(bundle).replaceAll("<", "\\u003c")} });
          document.body.append(widget.node);
        }
      });
    </script></body>`;

  it("in JupyterLab live figures replace the pictures, and plotly.js is loaded once", async function () {
    needs(this, browser, "Chromium");
    const requests: string[] = [];
    const page = await open(labPage(), requests);
    for (const id of ["a", "b"]) await page.waitForSelector(`#${id} .main-svg`);
    await page.waitForFunction("document.images.length === 0");
    assert.deepEqual(requests, ["/", "/hub/kernelspecs/tslab/plotly.js"]);
    assert.equal(await page.textContent("#a .gtitle"), "</script>up");
    assert.equal(await page.locator('[data-title*="Share"]').count(), 0);
    assert((await page.locator(".modebar-btn").count()) > 0);
  });

  it("in JupyterLab the pictures stay where plotly.js does not load or the notebook is not trusted", async function () {
    needs(this, browser, "Chromium");
    const page = await open(labPage(), [], false);
    await page.waitForEvent("console", (message) => message.text().includes("is not shown"));
    assert.equal(await page.evaluate("document.images.length"), 2);
    assert.equal(await page.evaluate("document.images[0].naturalWidth"), 1);
    assert.equal(await page.evaluate("window.factory.safe"), false);
  });

  it("in the classic Notebook new figures and those drawn before become live, with its AMD loader", async function () {
    needs(this, browser, "Chromium");
    const classic = `<body data-base-url="/hub/"><div id="cell"></div><script>
      function OutputArea() {}
      OutputArea.prototype = {
        outputs: [{ data: ${JSON.stringify(bundle).replaceAll("<", "\\u003c")} }],
        trusted: false,
        toJSON() { return this.outputs; },
        clear_output() { this.outputs = []; this.trusted = true; },
        fromJSON(outputs) { this.outputs = outputs; window.appended = this.trusted; this.append(); },
        create_output_subarea: () => [document.createElement("div")],
        register_mime_type(type, append, options) { window.registered = { type, options }; this.append = function () {
          append.call(this, this.outputs[0].data[type], {}, { append: ([place]) => document.getElementById("cell").append(place) }); }; },
      };
      const cells = [{ metadata: {}, output_area: Object.create(OutputArea.prototype) }, {}];
      function define(names, module) {
        if (typeof names === "function") throw new Error("plotly.js was taken as a module");
        module({ notebook: { get_cells: () => cells } }, { OutputArea }).onload();
      }
      define.amd = {};
      ${file("kernels", "tslab", "kernel.js")}
    </script></body>`;
    const page = await open(classic, []);
    await page.waitForSelector("#cell .main-svg");
    assert.deepEqual(await page.evaluate("[window.appended, window.registered]"), [
      false,
      { type: plotlyMime, options: { safe: false, index: 0 } },
    ]);
  });

  it("nbconvert puts one plotly.js into the page, whose pictures stay without scripts", async function () {
    needs(this, browser, "Chromium");
    const python = needs(this, findJupyter(), "Jupyter with nbconvert");
    const output = { output_type: "display_data", data: bundle, metadata: {} };
    const cell = { cell_type: "code", execution_count: 1, metadata: {}, source: "1;" };
    const notebook = path.join(folder, "two.ipynb");
    const cells = ["a", "b"].map((id) => ({ ...cell, id, outputs: [output] }));
    const parts = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
    writeFileSync(notebook, JSON.stringify(parts));
    const args = ["-m", "nbconvert", "--config", "notebooks/html.py", "--to", "html", notebook];
    const { status, stderr } = spawnSync(python, args, { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    const html = file("two.html");
    assert.equal(html.split("plotly.js v").length, 2);
    for (const javaScriptEnabled of [true, false]) {
      const page = await (await browser!.newContext({ javaScriptEnabled })).newPage();
      await page.route("http*://**/*", (route) => route.abort());
      await page.goto(`file://${path.join(folder, "two.html")}`, { waitUntil: "domcontentloaded" });
      const images = page.locator("img");
      if (!javaScriptEnabled) assert.equal(await images.count(), 2);
      else {
        await page.waitForFunction("document.querySelectorAll('.gtitle').length === 2");
        await page.waitForFunction("document.images.length === 0");
      }
    }
  });
});
