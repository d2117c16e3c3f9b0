import { checkedLabels, type Labels } from "../../numerics/labels";
import { addSymmetricProduct } from "../../kernels/doubleProducts";
import { doublesBetween, frobeniusNorm } from "../../numerics/vectors";

/** Original floating-point format of widened features, which tells how many digits are data. */
export type Precision = "float16" | "bfloat16" | "float32" | "float64";

/** Spacing of the numbers near 1 in each format. */
const SPACING: Readonly<Record<Precision, number>> = {
  bfloat16: 2 ** -7,
  float16: 2 ** -10,
  float32: 2 ** -23,
  float64: 2 ** -52,
};

/** Precision of an array that was not widened: float32 or float64. */
export function precisionOf(features: ArrayLike<number>): Precision {
  return features instanceof Float32Array ? "float32" : "float64";
}

/** Examples of a set: all of them, or a batch. */
export interface LabeledFeatures {
  /** N x dim, row-major. */
  readonly features: ArrayLike<number>;
  /** N class indices, from 0. */
  readonly labels: Labels;
}

/**
 * Means and covariance of labeled features, in double precision. C classes, features of dimension
 * p; mu_c is the mean of class c.
 */
export interface ClassStatistics {
  readonly dim: number;
  /** C: classes that have an example. */
  readonly classCount: number;
  /** The classes without an example, ascending; the rows here are those of the others, in order. */
  readonly missingClasses: readonly number[];
  /** The precision of the features. */
  readonly precision: Precision;
  /** C: numbers of examples, each at least 1. */
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

/** Options for class statistics. */
export interface StatisticsOptions {
  /**
   * Precision of the features; by default float32 if all batches are `Float32Array`, else float64.
   */
  readonly precision?: Precision;
  /** Whether classes may have no example, as in a test set; false by default. */
  readonly mayLackClasses?: boolean;
}

/** Definition of mu_G: the mean of the class means, or of the examples. */
export type Center = "meanOfClassMeans" | "globalMean";

/**
 * Class statistics of features held in memory.
 *
 * A class of one example is its own mean and adds nothing to the covariance.
 *
 * @param features N x dim, row-major.
 * @param labels N class indices, 0 to classCount - 1.
 * @throws {RangeError} If lengths disagree, a label is out of range, a feature is not finite, or a
 *   class has no example (including empty input).
 */
export function classStatistics(
  features: ArrayLike<number>,
  labels: Labels,
  dim: number,
  classCount: number,
  options?: StatisticsOptions,
): ClassStatistics {
  return classStatisticsOfBatches([{ features, labels }], dim, classCount, options);
}

/**
 * Class statistics of features that arrive in batches, in one pass.
 *
 * Each example updates the mean of its class and the scatter around it by Welford's recurrence,
 * which never subtracts large sums: features far from the origin keep their digits. The result does
 * not depend on the batches, to the last bit. Memory is O(C p + p^2) and one batch, time O(p^2 / 2)
 * an example, in SIMD if the engine has it; the last bits can differ between engines.
 *
 * @param dim Dimension p of a feature vector.
 * @param classCount Labels run from 0 to classCount - 1.
 * @throws {RangeError} As {@link classStatistics}, and if squares of features are not finite.
 * @see Welford 1962, https://doi.org/10.1080/00401706.1962.10490022
 */
export function classStatisticsOfBatches(
  batches: Iterable<LabeledFeatures>,
  dim: number,
  classCount: number,
  { precision, mayLackClasses = false }: StatisticsOptions = {},
): ClassStatistics {
  checkShape(dim, classCount);
  const sums = emptySums(dim, classCount);
  let found: Precision | undefined;
  for (const { features, labels } of batches) {
    checkFeatures(features, labels.length, dim);
    const numbers = checkedLabels(labels, classCount);
    if (found !== "float64") found = precisionOf(features);
    for (let from = 0; from < labels.length; from += sums.block)
      addExamples(sums, features, numbers, dim, from, Math.min(from + sums.block, labels.length));
  }
  flush(sums);
  const present = mayLackClasses ? presentSums(sums, dim) : { ...sums, missing: [] };
  return statisticsOf(present, dim, precision ?? found ?? "float64");
}

/** Sums of the classes with an example, and the classes without one. */
function presentSums(sums: Sums, dim: number) {
  const { counts, means, classScatter } = sums;
  const isPresent = (_: number, c: number) => counts[c] > 0;
  const missing = [...counts.keys()].filter((c) => counts[c] === 0);
  if (missing.length === counts.length) throw new RangeError("expected an example, got none");
  return {
    ...sums,
    counts: counts.filter(isPresent),
    means: means.filter((_, at) => isPresent(_, Math.floor(at / dim))),
    classScatter: classScatter.filter(isPresent),
    missing,
  };
}

/** Sums of one pass over the examples. */
interface Sums {
  /** C. */
  readonly counts: Float64Array;
  /** C x dim. */
  readonly means: Float64Array;
  /** C: sum of squared distances to the mean of each class. */
  readonly classScatter: Float64Array;
  /** Width of `scatter`: dim, rounded up to a multiple of 4. */
  readonly width: number;
  /** width x width; only the upper triangle counts. */
  readonly scatter: Float64Array;
  /** Examples that are added to the scatter together. */
  readonly block: number;
  /** Of the examples that are not in the scatter yet. */
  waiting: number;
  /** block x width: their deviations from the mean that their class had. */
  readonly deviations: Float64Array;
  /** block x width: the same times (n - 1) / n, n the examples that their class had with them. */
  readonly weighted: Float64Array;
}

function emptySums(dim: number, classCount: number): Sums {
  const width = Math.ceil(dim / 4) * 4;
  // The product of a block reads and writes the scatter once, so blocks have about its size.
  const block = Math.min(Math.max(dim, 128), 1024);
  return {
    counts: new Float64Array(classCount),
    means: new Float64Array(classCount * dim),
    classScatter: new Float64Array(classCount),
    width,
    scatter: new Float64Array(width * width),
    block,
    waiting: 0,
    deviations: new Float64Array(block * width),
    weighted: new Float64Array(block * width),
  };
}

/** Adds examples `from` to `to` by Welford's recurrence. */
function addExamples(
  sums: Sums,
  features: ArrayLike<number>,
  labels: ArrayLike<number>,
  dim: number,
  from: number,
  to: number,
): void {
  const { counts, means, classScatter, width, block, deviations, weighted } = sums;
  const values = doublesBetween(features, from * dim, to * dim);
  for (let n = from; n < to; n++) {
    const label = labels[n];
    const count = ++counts[label];
    const weight = (count - 1) / count;
    const [example, mean, row] = [(n - from) * dim, label * dim, sums.waiting++ * width];
    let scatterOfClass = classScatter[label];
    for (let i = 0; i < dim; i++) {
      const deviation = values[example + i] - means[mean + i];
      means[mean + i] += deviation / count;
      deviations[row + i] = deviation;
      weighted[row + i] = weight * deviation;
      scatterOfClass += weighted[row + i] * deviation;
    }
    classScatter[label] = scatterOfClass;
    if (sums.waiting === block) flush(sums);
  }
}

/** Adds the pending examples to the scatter. */
function flush(sums: Sums): void {
  const { scatter, width, waiting, weighted, deviations } = sums;
  const rows = (values: Float64Array) => values.subarray(0, waiting * width);
  if (waiting > 0) addSymmetricProduct(scatter, rows(weighted), rows(deviations), width);
  sums.waiting = 0;
}

function statisticsOf(
  sums: Sums & { readonly missing: readonly number[] },
  dim: number,
  precision: Precision,
): ClassStatistics {
  const { counts, means, classScatter, missing } = sums;
  const classCount = counts.length;
  const empty = counts.indexOf(0);
  if (empty >= 0)
    throw new RangeError(
      `expected an example of each of ${classCount} classes, got none of class ${empty}`,
    );
  const total = counts.reduce((sum, count) => sum + count);
  const globalMean = new Float64Array(dim);
  const meanOfClassMeans = new Float64Array(dim);
  for (let c = 0; c < classCount; c++)
    for (let i = 0; i < dim; i++) {
      globalMean[i] += (means[c * dim + i] * counts[c]) / total;
      meanOfClassMeans[i] += means[c * dim + i] / classCount;
    }
  return {
    dim,
    classCount,
    missingClasses: missing,
    precision,
    counts,
    classMeans: means,
    globalMean,
    meanOfClassMeans,
    withinClassCovariance: covarianceOf(sums, dim, total),
    classVariances: classScatter.map((sum, c) => sum / counts[c]),
  };
}

function covarianceOf({ scatter, width }: Sums, dim: number, total: number): Float64Array {
  const broken = scatter.find(
    (value, at) => at % width >= Math.floor(at / width) && !Number.isFinite(value),
  );
  if (broken !== undefined)
    throw new RangeError(`expected features with finite squares, got a sum of ${broken}`);
  const covariance = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i++)
    for (let j = i; j < dim; j++)
      covariance[i * dim + j] = covariance[j * dim + i] = scatter[i * width + j] / total;
  return covariance;
}

