import type { SpanningTree } from "../metrics/topology/spanningTree";

/** m x 2 coordinates, row-major. */
export type Points = Float32Array | Float64Array;

/** @throws {RangeError} If the tree is not of as many points of the plane. */
export function checkTree(points: Points, { lengths }: SpanningTree): void {
  if (points.length !== 2 * (lengths.length + 1))
    throw new RangeError(
      `expected the spanning tree of ${points.length / 2} points of the plane, ` +
        `got ${lengths.length} edges`,
    );
}

/** Edges as segments in one trace, a gap after each. */
export function edgeLines(
  name: string,
  points: Points,
  { ends }: SpanningTree,
  edges: readonly number[],
  color: string,
): object {
  const coordinates = (axis: 0 | 1) =>
    edges.flatMap((e) => [
      points[2 * ends[2 * e] + axis],
      points[2 * ends[2 * e + 1] + axis],
      null,
    ]);
  return {
    type: "scatter",
    mode: "lines",
    name,
    hoverinfo: "skip",
    x: coordinates(0),
    y: coordinates(1),
    line: { color, width: 2.5 },
  };
}

/** The points themselves, in black. */
export function dots(points: Points): object {
  const [x, y] = [0, 1].map((axis) => [...points].filter((_, i) => i % 2 === axis));
  const marker = { size: 11, color: "#000000" };
  return {
    type: "scatter",
    mode: "markers",
    name: "points",
    x,
    y,
    marker,
    showlegend: false,
  };
}

/** An edge's length, written at its middle. */
export function lengthLabel(
  points: Points,
  tree: SpanningTree,
  edge: number,
  color: string,
): object {
  const [i, j] = [2 * tree.ends[2 * edge], 2 * tree.ends[2 * edge + 1]];
  return {
    x: (points[i] + points[j]) / 2,
    y: (points[i + 1] + points[j + 1]) / 2,
    text: tree.lengths[edge].toFixed(2),
    showarrow: false,
    font: { color, size: 14 },
    bgcolor: "rgba(255,255,255,0.85)",
  };
}

/** From a point against its gradient; none where that is 0. */
export function arrow(points: Points, gradient: Points, point: number, scale: number): object[] {
  const [x, y] = [points[2 * point], points[2 * point + 1]];
  const [gx, gy] = [gradient[2 * point], gradient[2 * point + 1]];
  if (Math.hypot(gx, gy) === 0) return [];
  return [
    {
      x: x - scale * gx,
      y: y - scale * gy,
      ax: x,
      ay: y,
      text: "",
      xref: "x",
      yref: "y",
      axref: "x",
      ayref: "y",
      showarrow: true,
      arrowhead: 2,
      arrowsize: 1.2,
      arrowwidth: 2,
      arrowcolor: "#000000",
    },
  ];
}
