import { atomicWrite } from "../../files/atomicWrite";
import type { RunRecord } from "../../runs/record";
import { escapeHtml } from "./html";
import { htmlPage, plotlyText } from "./page";
import { runTable, settingLists } from "./pageTables";
import { dataDescription } from "../../results/runGroups";
import { drawnGroups } from "../drawnGroups";
import { accuracySection, collapseSection, deathTimeSection } from "./studyFigures";

/**
 * Writes one HTML page that compares runs: a table of their last measures, the settings in which
 * they agree and differ, and accuracy, NC1 and death times against the epoch.
 *
 * The page holds plotly.js (10 MB) and loads nothing: it works offline.
 *
 * @throws {RangeError} If there is no record.
 * @throws {Error} If the file cannot be written.
 */
export async function writeComparisonPage(
  records: readonly RunRecord[],
  file: string,
): Promise<void> {
  const body = pageBody(records);
  const sections = [accuracySection(records), collapseSection(records), deathTimeSection(records)];
  await atomicWrite(file, htmlPage("Regularizers compared", body, sections, await plotlyText()));
}

function pageBody(records: readonly RunRecord[]): string {
  const groups = drawnGroups(records);
  const ordered = groups.flatMap((group) => [...group.runs]);
  const names = groups.map(({ label }) => label).join(" and ");
  return `<h1>${escapeHtml(groups.length > 1 ? "Regularizers compared" : names)}</h1>
<p>${escapeHtml(dataDescription(groups))}. The measures are those of each run's last epoch; of all but
the accuracy 0 means collapsed.</p>
${runTable(ordered)}
${settingLists(ordered)}`;
}
