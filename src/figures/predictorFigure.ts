import type { AccuracyPredictor } from "../results/accuracyPredictors";
import { chance } from "../results/numberText";
import type { Figure } from "./figure";
import { CLASS_COLORS, CLASS_SYMBOLS, layout, NEUTRAL, verticalLine } from "./theme";

/** Height of a measure's line, and of everything above and below, in pixels. */
const [LINE_HEIGHT, FRAME_HEIGHT] = [26, 190];

/**
 * Rank correlation of measures with the final test accuracy: a line for each measure, on it a marker
 * for each epoch, filled where p after Holm's correction is below 0.05. Measures that some epoch lacks
 * are left out; the others are ordered by the largest correlation that they have at any epoch.
 *
 * @param predictors The rows of `accuracyPredictors`, of at most 4 epochs.
 * @throws {RangeError} If there are more epochs, or no measure is at every epoch.
 */
export function predictorFigure(predictors: readonly AccuracyPredictor[]): Figure {
  const epochs = [...new Set(predictors.map(({ epoch }) => epoch))];
  if (epochs.length > CLASS_COLORS.length)
    throw new RangeError(`expected ${CLASS_COLORS.length} epochs or fewer, got ${epochs.length}`);
  const measures = [...byTitle(predictors)]
    .filter(([, rows]) => rows.filter(({ rho }) => rho !== null).length === epochs.length)
    .sort(([, a], [, b]) => strongest(a) - strongest(b));
  if (measures.length === 0) throw new RangeError("expected a measure at every epoch, got none");
  const runs = predictors.map(({ n }) => n);
  const y = {
    title: { text: "" },
    type: "category",
    categoryarray: measures.map(([name]) => name),
  };
  const x = { title: { text: "Spearman's rho with the final test accuracy" }, range: [-1, 1] };
  const title = "Which measure predicts the test accuracy?";
  const subtitle = `${range(runs)} runs; measures of the training set; filled: p < 0.05 after Holm`;
  return {
    data: epochs.map((epoch, i) =>
      markersOf(
        epoch,
        i,
        measures.map(([, rows]) => rows),
      ),
    ),
    layout: {
      ...layout(title, subtitle, x, y),
      shapes: [verticalLine(0, { color: NEUTRAL, width: 1 })],
      hovermode: "closest",
      height: FRAME_HEIGHT + LINE_HEIGHT * measures.length,
    },
  };
}

const strongest = (rows: readonly AccuracyPredictor[]) =>
  Math.max(...rows.map(({ rho }) => Math.abs(rho!)));

function range(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? `${least}` : `${least} to ${most}`;
}

function markersOf(
  epoch: number | "last",
  at: number,
  measures: readonly (readonly AccuracyPredictor[])[],
): object {
  const rows = measures.map((all) => all.find((row) => row.epoch === epoch)!);
  const symbol = CLASS_SYMBOLS[at];
  return {
    type: "scatter",
    mode: "markers",
    name: epoch === "last" ? "last epoch" : `epoch ${epoch}`,
    x: rows.map(({ rho }) => rho),
    y: rows.map(({ title }) => title),
    text: rows.map(({ n, p, adjustedP }) => `n ${n}, p ${text(p)}, after Holm ${text(adjustedP)}`),
    marker: {
      color: CLASS_COLORS[at],
      size: 9,
      symbol: rows.map(({ adjustedP }) => (adjustedP! < 0.05 ? symbol : `${symbol}-open`)),
      line: { width: 1.5 },
    },
    hovertemplate: "%{y}: %{x:.2f}<br>%{text}",
  };
}

const text = (p: number | null) => (p === null ? "-" : chance(p));

function byTitle(predictors: readonly AccuracyPredictor[]): Map<string, AccuracyPredictor[]> {
  const groups = new Map<string, AccuracyPredictor[]>();
  for (const row of predictors) groups.set(row.title, [...(groups.get(row.title) ?? []), row]);
  return groups;
}
