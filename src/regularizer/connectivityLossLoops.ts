import { distanceGradient } from "./distanceGradient";
import { firstNonFinite } from "../metrics/topology/distances";
import { metricOrder, type Metric } from "../metrics/topology/metric";
import { spanningTreesKernel } from "../metrics/topology/spanningTree";

/** Options of the connectivity loss. */
export interface ConnectivityOptions {
  /** Number of sub-batches in the features, one after the other (8 in the protocol). */
  readonly subBatchCount: number;
  /** Distance between features. */
  readonly metric: Metric;
  /** Cost of a death time d: |d - beta|, max(0, d - beta), or (d - beta)^2. */
  readonly shape: "absolute" | "hinge" | "squared";
  /**
   * Treatment of d = 0, the death time of coincident points. keep: it counts, with gradient 0.
   * drop: it is left out of the sum. epsilon: every d is sqrt(|x - y|^2 + 1e-6), so 0 becomes 1e-3
   * (L2 only, as in the published code).
   */
  readonly zeroDeathTimes: "keep" | "drop" | "epsilon";
}

/** Added under the root by `zeroDeathTimes: "epsilon"`. */
const EPSILON = 1e-6;

/** Value and slope of each shape at d - beta; the slope at a kink is 0. */
const SHAPES: Record<ConnectivityOptions["shape"], [value: Curve, slope: Curve]> = {
  absolute: [Math.abs, Math.sign],
  hinge: [(excess) => Math.max(0, excess), (excess) => (excess > 0 ? 1 : 0)],
  squared: [(excess) => excess * excess, (excess) => 2 * excess],
};
type Curve = (excess: number) => number;

const ZERO_TREATMENTS: readonly ConnectivityOptions["zeroDeathTimes"][] = [
  "keep",
  "drop",
  "epsilon",
];

/**
 * Connectivity loss of a step and its gradient, on flat arrays: L = (1 / subBatchCount) times the
 * sum over sub-batches, over their death times d, of shape(d - beta).
 *
 * Distances, trees and sums are in double precision.
 *
 * @param features subBatchCount x subBatchSize x dim, row-major.
 * @param beta The target death time, >= 0, in the unit of `features`.
 * @param deathTimesOut subBatchCount x (subBatchSize - 1), ascending in each sub-batch: the lengths
 *   of the edges, even if the loss drops zeros or uses a root instead.
 * @param gradientOut Like `features`: dL / dfeatures.
 * @returns L.
 * @throws {RangeError} If a size, beta or an option is invalid, or a feature is not finite.
 * @see Hofer et al. 2020, https://arxiv.org/abs/2002.04805
 */
export function connectivityLossKernel(
  features: Float32Array,
  subBatchCount: number,
  subBatchSize: number,
  dim: number,
  beta: number,
  options: ConnectivityOptions,
  deathTimesOut: Float32Array,
  gradientOut: Float32Array,
): number {
  const times = subBatchSize - 1;
  checkLength("features", features, subBatchCount, subBatchSize, dim);
  checkLength("death times", deathTimesOut, subBatchCount, times, 1);
  checkLength("gradients", gradientOut, subBatchCount, subBatchSize, dim);
  checkConnectivity(beta, options);
  const size = subBatchSize * dim;
  const points = Float64Array.from(features);
  checkFinite(points, dim, subBatchSize);
  const ends = new Int32Array(2 * subBatchCount * times);
  const deathTimes = new Float64Array(subBatchCount * times);
  const order = metricOrder(options.metric);
  spanningTreesKernel(features, subBatchCount, subBatchSize, dim, order, ends, deathTimes);
  const gradient = new Float64Array(features.length);
  let sum = 0;
  for (let s = 0; s < subBatchCount; s++)
    sum += treeLoss(
      points.subarray(s * size, (s + 1) * size),
      dim,
      ends.subarray(2 * s * times, 2 * (s + 1) * times),
      beta,
      options,
      deathTimes.subarray(s * times, (s + 1) * times),
      gradient.subarray(s * size, (s + 1) * size),
    );
  deathTimesOut.set(deathTimes);
  for (let k = 0; k < gradient.length; k++) gradientOut[k] = gradient[k] / subBatchCount;
  return sum / subBatchCount;
}

/**
 * Sum of shape(d - beta) over the death times d of one sub-batch, in double precision.
 *
 * @param points m x dim, finite.
 * @param ends Ends of the edges of their spanning tree; `deathTimes` are the edges' lengths.
 * @param gradient Written: m x dim.
 */
export function treeLoss(
  points: Float64Array,
  dim: number,
  ends: Int32Array,
  beta: number,
  options: ConnectivityOptions,
  deathTimes: Float64Array,
  gradient: Float64Array,
): number {
  const addGradient = distanceGradient(metricOrder(options.metric));
  const [value, slope] = SHAPES[options.shape];
  gradient.fill(0);
  let sum = 0;
  for (let e = 0; e < deathTimes.length; e++) {
    if (deathTimes[e] === 0 && options.zeroDeathTimes === "drop") continue;
    // The root increases with the distance, so the same tree is minimal for both.
    const isRooted = options.zeroDeathTimes === "epsilon";
    const d = isRooted ? Math.sqrt(deathTimes[e] * deathTimes[e] + EPSILON) : deathTimes[e];
    sum += value(d - beta);
    if (d > 0) addGradient(points, ends[2 * e], ends[2 * e + 1], dim, d, slope(d - beta), gradient);
  }
  return sum;
}

/**
 * Checks the arguments that do not depend on the features.
 *
 * @throws {RangeError} If `beta` or an option is invalid.
 */
function checkConnectivity(beta: number, options: ConnectivityOptions): void {
  if (!(beta >= 0 && beta < Infinity))
    throw new RangeError(`expected a beta of 0 or more, got ${beta}`);
  const { metric, shape, zeroDeathTimes } = options;
  if (!Object.hasOwn(SHAPES, shape))
    throw new RangeError(`expected shape ${Object.keys(SHAPES).join(", ")}, got ${shape}`);
  if (!ZERO_TREATMENTS.includes(zeroDeathTimes))
    throw new RangeError(
      `expected zeroDeathTimes ${ZERO_TREATMENTS.join(", ")}, got ${zeroDeathTimes}`,
    );
  if (zeroDeathTimes === "epsilon" && metricOrder(metric) !== 2)
    throw new RangeError(
      `expected metric L2 with zeroDeathTimes "epsilon" (it adds ${EPSILON} under the root of ` +
        `L2), got ${metric}; use "keep" or "drop"`,
    );
}

function checkLength(
  what: string,
  values: Float32Array,
  subBatchCount: number,
  size: number,
  dim: number,
): void {
  const natural = [subBatchCount, dim].every((n) => Number.isInteger(n) && n > 0);
  if (!natural || !Number.isInteger(size) || size < 0)
    throw new RangeError(
      `expected sizes as whole numbers, got ${subBatchCount} sub-batches of ${size} ${what} of dimension ${dim}`,
    );
  if (values.length !== subBatchCount * size * dim)
    throw new RangeError(
      `expected ${subBatchCount} x ${size} x ${dim} ${what}, got ${values.length} values`,
    );
}

function checkFinite(points: Float64Array, dim: number, subBatchSize: number): void {
  const bad = firstNonFinite(points);
  if (bad < 0) return;
  const example = Math.floor(bad / dim);
  throw new RangeError(
    `expected finite features, got ${points[bad]} in example ${example % subBatchSize} of ` +
      `sub-batch ${Math.floor(example / subBatchSize)}`,
  );
}