function checkShape(dim: number, classCount: number): void {
  if (!Number.isSafeInteger(dim) || dim < 1)
    throw new RangeError(`expected features of dimension 1 or more, got ${dim}`);
  if (!Number.isSafeInteger(classCount) || classCount < 1)
    throw new RangeError(`expected 1 class or more, got ${classCount}`);
}

/**
 * Rejects features that are not `count` rows of finite numbers.
 *
 * @throws {RangeError} If the length is not count x dim, or a feature is not finite.
 */
function checkFeatures(features: ArrayLike<number>, count: number, dim: number): void {
  checkLength(features, count, dim);
  for (let i = 0; i < features.length; i++)
    if (!Number.isFinite(features[i]))
      throw new RangeError(
        `expected finite features, got ${features[i]} at example ${Math.floor(i / dim)}`,
      );
}

/**
 * Rejects values that are not `count` rows of `size`.
 *
 * @param what Name of the values, for the error.
 * @throws {RangeError} If the length is not count x size.
 */
export function checkLength(
  { length }: ArrayLike<number>,
  count: number,
  size: number,
  what = "features",
): void {
  if (length !== count * size)
    throw new RangeError(`expected ${count} labels x ${size} ${what}, got ${length} values`);
}

/**
 * The mean of features without labels that arrive in batches, in double precision: the mu_ood of
 * {@link outOfDistributionOrthogonality}. The result does not depend on the batches, to the last
 * bit.
 *
 * @param batches Each N x dim, row-major.
 * @throws {RangeError} If there is no example, a length is not a multiple of `dim`, or a feature is
 *   not finite.
 */
