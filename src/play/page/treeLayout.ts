import type { SpanningTree } from "../../metrics/topology/spanningTree";

/**
 * Draws a tree in the plane with the true lengths of its edges and without crossings: each subtree
 * gets a wedge in proportion to its leaves.
 *
 * @returns m x 2 places; the tree's middle is at 0.
 */
export function treeLayout({ ends, lengths }: SpanningTree): Float64Array {
  const count = lengths.length + 1;
  const places = new Float64Array(2 * count);
  const neighbors = Array.from({ length: count }, () => [] as { to: number; length: number }[]);
  lengths.forEach((length, e) => {
    const [i, j] = [ends[2 * e], ends[2 * e + 1]];
    neighbors[i].push({ to: j, length });
    neighbors[j].push({ to: i, length });
  });
  const next = (at: number, from: number) => neighbors[at].filter(({ to }) => to !== from);
  const leaves = (at: number, from: number): number =>
    next(at, from).reduce((sum, { to }) => sum + leaves(to, at), 0) || 1;
  const place = (at: number, from: number, start: number, width: number): void => {
    const total = leaves(at, from);
    let angle = start;
    for (const { to, length } of next(at, from)) {
      const wedge = (width * leaves(to, at)) / total;
      const middle = angle + wedge / 2;
      places[2 * to] = places[2 * at] + length * Math.cos(middle);
      places[2 * to + 1] = places[2 * at + 1] + length * Math.sin(middle);
      place(to, at, angle, wedge);
      angle += wedge;
    }
  };
  place(middleOf(neighbors), -1, 0, 2 * Math.PI);
  return places;
}

/** The point whose farthest point along the tree is nearest. */
function middleOf(neighbors: readonly (readonly { to: number; length: number }[])[]): number {
  const reach = (at: number, from: number): number =>
    Math.max(
      0,
      ...neighbors[at].flatMap(({ to, length }) => (to === from ? [] : [length + reach(to, at)])),
    );
  const reaches = neighbors.map((_, at) => reach(at, -1));
  return reaches.indexOf(Math.min(...reaches));
}
