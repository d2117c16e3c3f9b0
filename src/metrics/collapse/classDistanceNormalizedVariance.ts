import { centeredClassMeans, roundingLevel, type ClassStatistics } from "./classStatistics";
import { pairDistances, pairOf } from "./pairCosines";
import { UndefinedMeasureError } from "./undefinedMeasure";
import { mean } from "../../statistics/summary";

/** Variants of the class-distance normalized variance. */
export interface VarianceOptions {
  /** Power of the squared distance; 1 by default. With any other power the value has a unit. */
  readonly exponent?: number;
  /** Whether v_c is divided by n_c - 1 instead of n_c. */
  readonly sample?: boolean;
}

/**
 * NC1, class-distance normalized variance (CDNV): mean over pairs of classes of
 * (v_c + v_c') / (2 |mu_c - mu_c'|^2), v_c the mean squared distance of class c to its mean. Zero if
 * every example lies on its class mean.
 *
 * Every pair counts once, whatever the numbers of examples, and no global mean is used. It is not
 * defined if two class means coincide.
 *
 * @param means M', the class means less mu_G, whose products keep the digits of their distances.
 * @returns 0 or more, without a unit.
 * @throws {RangeError} If there are fewer than 2 classes.
 * @throws {UndefinedMeasureError} If two class means coincide (up to {@link roundingLevel}), or a
 *   class has one example and v_c is the sample variance.
 * @see Galanti, György, Hutter 2022, https://arxiv.org/abs/2112.15121; with an exponent: Wu, Papyan
 *   2024, https://arxiv.org/abs/2405.17767
 */
export function classDistanceNormalizedVariance(
  statistics: ClassStatistics,
  means: Float64Array = centeredClassMeans(statistics),
  options: VarianceOptions = {},
): number {
  return mean(classDistanceNormalizedPairs(statistics, means, options));
}

/**
 * Normalized variance of every pair once: (0, 1), (0, 2), ..., (C - 2, C - 1).
 *
 * @throws As {@link classDistanceNormalizedVariance}.
 */
export function classDistanceNormalizedPairs(
  statistics: ClassStatistics,
  means: Float64Array = centeredClassMeans(statistics),
  { exponent = 1, sample = false }: VarianceOptions = {},
): Float64Array {
  const { classCount, classVariances, dim } = statistics;
  if (classCount < 2) throw new RangeError(`expected 2 classes or more, got ${classCount}`);
  const variances = sample ? sampleVariances(statistics) : classVariances;
  const smallest = roundingLevel(statistics);
  return pairDistances(means, dim).map((distance, pair) => {
    const [a, b] = pairOf(pair, classCount);
    if (distance <= smallest)
      throw new UndefinedMeasureError(
        `expected different class means, got identical ones of classes ${a} and ${b}`,
      );
    return (variances[a] + variances[b]) / (2 * distance ** (2 * exponent));
  });
}

/**
 * Class-distance normalized variance of each class: its mean over the other classes. The mean of
 * these is {@link classDistanceNormalizedVariance}.
 *
 * @returns C values.
 * @throws As {@link classDistanceNormalizedVariance}.
 */
export function classDistanceNormalizedVariances(
  statistics: ClassStatistics,
  means: Float64Array = centeredClassMeans(statistics),
): Float64Array {
  const { classCount } = statistics;
  const pairs = squareOfPairs(classDistanceNormalizedPairs(statistics, means), classCount);
  return new Float64Array(classCount).map((_, a) => {
    const row = pairs.subarray(a * classCount, (a + 1) * classCount);
    return row.reduce((sum, value) => sum + value, 0) / (classCount - 1);
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
 * @param means M', the class means less mu_G.
 * @returns C x C, symmetric, in feature units.
 */
export function classMeanDistances(
  statistics: ClassStatistics,
  means: Float64Array = centeredClassMeans(statistics),
): Float64Array {
  return squareOfPairs(pairDistances(means, statistics.dim), statistics.classCount);
}

/** Symmetric matrix with zeros on the diagonal, from its upper triangle, row by row. */
function squareOfPairs(pairs: Float64Array, size: number): Float64Array {
  const square = new Float64Array(size * size);
  for (let a = 0, pair = 0; a < size; a++)
    for (let b = a + 1; b < size; b++, pair++)
      square[a * size + b] = square[b * size + a] = pairs[pair];
  return square;
}
