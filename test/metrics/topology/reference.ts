import fc from "fast-check";
import {
  checkDistance,
  pairDistance,
  pointCount,
  toFloat64,
} from "../../../src/metrics/topology/distances";
import { metricOrder, parseMetric, type Metric } from "../../../src/metrics/topology/metric";
import type { MergeTree } from "../../../src/metrics/topology/singleLinkage";

/** What the kernels must agree with: each written from its definition, slowly. */

export const METRICS: readonly Metric[] = ["L1", "L2", "LInfinity", "L3", "L1.5"];

export interface Cloud {
  points: Float64Array;
  dim: number;
}

export function referenceDistance(x: ArrayLike<number>, y: ArrayLike<number>, metric: Metric) {
  const differences = Array.from(x, (value, k) => Math.abs(value - y[k]));
  if (metric === "LInfinity") return Math.max(...differences);
  const p = Number(parseMetric(metric).slice(1));
  return differences.reduce((sum, value) => sum + value ** p, 0) ** (1 / p);
}

export function rows({ points, dim }: Cloud): Float64Array[] {
  const count = points.length / dim;
  return Array.from({ length: count }, (_, i) => points.subarray(i * dim, (i + 1) * dim));
}

/** The project's distance of every pair of points, m x m. */
export function pairwiseDistances(
  points: Float32Array | Float64Array,
  dim: number,
  metric: Metric = "L2",
): Float64Array {
  const count = pointCount(points, dim);
  const distance = pairDistance(metricOrder(metric));
  const distances = Float64Array.from({ length: count * count }, (_, at) =>
    distance(toFloat64(points), Math.floor(at / count), at % count, dim),
  );
  distances.forEach(checkDistance);
  return distances;
}

export interface Edge {
  length: number;
  i: number;
  j: number;
}

/** Kruskal: edges by length, first end, second end; an edge inside a component is left out. */
export function referenceTree(cloud: Cloud, distance: (i: number, j: number) => number): Edge[] {
  const count = cloud.points.length / cloud.dim;
  const edges: Edge[] = [];
  for (let i = 0; i < count; i++)
    for (let j = i + 1; j < count; j++) edges.push({ length: distance(i, j), i, j });
  edges.sort((a, b) => a.length - b.length || a.i - b.i || a.j - b.j);
  let component = Array.from({ length: count }, (_, i) => i);
  return edges.filter(({ i, j }) => {
    const [kept, gone] = [component[i], component[j]];
    component = component.map((label) => (label === gone ? kept : label));
    return kept !== gone;
  });
}

/** How many components points have when those no further than `scale` apart are joined. */
export function componentCount(cloud: Cloud, metric: Metric, scale: number): number {
  const points = rows(cloud);
  const unseen = new Set(points.keys());
  let count = 0;
  for (const start of unseen) {
    count++;
    const reached = [start];
    unseen.delete(start);
    for (const i of reached)
      for (const j of unseen)
        if (referenceDistance(points[i], points[j], metric) <= scale) {
          unseen.delete(j);
          reached.push(j);
        }
  }
  return count;
}

/** The scale at which points `i` and `j` come into one component; 0 for a point and itself. */
export function mergeTime({ parents, times }: MergeTree, i: number, j: number): number {
  let [a, b] = [i, j];
  while (a !== b) {
    // A node's number is below its parent's.
    if (a < b) a = parents[a];
    else b = parents[b];
  }
  return a <= times.length ? 0 : times[a - times.length - 1];
}

/** Every spanning tree of `count` labeled points, by its Pruefer sequence. */
export function* everyTree(count: number): Generator<[number, number][]> {
  for (let code = 0; code < count ** (count - 2); code++) {
    const sequence = Array.from(
      { length: count - 2 },
      (_, k) => Math.floor(code / count ** k) % count,
    );
    const degrees = Array.from(
      { length: count },
      (_, i) => 1 + sequence.filter((v) => v === i).length,
    );
    const edges = sequence.map((v): [number, number] => {
      const leaf = degrees.indexOf(1);
      degrees[leaf]--;
      degrees[v]--;
      return [leaf, v];
    });
    edges.push([degrees.indexOf(1), degrees.lastIndexOf(1)]);
    yield edges;
  }
}

/** Clouds with coordinates in -3..3 / `denominator`: at 1, ties and coincident points abound. */
export function clouds(denominator: number, leastCount = 1, mostCount = 9): fc.Arbitrary<Cloud> {
  return fc.integer({ min: 1, max: 4 }).chain((dim) =>
    fc
      .array(
        fc.array(fc.integer({ min: -3 * denominator, max: 3 * denominator }), {
          minLength: dim,
          maxLength: dim,
        }),
        {
          minLength: leastCount,
          maxLength: mostCount,
        },
      )
      .map((points) => ({ points: Float64Array.from(points.flat(), (v) => v / denominator), dim })),
  );
}

/** No ties to speak of. */
export const FINE = 65521;

/** Agreement to rounding: every distance here sums at most 24 terms of double precision. */
export const ROUNDING = 1e-12;
