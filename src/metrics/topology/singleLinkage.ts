import type { SpanningTree } from "./spanningTree";

/**
 * Merges of m points into one component as the scale increases: m - 1 merges, by ascending time.
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
 * 1969). It is 0-dimensional Vietoris-Rips persistence with the merged components.
 *
 * Merges of equal time follow the order of the tree's edges.
 *
 * @param tree Result of `spanningTree`: m - 1 edges by ascending length.
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
    throw new RangeError(`expected 2 ends per edge, got ${ends.length} of ${lengths.length} edges`);
  const stray = ends.findIndex((end) => end < 0 || end >= count);
  if (stray >= 0)
    throw new RangeError(`expected ends from 0 to ${count - 1}, got ${ends[stray]} at ${stray}`);
  for (let e = 0; e < lengths.length; e++)
    if (!(lengths[e] >= (e === 0 ? 0 : lengths[e - 1])))
      throw new RangeError(`expected lengths of 0 or more, ascending, got ${lengths[e]} at ${e}`);
  return count;
}
