import type { Figure } from "./figure";
import { ABOVE_BETA, BELOW_BETA, FAINT, layout } from "./theme";

/** Texts of an interference figure. */
export interface InterferenceOptions {
  readonly title?: string;
  /** Names of the classes; their numbers unless given. */
  readonly classNames?: readonly string[];
}

/**
 * The cosines between class means as a grid, class by class: white where the angle is that of a
 * simplex, red where two classes are closer, blue where they are farther apart, gray on the diagonal.
 *
 * @param grid C x C, from `interferenceGrid`.
 * @throws {RangeError} If the grid is not square, or has fewer than 2 classes, or the names are not
 *   as many.
 */
export function interferenceFigure(
  grid: ArrayLike<number>,
  { title = "Interference of the class means", classNames }: InterferenceOptions = {},
): Figure {
  const count = Math.sqrt(grid.length);
  if (!Number.isInteger(count) || count < 2)
    throw new RangeError(`expected C x C cosines of 2 classes or more, got ${grid.length} values`);
  const names = classNames ?? Array.from({ length: count }, (_, c) => String(c));
  if (names.length !== count)
    throw new RangeError(`expected ${count} class names, got ${names.length}`);
  const z = names.map((_, a) => names.map((_, b) => (a === b ? null : grid[a * count + b])));
  const simplex = -1 / (count - 1);
  const farthest = Math.max(...z.flat().map((cosine) => Math.abs((cosine ?? simplex) - simplex)));
  const cells = {
    type: "heatmap",
    x: names,
    y: names,
    z,
    colorscale: [
      [0, ABOVE_BETA],
      [0.5, "#ffffff"],
      [1, BELOW_BETA],
    ],
    zmin: simplex - (farthest || 1),
    zmax: simplex + (farthest || 1),
    hovertemplate: "%{y}, %{x}: %{z:.3f}<extra></extra>",
    colorbar: { title: { text: "cosine", side: "right" } },
  };
  const axis = (text: string) => ({
    title: { text, standoff: 15 },
    type: "category",
    showgrid: false,
    ticks: "",
  });
  const subtitle = `${count} classes; white: ${simplex.toFixed(3)}, as in a simplex; gray: the class itself`;
  const look = layout(title, subtitle, axis("class"), { ...axis("class"), autorange: "reversed" });
  return { data: [cells], layout: { ...look, plot_bgcolor: FAINT, hovermode: "closest" } };
}
