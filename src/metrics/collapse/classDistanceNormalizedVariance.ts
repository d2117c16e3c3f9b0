import { roundingLevel, type ClassStatistics } from "./classStatistics";
import { UndefinedMeasureError } from "./undefinedMeasure";
import { mean } from "../../statistics/summary";

/** Variants of the class-distance normalized variance. */
export interface VarianceOptions {
  /** Power of the squared distance; 1 unless given. With another one the value has a unit. */
  readonly exponent?: number;
  /** Whether v_c is divided by n_c - 1 instead of n_c. */
  readonly sample?: boolean;
}

/**
 * NC1, class-distance normalized variance (CDNV): mean over pairs of classes of
 * (v_c + v_c') / (2 |mu_c - mu_c'|^2), v_c the mean squared distance of class c to its mean. Zero if
 * every example lies on its class mean.
 *
 * Every pair counts once, whatever the numbers of examples, and no global mean enters. Two classes
 * with coinciding means would make it infinite.
 *
 * @returns 0 or more, without a unit.
 * @throws {RangeError} If there are fewer than 2 classes.
 * @throws {UndefinedMeasureError} If two class means coincide (up to {@link roundingLevel}), or a
 *   class has one example and v_c is the sample's.
 * @see Galanti, György, Hutter 2022, https://arxiv.org/abs/2112.15121; with an exponent: Wu, Papyan
 *   2024, https://arxiv.org/abs/2405.17767
 */
export function classDistanceNormalizedVariance(
  statistics: ClassStatistics,
  options: VarianceOptions = {},
): number {
  return mean(classDistanceNormalizedPairs(statistics, options));
}

/**
 * The normalized variance of every pair once: (0, 1), (0, 2), ..., (C - 2, C - 1).
 *
 * @throws As {@link classDistanceNormalizedVariance}.
 */
export function classDistanceNormalizedPairs(
  statistics: ClassStatistics,
  options: VarianceOptions = {},
): Float64Array {
  const { classCount } = statistics;
  return pairVariances(statistics, options).filter(
    (_, at) => at % classCount > Math.floor(at / classCount),
  );
}

/**
 * The class-distance normalized variance of each class: the mean over the other classes. The mean of
 * these is {@link classDistanceNormalizedVariance}.
 *
 * @returns C values.
 * @throws As {@link classDistanceNormalizedVariance}.
 */
export function classDistanceNormalizedVariances(statistics: ClassStatistics): Float64Array {
  const { classCount } = statistics;
  const pairs = pairVariances(statistics, {});
  return new Float64Array(classCount).map((_, a) => {
    const row = pairs.subarray(a * classCount, (a + 1) * classCount);
    return row.reduce((sum, value) => sum + value, 0) / (classCount - 1);
  });
}

/** The normalized variance of every pair, C x C, symmetric, with zeros on the diagonal. */
function pairVariances(
  statistics: ClassStatistics,
  { exponent = 1, sample = false }: VarianceOptions,
): Float64Array {
  const { classCount, classVariances } = statistics;
  if (classCount < 2) throw new RangeError(`expected 2 classes or more, got ${classCount}`);
  const variances = sample ? sampleVariances(statistics) : classVariances;
  const smallest = roundingLevel(statistics);
  return classMeanDistances(statistics).map((distance, at) => {
    const [a, b] = [Math.floor(at / classCount), at % classCount];
    if (a === b) return 0;
    if (distance <= smallest)
      throw new UndefinedMeasureError(
        `expected class means that differ, got coinciding ones of classes ${a} and ${b}`,
      );
    return (variances[a] + variances[b]) / (2 * distance ** (2 * exponent));
  });
}

function sampleVariances({ classVariances, counts }: ClassStatistics): Float64Array {
  const single = counts.indexOf(1);
  if (single >= 0)
    throw new UndefinedMeasureError(
      `expected 2 examples or more of each class, got 1 of class ${single}`,
    );
  return classVariances.map((variance, c) => (variance * counts[c]) / (counts[c] - 1));
}

/**
 * Euclidean distances between the class means.
 *
 * @returns C x C, symmetric, in feature units.
 */
export function classMeanDistances({ classMeans, classCount, dim }: ClassStatistics): Float64Array {
  const distances = new Float64Array(classCount * classCount);
  for (let a = 0; a < classCount; a++)
    for (let b = a + 1; b < classCount; b++) {
      let sum = 0;
      for (let i = 0; i < dim; i++) sum += (classMeans[a * dim + i] - classMeans[b * dim + i]) ** 2;
      distances[a * classCount + b] = distances[b * classCount + a] = Math.sqrt(sum);
    }
  return distances;
}
