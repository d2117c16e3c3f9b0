import type { SpanningTree } from "../metrics/topology/spanningTree";
import type { Figure } from "./figure";
import { ABOVE_BETA, BELOW_BETA, layout, NEUTRAL } from "./theme";
import { arrow, checkTree, dots, edgeLines, lengthLabel, type Points } from "./planeTree";

/** Largest number of edges that are labeled with their lengths. */
const LABELED_EDGES = 8;
/** Length of the longest arrow, as a part of the picture's larger side. */
const LONGEST_ARROW = 0.1;

/** Texts of the figure. */
export interface SpanningTreeFigureOptions {
  readonly title?: string;
  /** Where the points come from, such as "16 examples of class 3, epoch 310". */
  readonly subtitle?: string;
  readonly axisTitles?: readonly [string, string];
}

/**
 * The spanning tree of points drawn in a plane, such as a projection of a sub-batch: edges shorter
 * than beta in vermilion, longer ones in blue, and an arrow from each point against its gradient.
 * Lengths are the tree's, which in a projection are not those drawn. Arrows are scaled so that the
 * longest is 10 % of the picture.
 *
 * @param points2d m x 2, row-major: where to draw the points.
 * @param tree Of the points in their own space.
 * @param gradient Like `points2d`: the loss's gradient, projected as the points are.
 * @throws {RangeError} If tree or gradient are not of as many points.
 */
export function spanningTreeFigure(
  points2d: Points,
  tree: SpanningTree,
  beta: number,
  gradient: Points,
  options: SpanningTreeFigureOptions = {},
): Figure {
  checkTree(points2d, tree);
  if (gradient.length !== points2d.length)
    throw new RangeError(`expected ${points2d.length} gradient values, got ${gradient.length}`);
  const { title = "Spanning tree and gradient", subtitle, axisTitles } = options;
  const [xTitle, yTitle] = axisTitles ?? ["axis 1", "axis 2"];
  const edges = [...tree.lengths.keys()];
  const [short, long] = [true, false].map((isShort) =>
    edges.filter((edge) => tree.lengths[edge] < beta === isShort),
  );
  const data = [
    edgeLines("d < beta: pushed apart", points2d, tree, short, BELOW_BETA),
    edgeLines("d \u2265 beta: pulled together", points2d, tree, long, ABOVE_BETA),
    dots(points2d),
  ];
  const labeled = edges.length > LABELED_EDGES ? [] : edges;
  const labels = labeled.map((edge) => lengthLabel(points2d, tree, edge, NEUTRAL));
  const below = subtitle ?? `${points2d.length / 2} points`;
  const note = `${below}; beta = ${Number(beta.toPrecision(3))}; arrows: minus the gradient`;
  const look = layout(
    title,
    note,
    { title: { text: xTitle } },
    { title: { text: yTitle }, scaleanchor: "x" },
  );
  return {
    data,
    layout: {
      ...look,
      annotations: [...labels, ...arrows(points2d, gradient)],
      hovermode: "closest",
    },
  };
}

/** An arrow from each point against its gradient, where it has one. */
function arrows(points: Points, gradient: Points): object[] {
  const scale = arrowScale(points, gradient);
  const each = Array.from({ length: points.length / 2 }, (_, point) =>
    arrow(points, gradient, point, scale),
  );
  return each.flat();
}

/** 0 where there is no gradient. */
function arrowScale(points: Points, gradient: Points): number {
  const extent = Math.max(
    ...[0, 1].map((axis) => {
      const values = points.filter((_, i) => i % 2 === axis);
      return Math.max(...values) - Math.min(...values);
    }),
  );
  let longest = 0;
  for (let i = 0; i < gradient.length; i += 2)
    longest = Math.max(longest, Math.hypot(gradient[i], gradient[i + 1]));
  return longest === 0 ? 0 : (LONGEST_ARROW * extent) / longest;
}
