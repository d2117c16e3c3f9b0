import type { SpanningTree } from "../topology/spanningTree";
import type { Figure } from "./figure";
import { ABOVE_BETA, BELOW_BETA, layout, NEUTRAL } from "./look";

type Points = Float32Array | Float64Array;

/**
 * Points of the plane and the edges of their spanning tree, each labelled with its length: a death
 * time.
 *
 * @param points m x 2, row-major.
 * @throws {RangeError} If the tree is not of as many points.
 */
export function toySpanningTree(points: Points, tree: SpanningTree): Figure {
  checkTree(points, tree);
  const edges = tree.lengths.map((_, edge) => edge);
  const data = [edgeLines("spanning tree", points, tree, edges, NEUTRAL), dots(points)];
  const subtitle = `${points.length / 2} points of the plane, ${edges.length} death times`;
  const annotations = [...edges].map((edge) => lengthLabel(points, tree, edge, NEUTRAL));
  return plane("The spanning tree's lengths are the death times", subtitle, data, annotations);
}

/**
 * What the loss, the sum of |d - beta|, does to points of the plane: edges shorter than beta in
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
  const edges = tree.lengths.map((_, edge) => edge);
  const below = edges.filter((edge) => tree.lengths[edge] < beta);
  const above = edges.filter((edge) => tree.lengths[edge] >= beta);
  const data = [
    edgeLines("d < beta: pushed apart", points, tree, below, BELOW_BETA),
    edgeLines("d > beta: pulled together", points, tree, above, ABOVE_BETA),
    dots(points),
  ];
  const labels = [...edges].map((edge) =>
    lengthLabel(points, tree, edge, tree.lengths[edge] < beta ? BELOW_BETA : ABOVE_BETA),
  );
  const arrows = Array.from({ length: points.length / 2 }, (_, point) =>
    arrow(points, gradient, point, arrowScale),
  ).flat();
  const title = `Where the loss |d - beta| moves the points, beta = ${beta}`;
  const subtitle = `${points.length / 2} points of the plane; arrows: minus the gradient`;
  return plane(title, subtitle, data, [...labels, ...arrows]);
}

function checkTree(points: Points, { lengths }: SpanningTree): void {
  if (points.length !== 2 * (lengths.length + 1))
    throw new RangeError(
      `expected the spanning tree of ${points.length / 2} points of the plane, ` +
        `got ${lengths.length} edges`,
    );
}

/** Segments in one trace, a gap after each. */
function edgeLines(
  name: string,
  points: Points,
  { ends }: SpanningTree,
  edges: Float64Array,
  color: string,
): object {
  const coordinates = (axis: 0 | 1) =>
    [...edges].flatMap((e) => [
      points[2 * ends[2 * e] + axis],
      points[2 * ends[2 * e + 1] + axis],
      null,
    ]);
  return {
    ...{ type: "scatter", mode: "lines", name, hoverinfo: "skip" },
    ...{ x: coordinates(0), y: coordinates(1), line: { color, width: 2.5 } },
  };
}

function dots(points: Points): object {
  const [x, y] = [0, 1].map((axis) => [...points].filter((_, i) => i % 2 === axis));
  const marker = { size: 11, color: "#000000" };
  return {
    type: "scatter",
    mode: "markers",
    name: "points",
    ...{ x, y, marker, showlegend: false },
  };
}

function lengthLabel(points: Points, tree: SpanningTree, edge: number, color: string): object {
  const [i, j] = [2 * tree.ends[2 * edge], 2 * tree.ends[2 * edge + 1]];
  return {
    x: (points[i] + points[j]) / 2,
    y: (points[i + 1] + points[j + 1]) / 2,
    text: tree.lengths[edge].toFixed(2),
    ...{ showarrow: false, font: { color, size: 14 }, bgcolor: "rgba(255,255,255,0.85)" },
  };
}

/** None where the gradient is 0. */
function arrow(points: Points, gradient: Points, point: number, scale: number): object[] {
  const [x, y] = [points[2 * point], points[2 * point + 1]];
  const [gx, gy] = [gradient[2 * point], gradient[2 * point + 1]];
  if (Math.hypot(gx, gy) === 0) return [];
  return [
    {
      ...{ x: x - scale * gx, y: y - scale * gy, ax: x, ay: y, text: "" },
      ...{ xref: "x", yref: "y", axref: "x", ayref: "y" },
      ...{ showarrow: true, arrowhead: 2, arrowsize: 1.2, arrowwidth: 2, arrowcolor: "#000000" },
    },
  ];
}

function plane(title: string, subtitle: string, data: object[], annotations: object[]): Figure {
  const x = { title: { text: "feature 1" } };
  const y = { title: { text: "feature 2" }, scaleanchor: "x" };
  const look = layout(title, subtitle, x, y);
  return { data, layout: { ...look, annotations, hovermode: "closest" } };
}
