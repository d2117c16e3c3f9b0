import { checkDistance, pairDistance, pointCount, toFloat64 } from "./distances";
import { metricOrder, type Metric } from "./metric";

/** The edges of a tree over m points, by ascending length. */
export interface SpanningTree {
  /** 2 (m - 1) point indices: edge e joins ends[2e] < ends[2e + 1]. */
  readonly ends: Int32Array;
  /** m - 1 lengths, ascending. */
  readonly lengths: Float64Array;
}

const INSIDE = -1;

/**
 * Minimum spanning tree of a point cloud: the m - 1 edges of least total length that join all
 * points (Prim 1957, in O(m^2 dim) time and O(m) memory).
 *
 * Edges of equal length are ordered by their first end, then by their second; the tree is the one
 * that Kruskal's algorithm finds in that order, whatever the method.
 *
 * @param points m x dim, row-major.
 * @returns `ends` and `lengths`, ascending in that order.
 * @throws {RangeError} If `points.length` is not a positive multiple of `dim`, a value is not
 * finite, a distance exceeds the largest number, or `metric` is none.
 */
export function spanningTree(
  points: Float32Array | Float64Array,
  dim: number,
  metric: Metric = "L2",
): SpanningTree {
  const count = pointCount(points, dim);
  const tree = { ends: new Int32Array(2 * (count - 1)), lengths: new Float64Array(count - 1) };
  spanningTreeKernel(toFloat64(points), count, dim, metricOrder(metric), tree.ends, tree.lengths);
  tree.lengths.forEach(checkDistance);
  return tree;
}

/**
 * `spanningTree` on checked points: writes 2 (`count` - 1) `ends` and `count` - 1 `lengths`.
 *
 * Distances are computed as points join the tree: each pair once, none stored.
 */
export function spanningTreeKernel(
  points: Float64Array,
  count: number,
  dim: number,
  order: number,
  ends: Int32Array,
  lengths: Float64Array,
): void {
  const distance = pairDistance(order);
  const link = new Int32Array(count); // of an outside point: the point inside nearest to it
  const gap = new Float64Array(count).fill(Infinity); // and how far that is
  for (let edge = 0, added = 0; edge < count - 1; edge++) {
    link[added] = INSIDE;
    let next = INSIDE;
    for (let v = 0; v < count; v++) {
      if (link[v] === INSIDE) continue;
      const d = distance(points, added, v, dim);
      if (d < gap[v] || (d === gap[v] && added < link[v])) {
        gap[v] = d;
        link[v] = added;
      }
      if (next === INSIDE || comesBefore(gap[v], v, link[v], gap[next], next, link[next])) next = v;
    }
    insertEdge(ends, lengths, edge, next, link[next], gap[next]);
    added = next;
  }
}

/** The order of edges: by length, then by smaller end, then by larger end. */
function comesBefore(d: number, i: number, j: number, e: number, k: number, l: number): boolean {
  if (d !== e) return d < e;
  const first = Math.min(i, j) - Math.min(k, l);
  return first !== 0 ? first < 0 : Math.max(i, j) < Math.max(k, l);
}

/** Puts an edge in its place among the `count` ordered ones. */
function insertEdge(
  ends: Int32Array,
  lengths: Float64Array,
  count: number,
  i: number,
  j: number,
  length: number,
): void {
  let at = count;
  for (; at > 0; at--) {
    const before = at - 1;
    if (!comesBefore(length, i, j, lengths[before], ends[2 * before], ends[2 * before + 1])) break;
    lengths[at] = lengths[before];
    ends[2 * at] = ends[2 * before];
    ends[2 * at + 1] = ends[2 * before + 1];
  }
  lengths[at] = length;
  ends[2 * at] = Math.min(i, j);
  ends[2 * at + 1] = Math.max(i, j);
}
