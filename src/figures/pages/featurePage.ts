import { atomicWrite } from "../../files/atomicWrite";
import { rounded } from "../../results/numberText";
import type { evaluateFeatures } from "../../training/evaluation/measureFeatures";
import type { MeasureRow } from "../../training/evaluation/measureRow";
import { featureFigures, type FeatureFigureOptions } from "../featureFigures";
import { layerRowFigures } from "../layerFigures";
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
  const layers = layerRowFigures(page.rows).map((figure) => ({ figure, sentence: LAYERS }));
  const figures = [...featureFigures(page.evaluated, page), ...layers];
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

const LAYERS =
  "From layer to layer the examples of a class come closer together: the smaller NC1 and the larger " +
  "the accuracy, the more a layer has told the classes apart.";

/** A table for each set; the first is open. */
function measureTables(rows: readonly MeasureRow[]): string {
  const common = rows.filter((row) => row.class === null);
  const sets = [...new Set(common.map(({ set }) => set))];
  return sets
    .map((set, i) => {
      const cells = common
        .filter((row) => row.set === set && row.reason === undefined)
        .map((row) => [
          row.section,
          nameOf(row),
          row.value === null ? "-" : valueText(row.value),
          row.formula,
        ]);
      const table = tableHtml(
        `Measures, ${set}`,
        ["section", "measure", "value", "formula"],
        cells,
        4,
      );
      return `<details${i === 0 ? " open" : ""}><summary>${escapeHtml(set)}</summary>${table}${reasonsHtml(common.filter((row) => row.set === set))}</details>`;
    })
    .join("\n");
}

const nameOf = ({ name, layer }: MeasureRow) => (layer === undefined ? name : `${name}, ${layer}`);

const valueText = (value: number) => (Number.isInteger(value) ? String(value) : rounded(value, 4));

/** The measures that are not defined, a paragraph for each reason. */
function reasonsHtml(rows: readonly MeasureRow[]): string {
  const reasons = new Set(rows.flatMap(({ reason }) => reason ?? []));
  return [...reasons]
    .map((reason) => {
      const names = rows.filter((row) => row.reason === reason).map(nameOf);
      return `<p>Not defined (${escapeHtml(reason)}): ${escapeHtml(names.join(", "))}.</p>`;
    })
    .join("\n");
}
