import { readFile } from "node:fs/promises";
import { figureJson, type Figure } from "../figure";
import { escapeHtml, inlineScript } from "./html";

/** A figure of a page with what to see in it. */
export interface Section {
  readonly figure: Figure;
  readonly sentence: string;
}

/** The height of a figure that has none of its own, in pixels. */
const FIGURE_HEIGHT = 450;

/** The text of plotly.js: 10 MB. */
export function plotlyText(): Promise<string> {
  return readFile(require.resolve("plotly.js-dist"), "utf8");
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
<script>
drawFigures([${figures.join(",\n")}]);
${pageScript}
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

/** JavaScript of a page: draws figures in their places, which grow by the height of a legend. */
const pageScript = `
function drawFigures(figures) {
  figures.forEach(function (figure, i) {
    var place = document.getElementById("figure-" + i);
    place.style.height = place.clientHeight + legendHeight(figure, place.clientWidth) + "px";
    figure.config = { responsive: true, displaylogo: false, showSendToCloud: false };
    Plotly.newPlot(place, figure);
  });
}
// Pixels of the legend's lines beyond the first, of which the plot would be shorter.
function legendHeight(figure, width) {
  var legend = figure.layout.legend;
  if (!legend || legend.orientation !== "h") return 0;
  var names = figure.data
    .filter(function (trace) { return trace.name && trace.showlegend !== false; })
    .map(function (trace) { return trace.name.length; });
  var columns = Math.max(1, Math.floor((width - 90) / (60 + 7 * Math.max.apply(null, names))));
  return 31 * Math.max(0, Math.ceil(names.length / columns) - 1);
}`;

const style = `
body { font: 16px/1.5 system-ui, Helvetica, Arial, sans-serif; color: #222; margin: 0 auto;
  max-width: 1100px; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 0.5rem 0; } h2 { font-size: 1.2rem; margin: 1.5rem 0 0.5rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.7rem; text-align: right; border-bottom: 1px solid #ddd; }
th { vertical-align: bottom; } thead + tbody td { white-space: nowrap; }
th:first-child, td:first-child, th.text, td.text { text-align: left; }
details { margin: 0.7rem 0; } summary { cursor: pointer; }
nav ul { columns: 16rem; padding-left: 1.2rem; margin: 0.5rem 0; }
a { color: #0b5394; } :focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
.swatch { display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.4em; }
figure { margin: 2rem 0; } figcaption { margin-bottom: 0.5rem; }`;
