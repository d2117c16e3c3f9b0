import { atomicWrite } from "../../files/atomicWrite";
import type { evaluateFeatures } from "../../training/evaluation/measureFeatures";
import type { MeasureRow } from "../../training/evaluation/measureRow";
import { featureFigures, type FeatureFigureOptions } from "../featureFigures";
import { escapeHtml, tableHtml } from "./html";
import { figureTitle, htmlPage, plotlyText } from "./page";

/** What a page of features shows. */
export interface FeaturePage extends FeatureFigureOptions {
  /** Such as the name of the file. */
  readonly title: string;
  /** Numbers of examples, dimensions and classes. */
  readonly description: string;
  readonly evaluated: ReturnType<typeof evaluateFeatures>;
  readonly rows: readonly MeasureRow[];
}

/**
 * Writes the measures of features as one HTML page: all figures of {@link featureFigures}, and the
 * measures of all classes together as tables.
 *
 * The page holds plotly.js (10 MB) and loads nothing: it works offline.
 *
 * @throws {Error} If the file cannot be written.
 */
export async function writeFeaturePage(page: FeaturePage, file: string): Promise<void> {
  const figures = featureFigures(page.evaluated, page);
  const links = figures.map(
    ({ figure }, i) => `<li><a href="#section-${i}">${escapeHtml(figureTitle(figure))}</a></li>`,
  );
  const body = `<h1>${escapeHtml(page.title)}</h1>
<p>${escapeHtml(page.description)}.</p>
<nav aria-label="Figures"><ul>
${links.join("\n")}
</ul></nav>
<h2 id="measures">Measures</h2>
${measureTables(page.rows)}
<h2 id="figures">Figures</h2>`;
  await atomicWrite(file, htmlPage(page.title, body, figures, await plotlyText()));
}

/** A table for each set; the first is open. */
function measureTables(rows: readonly MeasureRow[]): string {
  const common = rows.filter((row) => row.class === null);
  const sets = [...new Set(common.map(({ set }) => set))];
  return sets
    .map((set, i) => {
      const cells = common
        .filter((row) => row.set === set)
        .map(({ section, name, layer, formula, value, reason }) => [
          section,
          layer === undefined ? name : `${name}, ${layer}`,
          value === null ? "-" : String(Number(value.toPrecision(5))),
          reason === undefined ? formula : `${formula} (${reason})`,
        ]);
      const table = tableHtml(
        `Measures, ${set}`,
        ["section", "measure", "value", "formula"],
        cells,
        4,
      );
      return `<details${i === 0 ? " open" : ""}><summary>${escapeHtml(set)}</summary>${table}</details>`;
    })
    .join("\n");
}
