import { readFile } from "node:fs/promises";
import { atomicWrite } from "../experiment/atomicWrite";
import type { RunRecord } from "../experiment/record";
import { figureJson, type Figure } from "./figure";
import { escapeHtml, inlineScript } from "./html";
import { runTable, settingLists } from "./pageTables";
import { dataDescription, groupRuns } from "./runGroups";
import { accuracyCurves, collapseCurves, deathTimeCurves } from "./trainingCurves";

interface Section {
  readonly figure: Figure;
  /** What to see. */
  readonly sentence: string;
}

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
  const plotly = await readFile(require.resolve("plotly.js-dist"), "utf8");
  await atomicWrite(file, page(body, plotly, sections(records)));
}

function sections(records: readonly RunRecord[]): Section[] {
  return [
    {
      figure: accuracyCurves(records),
      sentence:
        "The distance from a dotted line down to the solid one of its colour is what the network " +
        "does not generalise; a regulariser should make it smaller.",
    },
    {
      figure: collapseCurves(records),
      sentence:
        "0 means that the features of a class have collapsed to their mean; the lower a line, the " +
        "further its network has come.",
    },
    {
      figure: deathTimeCurves(records),
      sentence:
        "A regulariser that works draws its death times to its dashed beta; " +
        "vanilla's go where cross entropy leaves them. The band goes from the lower to the upper " +
        "quartile; images that were drawn twice count as 0.",
    },
  ];
}

function pageBody(records: readonly RunRecord[]): string {
  const groups = groupRuns(records);
  const ordered = groups.flatMap((group) => [...group.records]);
  const names = groups.map(({ label }) => label).join(" and ");
  return `<h1>${escapeHtml(groups.length > 1 ? "Regularisers compared" : names)}</h1>
<p>${escapeHtml(dataDescription(groups))}. The measures are those of each run's last epoch; of all but
the accuracy 0 means collapsed.</p>
${runTable(ordered)}
${settingLists(ordered)}
${sections(records)
  .map(({ sentence }, i) => `<section><p>${sentence}</p><div id="figure-${i}"></div></section>`)
  .join("\n")}`;
}

function page(body: string, plotly: string, drawn: readonly Section[]): string {
  const figures = drawn.map(({ figure }) => figureJson(figure).replaceAll("<", "\\u003c"));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Regularisers compared</title>
<style>${style}</style>
</head>
<body>
${body}
<script>${inlineScript(plotly)}</script>
<script>
[${figures.join(",\n")}].forEach(function (figure, i) {
  Plotly.newPlot("figure-" + i, figure.data, figure.layout, { responsive: true, displaylogo: false });
});
</script>
</body>
</html>
`;
}

const style = `
body { font: 16px/1.5 system-ui, Helvetica, Arial, sans-serif; color: #222; margin: 0 auto;
  max-width: 900px; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 0.5rem 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.7rem; text-align: right; border-bottom: 1px solid #ddd; }
th { vertical-align: bottom; } th:first-child, td:first-child, td.text { text-align: left; }
details { margin: 0.7rem 0; } summary { cursor: pointer; }
.swatch { display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.4em; }
section { margin: 2rem 0; } section > div { height: 450px; }`;
