import { ClassAccumulator } from "./classAccumulator";
import { frobeniusNorm } from "../../numerics/vectors";

/**
 * What the neural-collapse measures need to know of labelled features, in double precision.
 * C classes, features of dimension p; the mean of class c is written mu_c.
 */
export interface ClassStatistics {
  readonly dim: number;
  readonly classCount: number;
  /** C numbers of examples, each at least 1. */
  readonly counts: Float64Array;
  /** C x p, row-major: mu_c. */
  readonly classMeans: Float64Array;
  /** p: the mean of all examples. Differs from `meanOfClassMeans` if classes are not balanced. */
  readonly globalMean: Float64Array;
  /** p: the mean of the C class means, each counting once. */
  readonly meanOfClassMeans: Float64Array;
  /** S_W, p x p: mean over all examples of (h - mu_c)(h - mu_c)', in squared feature units. */
  readonly withinClassCovariance: Float64Array;
  /** C: v_c, the mean squared distance of the examples of class c to mu_c (divided by counts[c]). */
  readonly classVariances: Float64Array;
}

/** Which mean is called mu_G: that of the class means, or that of the examples. */
export type Center = "meanOfClassMeans" | "globalMean";

/**
 * Class means and the within-class covariance of features held in memory. Features that arrive in
 * batches go through {@link ClassAccumulator}, which gives the same numbers to the last bit.
 *
 * A class of one example is its own mean and adds nothing to the covariance.
 *
 * @param features N x dim, row-major.
 * @param labels N class indices, 0 to classCount - 1.
 * @throws {RangeError} If lengths disagree, a label is out of range, a feature is not finite, or a
 *   class has no example (so also for empty input).
 */
export function classStatistics(
  features: ArrayLike<number>,
  labels: ArrayLike<number>,
  dim: number,
  classCount: number,
): ClassStatistics {
  const accumulator = new ClassAccumulator(dim, classCount);
  accumulator.add(features, labels);
  return accumulator.statistics();
}

/**
 * The centred class means, mu_c - mu_G: the M' of the literature, C x p.
 *
 * A mean that agrees with mu_G up to rounding (see {@link roundingLevel}) gives a row of exact
 * zeros: its digits would be noise, and so would every angle computed from them.
 *
 * @param center Which mean is mu_G.
 * @returns C x p, row-major.
 */
export function centeredClassMeans(
  statistics: ClassStatistics,
  center: Center = "meanOfClassMeans",
): Float64Array {
  const { classMeans, classCount, dim } = statistics;
  const centered = classMeans.map((value, i) => value - statistics[center][i % dim]);
  const smallest = roundingLevel(statistics);
  for (let c = 0; c < classCount; c++) {
    const row = centered.subarray(c * dim, (c + 1) * dim);
    if (frobeniusNorm(row) <= smallest) row.fill(0);
  }
  return centered;
}

/**
 * The length below which a difference of class means is rounding: 1e-12 |classMeans|_F.
 *
 * Averages of a million doubles are good to about 1e-13 of their size, and float32 features differ
 * by no less than 6e-8 of theirs, so the level lies between what is noise and what can be data.
 */
export function roundingLevel({ classMeans }: ClassStatistics): number {
  return 1e-12 * frobeniusNorm(classMeans);
}

/**
 * S_B, the mean over classes of (mu_c - mu_G)(mu_c - mu_G)': every class counts once, whatever its
 * number of examples. Its rank is at most C - 1.
 *
 * @param center Which mean is mu_G.
 * @returns p x p, symmetric, in squared feature units.
 */
export function betweenClassCovariance(
  statistics: ClassStatistics,
  center: Center = "meanOfClassMeans",
): Float64Array {
  const { classCount, dim } = statistics;
  const means = centeredClassMeans(statistics, center);
  const covariance = new Float64Array(dim * dim);
  for (let c = 0; c < classCount; c++)
    for (let i = 0; i < dim; i++)
      for (let j = 0; j < dim; j++)
        covariance[i * dim + j] += (means[c * dim + i] * means[c * dim + j]) / classCount;
  return covariance;
}