export function meanFeature(batches: Iterable<ArrayLike<number>>, dim: number): Float64Array {
  checkShape(dim, 1);
  const mean = new Float64Array(dim);
  let count = 0;
  for (const features of batches) {
    if (features.length % dim !== 0)
      throw new RangeError(`expected features of dimension ${dim}, got ${features.length} values`);
    checkFeatures(features, features.length / dim, dim);
    for (let start = 0; start < features.length; start += dim) {
      count++;
      for (let i = 0; i < dim; i++) mean[i] += (features[start + i] - mean[i]) / count;
    }
  }
  if (count === 0) throw new RangeError("expected an example, got none");
  return mean;
}

/**
 * The centered class means, mu_c - mu_G: the M' of the literature, C x p.
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
  return centeredFeatures(statistics.classMeans, statistics, center);
}

/**
 * The features less mu_G. A feature that agrees with mu_G up to rounding ({@link roundingLevel})
 * gives a row of exact zeros.
 *
 * @param features N x dim, row-major.
 * @param center Which mean is mu_G.
 * @returns N x dim, row-major.
 */
export function centeredFeatures(
  features: ArrayLike<number>,
  statistics: ClassStatistics,
  center: Center = "meanOfClassMeans",
): Float64Array {
  const { dim } = statistics;
  const origin = statistics[center];
  const centered = new Float64Array(features.length);
  const smallest = roundingLevel(statistics);
  for (let start = 0; start < centered.length; start += dim) {
    for (let i = 0; i < dim; i++) centered[start + i] = features[start + i] - origin[i];
    const row = centered.subarray(start, start + dim);
    if (frobeniusNorm(row) <= smallest) row.fill(0);
  }
  return centered;
}

/**
 * Length up to which a difference of class means is rounding. This one rule decides whether means
 * coincide, and which directions count in ranks and pseudo-inverses.
 *
 * Averages of a million doubles are good to about 1e-13 of their size: 1e-12 |classMeans|_F. Features
 * that were rounded to fewer digits (`precision`) have class means with an error of up to half the
 * spacing of their numbers, 0.3 of it in the square mean; C x p independent errors together have no
 * singular value above the sum of the norms of the worst row and of the worst column of errors. The
 * level is three times that: the spacing at 1 times the sum of the largest row and column norm.
 */
export function roundingLevel({ classMeans, dim, precision }: ClassStatistics): number {
  const squares = new Float64Array(dim);
  let largestRow = 0;
  for (let start = 0; start < classMeans.length; start += dim) {
    let row = 0;
    for (let i = 0; i < dim; i++) {
      row += classMeans[start + i] ** 2;
      squares[i] += classMeans[start + i] ** 2;
    }
    largestRow = Math.max(largestRow, row);
  }
  const largestColumn = squares.reduce((a, b) => Math.max(a, b));
  const rounded = SPACING[precision] * (Math.sqrt(largestRow) + Math.sqrt(largestColumn));
  return Math.max(rounded, 1e-12 * frobeniusNorm(classMeans));
}

/**
 * Variance along a direction that rounding of the examples can explain. Rounding to fewer digits
 * makes errors of up to half the spacing of the numbers; N x p independent ones together have no
 * singular value above the sum of the norms of the worst row and of the worst column of errors. The
 * level is that of {@link roundingLevel}: the spacing at 1 times the root mean square of the
 * largest dimension, and that of |h| over the root of N.
 */
export function varianceLevel(statistics: ClassStatistics): number {
  const { classMeans, counts, dim, precision, withinClassCovariance } = statistics;
  const total = counts.reduce((sum, count) => sum + count);
  let [largest, all] = [0, 0];
  for (let i = 0; i < dim; i++) {
    let square = withinClassCovariance[i * (dim + 1)];
    counts.forEach((count, c) => (square += (count / total) * classMeans[c * dim + i] ** 2));
    largest = Math.max(largest, square);
    all += square;
  }
  return (SPACING[precision] * (Math.sqrt(largest) + Math.sqrt(all / total))) ** 2;
}
