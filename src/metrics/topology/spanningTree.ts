import { simdSpanningTrees } from "../../kernels/simdSpanningTrees";
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
 * points (Prim 1957, in O(m^2 dim) time and O(m) memory). Lengths are in double precision; float32
 * points with L1 or L2 use SIMD kernels, which give the same edges and lengths to the last bit.
 *
 * Edges of equal length are ordered by their first end, then by their second; the tree is the one
 * that Kruskal's algorithm finds in that order, whatever the method.
 *
 * @param points m x dim, row-major.
 * @returns `ends` and `lengths`, ascending in that order.
 * @throws {RangeError} If `points.length` is not a positive multiple of `dim`, a value is not
 *   finite, a distance exceeds the largest number, or `metric` is invalid.
 */
export function spanningTree(
  points: Float32Array | Float64Array,
  dim: number,
  metric: Metric = "L2",
): SpanningTree {
  const count = pointCount(points, dim);
  const tree = { ends: new Int32Array(2 * (count - 1)), lengths: new Float64Array(count - 1) };
  spanningTreesKernel(points, 1, count, dim, metricOrder(metric), tree.ends, tree.lengths);
  tree.lengths.forEach(checkDistance);
  return tree;
}

/**
 * The spanning trees of `clouds` sets of `count` checked points, one after the other: writes
 * clouds x 2 (`count` - 1) `ends` and clouds x (`count` - 1) `lengths`, ordered in each.
 */
export function spanningTreesKernel(
  points: Float32Array | Float64Array,
  clouds: number,
  count: number,
  dim: number,
  order: number,
  ends: Int32Array,
  lengths: Float64Array,
): void {
  const edges = count - 1;
  const own = (s: number) =>
    [
      ends.subarray(2 * s * edges, 2 * (s + 1) * edges),
      lengths.subarray(s * edges, (s + 1) * edges),
    ] as const;
  const isInSimd =
    points instanceof Float32Array &&
    (order === 1 || order === 2) &&
    simdSpanningTrees(points, clouds, count, dim, order, ends, lengths);
  for (let s = 0; s < clouds; s++)
    if (isInSimd) sortEdges(...own(s));
    else {
      const cloud = toFloat64(points.subarray(s * count * dim, (s + 1) * count * dim));
      spanningTreeKernel(cloud, count, dim, order, ...own(s));
    }
}

/**
 * `spanningTree` on checked points, the readable loop: writes 2 (`count` - 1) `ends` and `count` - 1 `lengths`.
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
  const link = new Int32Array(count); // for each outside point, the nearest inside point
  const gap = new Float64Array(count).fill(Infinity); // and its distance
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
    ends[2 * edge] = Math.min(next, link[next]);
    ends[2 * edge + 1] = Math.max(next, link[next]);
    lengths[edge] = gap[next];
    added = next;
  }
  sortEdges(ends, lengths);
}

/** The order of edges: by length, then by smaller end, then by larger end. */
function comesBefore(d: number, i: number, j: number, e: number, k: number, l: number): boolean {
  if (d !== e) return d < e;
  const first = Math.min(i, j) - Math.min(k, l);
  return first !== 0 ? first < 0 : Math.max(i, j) < Math.max(k, l);
}

/** Sorts edges. */
function sortEdges(ends: Int32Array, lengths: Float64Array): void {
  const [unsortedEnds, unsortedLengths] = [ends.slice(), lengths.slice()];
  const [i, j] = [(e: number) => unsortedEnds[2 * e], (e: number) => unsortedEnds[2 * e + 1]];
  Uint32Array.from(lengths, (_, edge) => edge)
    .sort((e, f) => unsortedLengths[e] - unsortedLengths[f] || i(e) - i(f) || j(e) - j(f))
    .forEach((edge, at) => {
      lengths[at] = unsortedLengths[edge];
      ends[2 * at] = i(edge);
      ends[2 * at + 1] = j(edge);
    });
}
