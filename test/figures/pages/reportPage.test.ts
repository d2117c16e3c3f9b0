import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";
import { findRecords } from "../../../src/runs/findRecords";
import { animatedProjection } from "../../../src/figures/animatedProjection";
import { regularizerLooks } from "../../../src/figures/theme";
import { figureTitle, htmlPage, plotlyText } from "../../../src/figures/pages/page";
import { writeReportPage } from "../../../src/figures/pages/reportPage";
import { studyFigures } from "../../../src/figures/pages/studyFigures";
import { findChromium } from "../../../src/figures/pages/chromium";
import { accuracyCurves } from "../../../src/figures/trainingCurves";
import { writeFigures } from "../../../src/figures/pages/writeFigures";
import { needs } from "../../notebook/present";
import { collectMessages } from "./pageMessages";
import { measuredRun } from "../../support/records";

const collapse = {
  withinClassVariability: 0.5,
  meansEquinorm: 0.2,
  meansEquiangularity: 0.2,
  meansMaximalAngle: 0.1,
  selfDuality: 0.7,
  nearestClassCenterMismatch: 0.01,
};
const report = { testReport: collapse, classQuantiles: [[0, 1, 2, 3, 4, 5, 6] as const] };
const records = ["sliding", "vanilla", '<b>&"'].flatMap((name) =>
  [0, 1].map((split) =>
    measuredRun(
      name,
      [
        { nc1: 2, ...report },
        { test: 0.5 + split / 8, ...report },
      ],
      { split },
    ),
  ),
);

describe("the figures of a study", () => {
  const names = (of: typeof records) => studyFigures(of).map(({ name }) => name);
  const onBothSets = (...measures: string[]) =>
    measures.flatMap((name) => [`${name}-train`, `${name}-test`]);

  it("a study has every figure that its records have numbers for, each with a sentence", () => {
    assert.deepEqual(names(records), [
      "results",
      "differences",
      "accuracy",
      "nc1-train",
      "nc1-test",
      ...onBothSets("equinorm", "equiangularity", "maximal-angle"),
      ...onBothSets("self-duality", "nearest-class-center"),
      "death-times-steps",
      "death-times-train",
      "death-times-test",
      "death-times-union",
      "schedules",
    ]);
    for (const { sentence } of studyFigures(records)) assert.match(sentence, /^.{20,}\.$/);
  });

  it("NC0 of the training images is drawn if the records have it, which older records do not", () => {
    const newer = records.map((record) => ({
      ...record,
      epochs: record.epochs.map((epoch) => ({
        ...epoch,
        train: { ...epoch.train!, classifierSum: 0.5, biasSum: 0.125 },
      })),
    }));
    const added = names(newer).filter((name) => !names(records).includes(name));
    assert.deepEqual(added, ["nc0-train"]);
    assert.equal(names(newer).indexOf("nc0-train") + 1, names(newer).indexOf("nc1-train"));
    const { figure, sentence } = studyFigures(newer).find(({ name }) => name === "nc0-train")!;
    assert.match(figureTitle(figure), /^NC0, sum of the classifiers \(training\)/);
    const lines = figure.data as { name: string; y: number[] }[];
    const valuesOf = (name: string) => lines.find((line) => line.name === name)!.y;
    assert.deepEqual(valuesOf("vanilla (n = 2)"), [0.5, 0.5]);
    assert.deepEqual(valuesOf("vanilla, biasSum"), [0.125, 0.125]);
    assert.match(sentence, /sum to zero/);
  });

  it("each preset has its figures in its regularizers' colors, and mnist-250 the published results", async () => {
    const found = await findRecords([path.resolve("data/records")]);
    const first = found.filter(({ record }) => record.config.split < 2).map(({ record }) => record);
    const figures = studyFigures(first);
    const presets = [...new Set(first.map(({ config }) => config.preset))];
    assert.ok(presets.includes("mnist-250-as-coded"));
    assert.equal(new Set(figures.map(({ name }) => name)).size, figures.length);
    for (const preset of presets) {
      const { figure } = figures.find(({ name }) => name === `${preset}-accuracy`)!;
      assert.match(figureTitle(figure), new RegExp(`: ${preset}$`));
      const lines = figure.data as { name: string; line?: { color: string } }[];
      for (const name of ["vanilla", "sliding"]) {
        const { color } = regularizerLooks([name]).get(name)!;
        assert.equal(lines.find((line) => line.name === `${name} (n = 2)`)!.line!.color, color);
      }
      const results = figures.find(({ name }) => name === `${preset}-results`)!.figure;
      const marks = (results.data as { name: string }[]).filter(({ name }) => name === "published");
      assert.equal(marks.length, preset === "mnist-250" ? 3 : 0, preset);
    }
  });

  it("studyFigures leaves out figures without data and rejects runs without an epoch", () => {
    const run = measuredRun("vanilla", [{ test: 0.5 }]);
    const plain = names([run]);
    assert(plain.includes("results") && !plain.includes("differences"));
    assert(!plain.includes("nc1-test") && !plain.includes("equinorm-test"));
    assert(!plain.includes("death-times-train"));
    // A test set measured once is in the table, not in a curve of one point.
    assert(!plain.includes("nearest-class-center-test"));
    assert(!names([{ ...run, status: "running" }]).includes("results"));
    assert.throws(() => names([{ ...run, epochs: [] }]), /1 run or more with an epoch behind it/);
  });
});

