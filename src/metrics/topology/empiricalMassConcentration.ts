import { pairDistance, pointCount, toFloat64 } from "./distances";
import { massConcentrationBound } from "./massConcentration";
import { metricOrder, type Metric } from "./metric";

/** Mass of a class near a set of its examples, and its lower bound. */
export interface EmpiricalMassConcentration {
  /** Share of the examples in the set. */
  readonly p: number;
  /** Share of the examples within l * beta of the set; including the set itself. */
  readonly measured: number;
  /** `massConcentrationBound` of p. */
  readonly bound: number;
}

/** Parameters of the bound. */
export interface MassConcentrationOptions {
  /** 0 or more, in the unit of the features. */
  readonly beta: number;
  readonly l: number;
  /** b: size of the sub-batches of `connectivity`. */
  readonly subBatchSize: number;
  /** c_beta of the class (see `estimateConnectivity`), or a lower end of its interval. */
  readonly connectivity: number;
  readonly metric?: Metric;
}

/**
 * Share of a class's examples within l * beta of a set of them, with its lower bound.
 *
 * The bound is a theorem for independent draws, so it holds for the examples themselves as the
 * distribution if c_beta is that of draws with replacement from them. With c_beta of distinct
 * draws, or estimated, it holds up to sampling.
 *
 * @param features Features of one class, n x dim, row-major.
 * @param members Rows of the set M, each 0 to n - 1; repeated ones count once.
 * @throws {RangeError} As `shareWithin` and `massConcentrationBound`, or if beta is negative.
 * @see Hofer et al. 2020, section 3, https://arxiv.org/abs/2002.04805
 */
export function empiricalMassConcentration(
  features: Float32Array | Float64Array,
  dim: number,
  members: ArrayLike<number>,
  options: MassConcentrationOptions,
): EmpiricalMassConcentration {
  const { beta, l, subBatchSize, connectivity, metric } = options;
  if (!(beta >= 0)) throw new RangeError(`expected a beta of 0 or more, got ${beta}`);
  const measured = shareWithin(features, dim, members, l * beta, metric);
  const p = new Set(Array.from(members)).size / (features.length / dim);
  return { p, measured, bound: massConcentrationBound(p, connectivity, subBatchSize, l) };
}

/**
 * Share of points within `radius` of a set of them.
 *
 * @param points n x dim, row-major.
 * @param members Rows of the set, each 0 to n - 1.
 * @param radius 0 or more, in the unit of `points`.
 * @returns From 0 (only for an empty set) to 1.
 * @throws {RangeError} If lengths disagree, a value is not finite, or a row or `radius` is invalid.
 */
export function shareWithin(
  points: Float32Array | Float64Array,
  dim: number,
  members: ArrayLike<number>,
  radius: number,
  metric: Metric = "L2",
): number {
  const count = pointCount(points, dim);
  if (!(radius >= 0)) throw new RangeError(`expected a radius of 0 or more, got ${radius}`);
  const set = Array.from(members);
  const stray = set.find((row) => !Number.isInteger(row) || row < 0 || row >= count);
  if (stray !== undefined)
    throw new RangeError(`expected members from 0 to ${count - 1}, got ${stray}`);
  const distance = pairDistance(metricOrder(metric));
  const values = toFloat64(points);
  let near = 0;
  for (let i = 0; i < count; i++)
    if (set.some((member) => distance(values, i, member, dim) <= radius)) near++;
  return near / count;
}
