import { lineMarkers } from "./curves";
import type { Figure } from "./figure";
import { layout, NEUTRAL, regularizerLooks, verticalLine } from "./theme";

/** Text and bins of a histogram. */
export interface HistogramOptions {
  readonly title: string;
  /** The quantity and its unit. */
  readonly axisTitle: string;
  /** Position and meaning of the vertical line; 0 by default. */
  readonly line?: { readonly at: number; readonly name: string };
  /** Bins from the smallest to the largest value of all; 60 unless given. */
  readonly bins?: number;
}

/**
 * All logit differences of examples (`logitDifferences`: the true class's logit less each other one),
 * as the original plots them; by regularizer, in the same bins.
 *
 * @throws {RangeError} As {@link stepHistograms}.
 */
export function marginHistograms(
  differencesByName: Readonly<Record<string, ArrayLike<number>>>,
): Figure {
  return stepHistograms(differencesByName, {
    title: "All logit differences, true class less others",
    axisTitle: "logit difference",
  });
}

/**
 * The margins of examples (`logitMargins`: the true class's logit less the largest other one), by
 * regularizer. Left of 0 are the examples that the network gets wrong.
 *
 * @throws {RangeError} As {@link stepHistograms}.
 */
export function minimalMarginHistograms(
  marginsByName: Readonly<Record<string, ArrayLike<number>>>,
): Figure {
  return stepHistograms(marginsByName, {
    title: "Margins: true class less largest other",
    axisTitle: "logit margin (below 0: wrong)",
  });
}

/**
 * Histograms as outlines, the share of each name's values in a bin in percent.
 *
 * @throws {RangeError} If there is no name, a name has no value, a value is not finite, or `bins` is
 *   no whole number from 1.
 */
export function stepHistograms(
  valuesByName: Readonly<Record<string, ArrayLike<number>>>,
  { title, axisTitle, line = { at: 0, name: "0" }, bins = 60 }: HistogramOptions,
): Figure {
  const edges = binEdges(valuesByName, bins);
  const names = Object.keys(valuesByName);
  const looks = regularizerLooks(names);
  const counts = new Set(names.map((name) => valuesByName[name].length));
  const data = names.map((name) => {
    const look = looks.get(name)!;
    const shares = binShares(valuesByName[name], edges);
    return {
      type: "scatter",
      mode: "lines+markers",
      name: counts.size === 1 ? name : `${name} (${valuesByName[name].length} values)`,
      // A step begins at its bin's left edge; the last share closes the outline.
      x: edges,
      y: [...shares, shares[bins - 1]],
      line: { color: look.color, dash: look.dash, width: 2, shape: "hv" },
      marker: lineMarkers(look, edges.length),
    };
  });
  const y = { title: { text: "share (%)" }, rangemode: "tozero", hoverformat: ".2f" };
  const x = { title: { text: axisTitle }, hoverformat: ".3~g" };
  const of = counts.size === 1 ? ` of ${[...counts][0]} values each` : "";
  const look = layout(title, `${bins} bins${of}; vertical: ${line.name}`, x, y);
  return {
    data,
    layout: { ...look, shapes: [verticalLine(line.at, { color: NEUTRAL, width: 1 })] },
  };
}

function binEdges(valuesByName: Readonly<Record<string, ArrayLike<number>>>, bins: number) {
  if (!Number.isInteger(bins) || bins < 1)
    throw new RangeError(`expected 1 bin or more, got ${bins}`);
  const lists = Object.values(valuesByName);
  if (lists.length === 0) throw new RangeError("expected the values of 1 name or more, got none");
  let [least, largest] = [Infinity, -Infinity];
  for (const values of lists) {
    if (values.length === 0)
      throw new RangeError("expected 1 value or more of each name, got none");
    for (let i = 0; i < values.length; i++) {
      if (!Number.isFinite(values[i]))
        throw new RangeError(`expected finite values, got ${values[i]} at ${i}`);
      least = Math.min(least, values[i]);
      largest = Math.max(largest, values[i]);
    }
  }
  // Values that are equal, or too close for edges between them, get a bin around them.
  const isSpread = least + (largest - least) / bins > least;
  const width = isSpread ? (largest - least) / bins : 1;
  const from = isSpread ? least : least - bins / 2;
  return Array.from({ length: bins + 1 }, (_, bin) => from + bin * width);
}

/** Percent of the values in each bin; the last bin holds its right edge too. */
function binShares(values: ArrayLike<number>, edges: readonly number[]): number[] {
  const bins = edges.length - 1;
  const counts = new Array<number>(bins).fill(0);
  const width = (edges[bins] - edges[0]) / bins;
  for (let i = 0; i < values.length; i++)
    counts[Math.min(bins - 1, Math.floor((values[i] - edges[0]) / width))]++;
  return counts.map((count) => (100 * count) / values.length);
}
