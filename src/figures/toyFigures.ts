import type { SpanningTree } from "../metrics/topology/spanningTree";
import type { Figure } from "./figure";
import { ABOVE_BETA, BELOW_BETA, layout, NEUTRAL } from "./theme";
import { arrow, checkTree, dots, edgeLines, lengthLabel, type Points } from "./planeTree";

/**
 * Points of the plane and the edges of their spanning tree, each labeled with its length: a death
 * time.
 *
 * @param points m x 2, row-major.
 * @throws {RangeError} If the tree is not of as many points.
 */
export function toySpanningTree(points: Points, tree: SpanningTree): Figure {
  checkTree(points, tree);
  const edges = [...tree.lengths.keys()];
  const data = [edgeLines("spanning tree", points, tree, edges, NEUTRAL), dots(points)];
  const subtitle = `${points.length / 2} points of the plane, ${edges.length} death times`;
  const annotations = edges.map((edge) => lengthLabel(points, tree, edge, NEUTRAL));
  return plane("The spanning tree's lengths are the death times", subtitle, data, annotations);
}

/**
 * Effect of the loss, the sum of |d - beta|, on points of the plane: edges shorter than beta in
 * vermilion, longer ones in blue, and an arrow from each point against its gradient.
 *
 * @param points m x 2, row-major.
 * @param gradient Like `points`: of the loss; an arrow's length is that of its gradient times
 * `arrowScale`.
 * @throws {RangeError} If tree or gradient are not of as many points.
 */
export function toyGradient(
  points: Points,
  tree: SpanningTree,
  beta: number,
  gradient: Points,
  arrowScale = 0.25,
): Figure {
  checkTree(points, tree);
  if (gradient.length !== points.length)
    throw new RangeError(`expected ${points.length} gradient values, got ${gradient.length}`);
  const edges = [...tree.lengths.keys()];
  const below = edges.filter((edge) => tree.lengths[edge] < beta);
  const above = edges.filter((edge) => tree.lengths[edge] >= beta);
  const data = [
    edgeLines("d < beta: pushed apart", points, tree, below, BELOW_BETA),
    edgeLines("d > beta: pulled together", points, tree, above, ABOVE_BETA),
    dots(points),
  ];
  const labels = edges.map((edge) =>
    lengthLabel(points, tree, edge, tree.lengths[edge] < beta ? BELOW_BETA : ABOVE_BETA),
  );
  const arrows = Array.from({ length: points.length / 2 }, (_, point) =>
    arrow(points, gradient, point, arrowScale),
  ).flat();
  const title = `Where the loss |d - beta| moves the points, beta = ${beta}`;
  const subtitle = `${points.length / 2} points of the plane; arrows: minus the gradient`;
  return plane(title, subtitle, data, [...labels, ...arrows]);
}

function plane(title: string, subtitle: string, data: object[], annotations: object[]): Figure {
  const x = { title: { text: "feature 1" } };
  const y = { title: { text: "feature 2" }, scaleanchor: "x" };
  const look = layout(title, subtitle, x, y);
  return { data, layout: { ...look, annotations, hovermode: "closest" } };
}
