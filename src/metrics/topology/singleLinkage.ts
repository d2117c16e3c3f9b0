import type { SpanningTree } from "./spanningTree";

/**
 * How m points grow into one component as the scale rises: m - 1 merges, by ascending time.
 *
 * Its nodes are numbered as in SciPy's linkage matrix: node i < m is point i alone, node m + e is
 * the component that merge e makes. Row e of that matrix is left[e], right[e], times[e], sizes[e].
 */
export interface MergeTree {
  /** m - 1 nodes: merge e joins left[e] < right[e]. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** m - 1 times, ascending: the death times of the points. */
  readonly times: Float64Array;
  /** m - 1 numbers of points in the component made. */
  readonly sizes: Int32Array;
  /** 2m - 1 nodes: the component that each node goes into; -1 for the last one. */
  readonly parents: Int32Array;
}

/**
 * The merge tree (dendrogram) of single linkage: two components become one at the length of the
 * shortest edge between them, and those edges are the minimum spanning tree's (Gower and Ross
 * 1969). It is the 0-dimensional Vietoris-Rips persistence that also says what merged.
 *
 * Merges of equal time follow the order of the tree's edges.
 *
 * @param tree From `spanningTree`: m - 1 edges by ascending length.
 * @throws {RangeError} If the edges are not a tree over m points, ascending.
 */
export function singleLinkage(tree: SpanningTree): MergeTree {
  const count = pointCountOf(tree);
  const left = new Int32Array(count - 1);
  const right = new Int32Array(count - 1);
  const sizes = new Int32Array(count - 1);
  const parents = new Int32Array(2 * count - 1).fill(-1);
  const shortcuts = parents.slice(); // as parents, but further up
  for (let e = 0; e < count - 1; e++) {
    const a = topNode(shortcuts, tree.ends[2 * e]);
    const b = topNode(shortcuts, tree.ends[2 * e + 1]);
    if (a === b) throw new RangeError(`expected the edges of a tree, got a cycle at edge ${e}`);
    left[e] = Math.min(a, b);
    right[e] = Math.max(a, b);
    parents[a] = parents[b] = shortcuts[a] = shortcuts[b] = count + e;
    for (const node of [a, b]) sizes[e] += node < count ? 1 : sizes[node - count];
  }
  return { left, right, times: tree.lengths.slice(), sizes, parents };
}

/**
 * The scale at which two points come into one component (their cophenetic distance): the least
 * over paths between them of the longest step. 0 for a point and itself.
 *
 * @param i A point, 0 to m - 1; `j` another.
 * @throws {RangeError} If there is no such point.
 */
export function mergeTime(tree: MergeTree, i: number, j: number): number {
  const count = tree.times.length + 1;
  for (const point of [i, j]) checkNode(point, count);
  let [a, b] = [i, j];
  while (a !== b) {
    // A node's number is below its parent's.
    if (a < b) a = tree.parents[a];
    else b = tree.parents[b];
  }
  return a < count ? 0 : tree.times[a - count];
}

/**
 * The points of a node of the merge tree, ascending. Those that join at merge e are
 * `pointsBelow(tree, tree.left[e])` and `pointsBelow(tree, tree.right[e])`.
 *
 * @param node 0 to 2m - 2.
 * @throws {RangeError} If there is no such node.
 */
export function pointsBelow(tree: MergeTree, node: number): Int32Array {
  const count = tree.times.length + 1;
  checkNode(node, 2 * count - 1);
  const points = new Int32Array(node < count ? 1 : tree.sizes[node - count]);
  const open = [node];
  for (let found = 0; found < points.length;) {
    const next = open.pop()!;
    if (next < count) points[found++] = next;
    else open.push(tree.left[next - count], tree.right[next - count]);
  }
  return points.sort();
}

/** The node without a parent above `node`; halves the way there for the next search. */
function topNode(shortcuts: Int32Array, node: number): number {
  let at = node;
  while (shortcuts[at] >= 0) {
    const next = shortcuts[at];
    if (shortcuts[next] >= 0) shortcuts[at] = shortcuts[next];
    at = next;
  }
  return at;
}

function pointCountOf({ ends, lengths }: SpanningTree): number {
  const count = lengths.length + 1;
  if (ends.length !== 2 * lengths.length)
    throw new RangeError(`expected 2 ends an edge, got ${ends.length} of ${lengths.length} edges`);
  const stray = ends.findIndex((end) => end < 0 || end >= count);
  if (stray >= 0)
    throw new RangeError(`expected ends from 0 to ${count - 1}, got ${ends[stray]} at ${stray}`);
  for (let e = 0; e < lengths.length; e++)
    if (!(lengths[e] >= (e === 0 ? 0 : lengths[e - 1])))
      throw new RangeError(`expected lengths of 0 or more, ascending, got ${lengths[e]} at ${e}`);
  return count;
}

function checkNode(node: number, limit: number): void {
  if (!Number.isInteger(node) || node < 0 || node >= limit)
    throw new RangeError(`expected a number from 0 to ${limit - 1}, got ${node}`);
}
