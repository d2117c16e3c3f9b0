import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { figureJson, type Figure } from "../../../src/figures/figure";
import { findChromium } from "../../../src/figures/pages/chromium";
import { writeFeaturePage } from "../../../src/figures/pages/featurePage";
import { writeReportPage } from "../../../src/figures/pages/reportPage";
import { findRecords } from "../../../src/runs/findRecords";
import {
  evaluateFeatures,
  measureFeatures,
} from "../../../src/training/evaluation/measureFeatures";
import { needs } from "../../notebook/present";
import { everyFigure, type NamedFigure } from "./everyFigure";
import { TEXT_PROBLEMS } from "./textProblems";

const WIDTHS = [560, 700, 1000, 1600];
const HEIGHT = 450;

describe("the layout of figures and pages", function () {
  this.timeout(900_000);
  let browser: Browser | undefined;
  let page: Page;
  before(async function () {
    const executablePath = needs(this, findChromium(), "Chromium");
    browser = await chromium.launch({
      executablePath,
      chromiumSandbox: process.getuid?.() !== 0,
    });
    page = await browser.newPage();
    page.setDefaultTimeout(300_000);
    await page.setContent('<div id="place"></div>');
    await page.addScriptTag({ path: require.resolve("plotly.js-dist") });
    await page.addScriptTag({ content: TEXT_PROBLEMS });
  });
  after(() => browser?.close());

  /** What is wrong with the texts of figures, a line each. */
  async function problemsOf(figures: readonly NamedFigure[]): Promise<string[]> {
    const problems: string[] = [];
    for (const { name, figure } of figures)
      for (const width of WIDTHS)
        for (const problem of await drawn(figure, width))
          problems.push(`${name} at ${width}: ${problem}`);
    return problems;
  }

  async function drawn(figure: Figure, width: number): Promise<string[]> {
    const { height = HEIGHT } = figure.layout as { height?: number };
    return page.evaluate<string[]>(`(async () => {
      const place = document.getElementById("place");
      const { data, layout } = ${figureJson(figure)};
      Object.assign(layout, { width: ${width}, height: ${height} });
      place.style.width = "${width}px";
      place.style.height = "${height}px";
      await Plotly.newPlot(place, data, layout);
      const problems = textProblems(place, ${width}, ${height});
      Plotly.purge(place);
      return problems;
    })()`);
  }

  it("no text of any figure touches another or is cut, at any width", async () => {
    assert.deepEqual(await problemsOf(await everyFigure()), []);
  });

  it("texts that touch, lie on a button or are cut at the edge are found", async () => {
    const at = (x: number, y: number, text: string) => ({
      x,
      y,
      text,
      xref: "paper",
      yref: "paper",
      showarrow: false,
    });
    const menu = { type: "buttons", x: 0.5, y: 0.2, buttons: [{ label: "play", method: "skip" }] };
    const figure = (annotations: object[]) => ({
      data: [],
      layout: { annotations, updatemenus: [menu], xaxis: { visible: false } },
    });
    const found = async (...annotations: object[]) =>
      (await problemsOf([{ name: "", figure: figure(annotations) }])).map((text) =>
        text.replace(/^ at \d+: /, ""),
      );
    assert.deepEqual(await found(at(0.2, 0.5, "one"), at(0.8, 0.5, "two")), []);
    const touching = await found(at(0.5, 0.5, "one text"), at(0.5, 0.5, "two"));
    assert.deepEqual([...new Set(touching)], ['"one text" touches "two"']);
    const cut = await found(at(1.3, 0.5, "beyond the edge of the figure"));
    assert.deepEqual([...new Set(cut)], ['"beyond the edge of the figure" is cut at the edge']);
  });

  describe("pages", () => {
    let folder: string;
    before(() => (folder = mkdtempSync(path.join(tmpdir(), "tdnc-layout-"))));
    after(() => rmSync(folder, { recursive: true }));

    /** Tables that scroll sideways, and the page itself if it does, with everything unfolded. */
    async function wideParts(file: string, width: number): Promise<string[]> {
      const shown = await browser!.newPage({ viewport: { width, height: 900 } });
      try {
        await shown.goto(pathToFileURL(file).href, { waitUntil: "commit" });
        const last = shown.locator("figure").last();
        await last.waitFor({ state: "attached", timeout: 300_000 });
        return await shown.evaluate<string[]>(`(() => {
          document.querySelectorAll("details").forEach((one) => { one.open = true; });
          const isWide = (node) => node.scrollWidth > node.clientWidth;
          const tables = [...document.querySelectorAll(".wide")].filter(isWide);
          const names = tables.map((one) => one.getAttribute("aria-label"));
          return isWide(document.documentElement) ? ["the page", ...names] : names;
        })()`);
      } finally {
        await shown.close();
      }
    }

    it("the report's tables fit 1,280 pixels, and at 390 only single runs and settings scroll", async () => {
      const found = await findRecords([path.resolve("data/records")]);
      const file = path.join(folder, "report.html");
      await writeReportPage(
        found.map(({ record }) => record),
        file,
      );
      assert.deepEqual(await wideParts(file, 1280), []);
      const narrow = new Set(await wideParts(file, 390));
      assert(
        [...narrow].every((name) => ["Runs", "Settings"].includes(name)),
        [...narrow].join(),
      );
    });

    it("the tables of measured features fit 700 and 1,600 pixels", async () => {
      const file = path.join(folder, "features.html");
      const input = {
        features: Float32Array.from({ length: 90 }, (_, i) => Math.sin(i * i)),
        labels: Int32Array.from({ length: 30 }, (_, n) => n % 3),
      };
      const evaluated = evaluateFeatures(input);
      const page = { title: "features", description: "", evaluated, rows: measureFeatures(input) };
      await writeFeaturePage(page, file);
      for (const width of [390, 700, 1600]) assert.deepEqual(await wideParts(file, width), []);
    });
  });
});
