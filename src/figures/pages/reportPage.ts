import { atomicWrite } from "../../files/atomicWrite";
import { presetResults, recordsByPreset } from "../../results/presetResults";
import type { RunRecord } from "../../runs/record";
import { escapeHtml } from "./html";
import { figureTitle, htmlPage, plotlyText } from "./page";
import { runTable, settingLists, testMeasureTable } from "./pageTables";
import { comparisonTable, resultTableHtml } from "./resultTables";
import { dataDescription } from "../../results/runGroups";
import { drawnGroups } from "../drawnGroups";
import { studyFigures, type StudyFigure } from "./studyFigures";

/**
 * Writes a study as one HTML page: for each preset the table of results with the differences to the
 * baseline on the same splits, every run, and the settings in which they agree and differ; then all
 * figures of {@link studyFigures}.
 *
 * The page holds plotly.js (10 MB) and loads nothing: it works offline.
 *
 * @throws {RangeError} If no record has an epoch.
 * @throws {Error} If the file cannot be written.
 */
export async function writeReportPage(records: readonly RunRecord[], file: string): Promise<void> {
  const figures = studyFigures(records);
  const body = pageBody(records, figures);
  await atomicWrite(file, htmlPage("Study of regularizers", body, figures, await plotlyText()));
}

function pageBody(records: readonly RunRecord[], figures: readonly StudyFigure[]): string {
  const groups = drawnGroups(records);
  return `<h1>Study of regularizers</h1>
<p>${escapeHtml(dataDescription(groups))}.</p>
<h2 id="results">Results</h2>
${recordsByPreset(records).map(presetHtml).join("\n")}
<h2 id="figures">Figures</h2>
<nav aria-label="Figures"><ul>
${figures.map(({ figure }, i) => `<li><a href="#section-${i}">${escapeHtml(figureTitle(figure))}</a></li>`).join("\n")}
</ul></nav>`;
}

/** A preset's results, with all that belongs to them folded up. */
function presetHtml([preset, records]: readonly [string, readonly RunRecord[]]): string {
  const ordered = drawnGroups(records).flatMap((group) => [...group.runs]);
  const [results] = presetResults(ordered);
  const folded = (summary: string, html: string) =>
    html === "" ? "" : `<details><summary>${summary}</summary>${html}</details>`;
  const comparisons = results?.comparisons ?? [];
  const differences = comparisons.length > 0 ? comparisonTable(comparisons) : "";
  return `<h3>${escapeHtml(preset)}</h3>
${results ? resultTableHtml(results.rows, comparisons) : "<p>No run is complete: there are curves, no results.</p>"}
${folded("Measures of the test images after the last epoch", testMeasureTable(ordered))}
${folded("More about the differences", differences)}
${folded("Every run", runTable(ordered))}
${settingLists(ordered)}`;
}
