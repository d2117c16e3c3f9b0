import { atomicWrite } from "../../files/atomicWrite";
import { pairedComparisons } from "../../results/pairedComparisons";
import type { RunRecord } from "../../runs/record";
import { resultTable } from "../../results/resultTable";
import { escapeHtml } from "./html";
import { figureTitle, htmlPage, plotlyText } from "./page";
import { runTable, settingLists } from "./pageTables";
import { comparisonTable, resultTableHtml } from "./resultTables";
import { dataDescription } from "../../results/runGroups";
import { drawnGroups } from "../drawnGroups";
import { studyFigures, type StudyFigure } from "./studyFigures";

/**
 * Writes a study as one HTML page: the table of results, the differences to the baseline on the same
 * splits, every run, the settings in which they agree and differ, and all figures of
 * {@link studyFigures}.
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
  const ordered = groups.flatMap((group) => [...group.runs]);
  const [rows, comparisons] = [resultTable(ordered), pairedComparisons(ordered)];
  return `<h1>Study of regularizers</h1>
<p>${escapeHtml(dataDescription(groups))}.</p>
<h2 id="results">Results</h2>
${rows.length > 0 ? resultTableHtml(rows) : "<p>No run is complete: there are curves, no results.</p>"}
${comparisons.length > 0 ? comparisonTable(comparisons) : ""}
<details><summary>Every run</summary>${runTable(ordered)}</details>
<h2 id="settings">Settings</h2>
${settingLists(ordered)}
<h2 id="figures">Figures</h2>
<nav aria-label="Figures"><ul>
${figures.map(({ figure }, i) => `<li><a href="#section-${i}">${escapeHtml(figureTitle(figure))}</a></li>`).join("\n")}
</ul></nav>`;
}
