import { readFile } from "node:fs/promises";
import { figureJson, type Figure } from "../figure";
import { DARK } from "../theme";
import { escapeHtml, inlineScript } from "./html";

/** A figure of a page with what to see in it. */
export interface Section {
  readonly figure: Figure;
  readonly sentence: string;
}

/** The height of a figure that has none of its own, in pixels. */
const FIGURE_HEIGHT = 450;

/** A name in a variable is left alone by bundlers, which would warn about a file that is read. */
const PLOTLY = "plotly.js-dist";

/** The file of plotly.js: 10 MB. */
export function plotlyFile(): string {
  return require.resolve(PLOTLY);
}

/** The text of plotly.js. */
export function plotlyText(): Promise<string> {
  return readFile(plotlyFile(), "utf8");
}

/**
 * A page as HTML: a body, then each section's sentence and figure, drawn when the page is opened.
 *
 * @param body HTML.
 * @param plotly What is put before the page's script: plotly.js itself for a page that loads
 *   nothing, or a `{ source }` that it is loaded from.
 */
export function htmlPage(
  title: string,
  body: string,
  sections: readonly Section[],
  plotly: string | { readonly source: string },
): string {
  const figures = sections.map(({ figure }) => figureJson(figure).replaceAll("<", "\\u003c"));
  const library =
    typeof plotly === "string"
      ? `<script>${inlineScript(plotly)}</script>`
      : `<script src="${escapeHtml(plotly.source)}"></script>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
${sections.map(sectionHtml).join("\n")}
${library}
<script>${pageScript}
drawFigures([${figures.join(",\n")}]);
</script>
</body>
</html>
`;
}

/** Title of a figure, without plotly's marks. */
export function figureTitle({ layout }: Figure): string {
  const { title } = layout as { title?: { text?: string } };
  return (title?.text ?? "figure").replaceAll("<br>", " ").replaceAll(/<[^>]*>/g, "");
}

function sectionHtml({ figure, sentence }: Section, i: number): string {
  const { height = FIGURE_HEIGHT } = figure.layout as { height?: number };
  const label = escapeHtml(figureTitle(figure));
  return (
    `<figure id="section-${i}" aria-label="${label}"><figcaption>${escapeHtml(sentence)}</figcaption>` +
    `<div id="figure-${i}" style="height:${height}px"></div></figure>`
  );
}

/**
 * JavaScript of a page: draws figures in their places, which grow by the height of a legend, in the
 * colors of the page's theme, also when that changes.
 */
const pageScript = `
var COLORS = ${JSON.stringify(DARK)};
var dark = matchMedia("(prefers-color-scheme: dark)");
function drawFigures(figures) {
  var places = figures.map(function (figure, i) {
    var place = document.getElementById("figure-" + i);
    place.style.height = place.clientHeight + legendHeight(figure, place.clientWidth) + "px";
    dark.addEventListener("change", function () { drawFigure(place, figure); });
    return place;
  });
  // One by one: the page can be read meanwhile.
  function drawFrom(i) {
    if (i === figures.length) return;
    drawFigure(places[i], figures[i]);
    setTimeout(drawFrom, 0, i + 1);
  }
  drawFrom(0);
}
function drawFigure(place, figure) {
  var themed = dark.matches ? inDark(figure) : figure;
  themed.config = { responsive: true, displaylogo: false, showSendToCloud: false };
  Plotly.newPlot(place, themed);
}
function inDark(figure) {
  var text = JSON.stringify(figure).replace(/"#[0-9a-f]{6}"|"rgba\\((0,0,0|255,255,255),/g, function (found) {
    var color = found.slice(1).replace('"', "");
    return color in COLORS ? found.replace(color, COLORS[color]) : found;
  });
  return JSON.parse(text);
}
// Pixels of the legend's lines beyond the first, of which the plot would be shorter.
function legendHeight(figure, width) {
  var legend = figure.layout.legend;
  if (!legend || legend.orientation !== "h") return 0;
  var names = figure.data
    .filter(function (trace) { return trace.name && trace.showlegend !== false; })
    .map(function (trace) { return trace.name.length; });
  var columns = Math.max(1, Math.floor((width - 90) / (60 + 7 * Math.max.apply(null, names))));
  return 21 * Math.max(0, Math.ceil(names.length / columns) - 1);
}`;

const style = `
:root { color-scheme: light dark; --text: #222; --page: #fff; --line: #ddd; --link: #0b5394; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e2e2e2; --page: #16181c; --line: #3c4046; --link: #8ab8ea; } }
body { font: 16px/1.5 system-ui, Helvetica, Arial, sans-serif; color: var(--text);
  background: var(--page); margin: 0 auto; max-width: 1100px; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 0.5rem 0; } h2 { font-size: 1.2rem; margin: 1.5rem 0 0.5rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 0.5rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 0.3rem; }
th, td { padding: 0.3rem 0.55rem; text-align: right; border-bottom: 1px solid var(--line); }
th { vertical-align: bottom; } thead + tbody td { white-space: nowrap; }
th:first-child, td:first-child, th.text, td.text { text-align: left; }
thead + tbody td.text { white-space: normal; overflow-wrap: anywhere; }
thead + tbody td.text:first-child { white-space: nowrap; }
@media (max-width: 640px) {
  table.rows, .rows caption, .rows tbody, .rows tr, .rows td { display: block; }
  .rows thead { display: none; } .rows tr { padding: 0.5rem 0; border-bottom: 2px solid var(--line); }
  table.rows td { display: flex; justify-content: space-between; gap: 1rem; border: none;
    padding: 0.1rem 0; text-align: right; }
  .rows td::before { content: attr(data-title); text-align: left; white-space: normal; }
  .rows td:first-child { font-weight: bold; }
}
details { margin: 0.7rem 0; } summary { cursor: pointer; }
nav ul { columns: 16rem; padding-left: 1.2rem; margin: 0.5rem 0; }
a { color: var(--link); } :focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
.swatch { display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.4em; }
figure { margin: 2rem 0; } figcaption { margin-bottom: 0.5rem; }`;