describe("the report of a study", function () {
  this.timeout(120000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "tdnc-report-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("the report draws all figures offline without an error and works on a phone and by keyboard", async function () {
    const executablePath = needs(this, findChromium(), "Chromium");
    const file = path.join(folder, "report.html");
    await writeReportPage(records, file);
    await writeFigures(records, folder, "html");
    const chromiumSandbox = process.getuid?.() !== 0;
    const browser = await chromium.launch({ executablePath, chromiumSandbox });
    try {
      const context = await browser.newContext({
        offline: true,
        viewport: { width: 360, height: 700 },
      });
      const page = await context.newPage();
      const said = collectMessages(page);
      await page.goto(pathToFileURL(file).href);
      const count = studyFigures(records).length;
      await drawn(page, count);
      for (let i = 0; i < count; i++)
        assert(
          (await page.locator(`#figure-${i} .scatterlayer .trace`).count()) >= 2,
          `figure ${i} has lines`,
        );
      const width = await page.evaluate<number>("document.documentElement.scrollWidth");
      assert(width <= 360, `the page is ${width} pixels wide on a screen of 360`);
      await reachesByKeyboard(page);
      await page.goto(pathToFileURL(path.join(folder, "nc1-train.html")).href);
      await drawn(page, 1);
      assert.deepEqual(said, []);
    } finally {
      await browser.close();
    }
  });

  it("an animation's button plays to the last frame, and its slider returns to the first", async function () {
    const executablePath = needs(this, findChromium(), "Chromium");
    const file = path.join(folder, "animated.html");
    const frames = [1, 2, 3].map((epoch) => ({
      epoch,
      figure: { data: [{ x: [epoch, 5], y: [0, 0] }], layout: { margin: {}, height: 400 } },
    }));
    const figure = animatedProjection(frames);
    const sections = [{ figure, sentence: "" }];
    writeFileSync(file, htmlPage("animated", "", sections, await plotlyText()));
    const chromiumSandbox = process.getuid?.() !== 0;
    const browser = await chromium.launch({ executablePath, chromiumSandbox });
    try {
      const page = await browser.newPage();
      const said = collectMessages(page);
      await page.goto(pathToFileURL(file).href);
      const first = () => page.evaluate("document.getElementById('figure-0').data[0].x[0]");
      await page.locator(".updatemenu-button").first().click();
      await page.waitForFunction("document.getElementById('figure-0').data[0].x[0] === 3");
      await page.locator(".slider-rail-touch-rect").click({ position: { x: 2, y: 2 } });
      await page.waitForFunction("document.getElementById('figure-0').data[0].x[0] === 1");
      assert.deepEqual([await first(), said], [1, []]);
    } finally {
      await browser.close();
    }
  });

  it("a long legend leaves a plot its height on a phone", async function () {
    const executablePath = needs(this, findChromium(), "Chromium");
    const chromiumSandbox = process.getuid?.() !== 0;
    const browser = await chromium.launch({ executablePath, chromiumSandbox });
    try {
      const page = await browser.newPage({ viewport: { width: 360, height: 700 } });
      const heights: number[] = [];
      for (const count of [1, 12]) {
        const many = Array.from({ length: count }, (_, i) =>
          measuredRun(`name-${i}`, [{ test: 0.5 }]),
        );
        const sections = [{ figure: accuracyCurves(many), sentence: "" }];
        const file = path.join(folder, `${count}.html`);
        writeFileSync(file, htmlPage("legend", "", sections, await plotlyText()));
        await page.goto(pathToFileURL(file).href);
        await drawn(page, 1);
        heights.push(
          await page.evaluate("document.getElementById('figure-0')._fullLayout._size.h"),
        );
      }
      assert(heights[1] > 0.7 * heights[0], `of ${heights[0]} pixels ${heights[1]} are left`);
    } finally {
      await browser.close();
    }
  });

  it("the report has results with n, mean and std, differences, settings, and escaped names", async () => {
    const file = path.join(folder, "report.html");
    await writeReportPage(records, file);
    const html = readFileSync(file, "utf8");
    const body = html.slice(0, html.indexOf("<script>"));
    // 50 and 62.5: mean 56.25, sample std 12.5 / sqrt(2), population std 6.25.
    const text = body.replaceAll(/<td[^>]*>/g, "<td>").replaceAll("</td>", "");
    assert.match(text, /<td>vanilla<td>2<td>56\.25 ± 8\.84<td>6\.25<td>-<td>-<td>-<td>/);
    assert.match(text, /<td>sliding<td>2<td>56\.25 ± 8\.84<td>6\.25<td>\+0\.00<td>\+0\.00 to/);
    assert.match(text, /<td>sliding − vanilla<td>2<td>\+0\.00/);
    assert.match(body, /<caption>mnist-250, 2 epochs<\/caption>/);
    assert.match(body, /Settings in which the runs differ/);
    assert.match(body, /aria-label="Results" tabindex="0"/);
    assert(!body.includes("<b>") && body.includes("&lt;b&gt;&amp;&quot;"));
    assert.equal(html.match(/<\/script/gi)?.length, 2);
  });

  it("the report states that no run is complete", async () => {
    const file = path.join(folder, "report.html");
    await writeReportPage([{ ...records[0], status: "interrupted" }], file);
    assert.match(readFileSync(file, "utf8"), /No run is complete/);
  });

  it("writeFigures writes a picture or a page for each figure, and plotly.js once", async function () {
    const names = (await writeFigures(records, folder, "html")).sort();
    assert.equal(names.length, studyFigures(records).length);
    assert.deepEqual(readdirSync(folder).sort(), [...names, "plotly.js"].sort());
    needs(this, findChromium(), "Chromium");
    const one = [measuredRun("vanilla", [{}])].map((run) => ({
      ...run,
      status: "running" as const,
    }));
    const svg = await writeFigures(one, folder, "svg");
    for (const name of svg) assert.match(readFileSync(path.join(folder, name), "utf8"), /^<svg/);
    const png = await writeFigures(one, folder, "png");
    for (const name of png)
      assert.equal(readFileSync(path.join(folder, name)).toString("latin1", 1, 4), "PNG");
  });

  it("the error without Chromium names the format that does not need it", async () => {
    const before = process.env.TDNC_CHROMIUM;
    process.env.TDNC_CHROMIUM = "none";
    try {
      await assert.rejects(writeFigures(records, folder, "png"), /--format html needs none/);
    } finally {
      if (before === undefined) delete process.env.TDNC_CHROMIUM;
      else process.env.TDNC_CHROMIUM = before;
    }
  });
});

/** Waits until plotly has drawn as many figures. */
async function drawn(page: Page, count: number): Promise<void> {
  const titles = page.locator(".js-plotly-plot .main-svg .infolayer .g-gtitle");
  await titles.nth(count - 1).waitFor({ state: "attached" });
}

/** The Tab key reaches tables, details and the links to figures; Enter follows a link. */
async function reachesByKeyboard(page: Page): Promise<void> {
  const focused = () =>
    page.evaluate<string>(
      "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent",
    );
  const reached: string[] = [];
  for (let i = 0; i < 12 && !reached.includes("Test accuracy"); i++) {
    await page.keyboard.press("Tab");
    reached.push(await focused());
  }
  for (const name of ["Results", "More about the differences", "Every run", "Test accuracy"])
    assert(reached.includes(name), `the Tab key reaches ${reached.join(", ")}`);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate("location.hash"), "#section-0");
}
