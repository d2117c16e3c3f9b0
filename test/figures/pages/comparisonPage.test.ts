import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { writeComparisonPage } from "../../../src/figures/pages/comparisonPage";
import { inlineScript } from "../../../src/figures/pages/html";
import { runTable, settingLists } from "../../../src/figures/pages/pageTables";
import { findChromium } from "../../../src/figures/pages/chromium";
import { needs } from "../../notebook/present";
import { collectMessages } from "./pageMessages";
import { measuredRun } from "../../support/records";

const vanilla = measuredRun("vanilla", [
  { test: 0.5, nc1: 2 },
  { test: 0.925, nc1: 0.25 },
]);
const later = [{ nc1: 3 }, { test: 0.9375, nc1: 0.000125 }];
const sliding = measuredRun("sliding", later, { split: 3 });
const named = measuredRun('<b>&"', [{ test: 0.5 }]);
const environment = { ...named.environment, processor: "<none> & none" };
const hostile = { ...named, environment };

/** The text of a table's cells, row by row. */
const cells = (html: string) =>
  html
    .split("<tr>")
    .slice(1)
    .map((row) => [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, text]) => strip(text)));
const strip = (html: string) => html.replaceAll(/<[^>]*>/g, "");

describe("the tables of the comparison page", () => {
  // NC0 is "-" in these records, which are of an earlier version.
  const later = ["0.13", "0.25", "0.10", "0.75", "0", "2"];
  const vanillaRow = ["vanilla", "0", "2", "92.50", "-", "0.25", ...later];
  const slidingRow = ["sliding", "3", "2", "93.75", "-", "1.3e-4", ...later];

  it("the table of runs shows each run's last measures", () => {
    assert.deepEqual(cells(runTable([sliding, vanilla])), [
      [
        "regularizer",
        "split",
        "epochs",
        "test accuracy (%)",
        "NC0",
        "NC1",
        "Equinorm",
        "Equiangularity",
        "Maximal angle",
        "Self-duality",
        "Nearest-mean mismatch (%)",
        "terminal phase from",
      ],
      vanillaRow,
      slidingRow,
    ]);
  });

  it("the table of runs shows NC0 for a record that has it, next to an older record", () => {
    const epochs = vanilla.epochs.map((epoch, i) => ({
      ...epoch,
      train: { ...epoch.train!, classifierSum: 0.5 - i / 4, biasSum: 0.25 },
    }));
    const [, newer, older] = cells(runTable([{ ...vanilla, epochs }, sliding]));
    assert.deepEqual(newer, [...vanillaRow.slice(0, 4), "0.25", ...vanillaRow.slice(5)]);
    assert.deepEqual(older, slidingRow);
  });

  it("an interrupted run is shown with its number of epochs and its last test", () => {
    const run = measuredRun("vanilla", [{ test: 0.5 }, { nc1: null }], { epochs: 310 });
    const [, row] = cells(runTable([{ ...run, terminalPhaseEpoch: null }]));
    assert.deepEqual(row.slice(2), [
      "2 of 310",
      "50.00",
      "-",
      "-",
      "0.13",
      "0.25",
      "0.10",
      "0.75",
      "0",
      "-",
    ]);
  });

  it("settings in which runs differ are listed apart from those in which they agree", () => {
    const [differ, agree] = settingLists([vanilla, sliding]).split("<details>").map(cells);
    assert.deepEqual(differ, [
      ["regularizer", "vanilla · sliding"],
      ["split", "0 · 3"],
      ["topologicalWeight", "constant(0) · linear(0, 0.1)"],
      ["beta", "constant(1.1) · squareRootDecay(1.1)"],
    ]);
    assert.deepEqual(
      agree.find(([name]) => name === "weightDecay"),
      ["weightDecay", "0.001"],
    );
  });

  it("names are escaped as text", () => {
    assert(runTable([hostile]).includes("&lt;b&gt;&amp;&quot;"));
    assert(settingLists([hostile]).includes("&lt;none&gt; &amp; none"));
  });
});

describe("the comparison page", function () {
  this.timeout(120000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "tdnc-page-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("the page draws its three figures offline from one file on a narrow screen without an error", async function () {
    const executablePath = needs(this, findChromium(), "Chromium");
    const file = path.join(folder, "comparison.html");
    await writeComparisonPage([vanilla, sliding, hostile], file);
    assert.deepEqual(readdirSync(folder), ["comparison.html"]);
    const browser = await chromium.launch({
      executablePath,
      chromiumSandbox: process.getuid?.() !== 0,
    });
    try {
      const context = await browser.newContext({
        offline: true,
        viewport: { width: 360, height: 700 },
      });
      const page = await context.newPage();
      const said = collectMessages(page);
      await page.goto(pathToFileURL(file).href);
      const drawn = page.locator(".js-plotly-plot .scatterlayer");
      await drawn.nth(2).waitFor({ state: "attached" });
      // Of three runs: accuracy on test and training images; NC1; median, two quartiles, beta.
      assert.equal(await page.locator("#figure-0 .scatterlayer .trace").count(), 6);
      assert.equal(await page.locator("#figure-1 .scatterlayer .trace").count(), 3);
      assert.equal(await page.locator("#figure-2 .scatterlayer .trace").count(), 10);
      const width = await page.evaluate<number>("document.documentElement.scrollWidth");
      assert(width <= 360, `the page is ${width} pixels wide on a screen of 360`);
      assert.deepEqual(said, []);
    } finally {
      await browser.close();
    }
  });

  it("names cannot end the page's scripts early", async () => {
    const file = path.join(folder, "comparison.html");
    const closing = measuredRun("</script><!--", [{ test: 0.5 }]);
    await writeComparisonPage([closing], file);
    const html = readFileSync(file, "utf8");
    assert.equal(html.match(/<\/script/gi)?.length, 2);
    assert.equal(html.match(/<script/gi)?.length, 2);
    assert(!html.includes("<!--"));
  });

  it("inlineScript keeps the values of strings and escapes what would end the script", () => {
    const inlined = inlineScript('"</script></SCRIPT ><!--<b>"');
    assert.equal(inlined, '"<\\/script><\\/SCRIPT >\\x3c!--<b>"');
    assert.equal((0, eval)(inlined), "</script></SCRIPT ><!--<b>");
  });

  it("writeComparisonPage rejects an empty list of runs and writes no file", async () => {
    await assert.rejects(writeComparisonPage([], path.join(folder, "x.html")), /1 run or more/);
    assert.deepEqual(readdirSync(folder), []);
  });
});
