import type { Figure } from "./figure";

/**
 * A phase diagram or another heat map whose colors go from one value to another, so that several
 * figures share them. Values beyond the ends have the colors of the ends.
 *
 * @param lowest On a logarithmic color scale both are powers of ten: -3 for 0.001.
 */
export function withColorRange(figure: Figure, lowest: number, highest: number): Figure {
  return {
    ...figure,
    data: figure.data.map((trace) => ({ ...trace, zmin: lowest, zmax: highest })),
  };
}

/** A figure whose vertical axis goes from one value to another. */
export function withValueRange(figure: Figure, lowest: number, highest: number): Figure {
  const { yaxis } = figure.layout as { yaxis?: object };
  const ranged = { ...yaxis, range: [lowest, highest], rangemode: "normal" };
  return { ...figure, layout: { ...figure.layout, yaxis: ranged } };
}
