import { rowProducts } from "../../kernels/doubleProducts";
import type { ClassStatistics, LabeledFeatures } from "./classStatistics";
import { sampleWeightedBetweenClassCovariance } from "./covariances";
import { covarianceEigenvalues, rankTolerance } from "./spectra";
import { UndefinedMeasureError } from "./undefinedMeasure";
import { labelNumbers } from "../../numerics/labels";

/** Nuclear norms (sums of singular values) of the features, without centering. */
export interface NuclearNorms {
  /** |X_c|_* of the examples of each class: C values, in feature units. */
  readonly classes: Float64Array;
  /** |X|_* of all examples. */
  readonly all: number;
}

/**
 * OLE loss (orthogonal low-rank embedding): sum over c of max(delta, |X_c|_*) - |X|_*. With nuclear
 * norms above delta it is 0 or more, and 0 if the features of different classes are orthogonal. The
 * angles of a simplex ETF are obtuse: its loss is not 0.
 *
 * @param delta Keeps classes from shrinking to zero; 1 by default, as in the paper.
 * @see Lezama et al. 2018, https://arxiv.org/abs/1712.01727
 */
export function oleLoss({ classes, all }: NuclearNorms, delta = 1): number {
  return classes.reduce((sum, norm) => sum + Math.max(delta, norm), 0) - all;
}

/** Limit on the bytes of the features or Gram matrices of all classes. */
const MEMORY = 2 ** 29;

/**
 * Nuclear norms of the features of each class and of all.
 *
 * The norms are sums of the square roots of eigenvalues of Gram matrices; eigenvalues below p
 * 2.2e-16 of the largest are rounding and count as zero. A norm is accurate to about 1e-7, and
 * better if no singular value is small.
 *
 * @param batches N x p features in batches; every class is kept in memory at the same time, as its
 *   features or as its p x p Gram matrix, whichever is smaller.
 * @param missingClasses Those without an example, which `statistics` lacks; they have no norm.
 * @throws {UndefinedMeasureError} If this needs more than 512 MB.
 */
export function nuclearNorms(
  batches: Iterable<LabeledFeatures>,
  statistics: ClassStatistics,
  missingClasses: readonly number[] = [],
): NuclearNorms {
  const { dim, counts } = statistics;
  const grams = classGrams(batches, statistics, missingClasses);
  const total = counts.reduce((sum, count) => sum + count);
  return {
    classes: Float64Array.from(grams, (gram) => nuclearNorm(gram, Math.sqrt(gram.length))),
    all: nuclearNorm(secondMoment(statistics, total), dim),
  };
}

/** Sum of the singular values of X, from X'X or XX'. */
function nuclearNorm(gram: Float64Array, size: number): number {
  if (size === 0) return 0;
  const eigenvalues = covarianceEigenvalues(gram, size);
  const level = rankTolerance(size) * eigenvalues[0];
  return eigenvalues.reduce((sum, value) => sum + (value > level ? Math.sqrt(value) : 0), 0);
}

/** X'X of all examples: N S_W and the class means. */
function secondMoment(statistics: ClassStatistics, total: number): Float64Array {
  const { classMeans, withinClassCovariance } = statistics;
  const means = sampleWeightedBetweenClassCovariance(statistics, classMeans);
  return means.map((value, i) => total * (value + withinClassCovariance[i]));
}

/** X_c'X_c of classes with p examples or more, else X_c X_c'. */
function classGrams(
  batches: Iterable<LabeledFeatures>,
  { dim, counts }: ClassStatistics,
  missingClasses: readonly number[],
): Float64Array[] {
  const sizes = Array.from(counts, (count) => Math.min(count, dim) * dim);
  const bytes = sizes.reduce((sum, size) => sum + 8 * size, 0);
  if (bytes > MEMORY)
    throw new UndefinedMeasureError(
      `expected classes that fit into ${MEMORY / 2 ** 20} MB, got ${Math.ceil(bytes / 2 ** 20)} MB`,
    );
  // Rows of features, or the Gram matrix itself.
  const kept = sizes.map((size) => new Float64Array(size));
  const seen = new Float64Array(counts.length);
  const rowOf = (label: number) => label - missingClasses.filter((other) => other < label).length;
  for (const { features, labels } of batches) {
    const classes = labelNumbers(labels);
    for (let n = 0; n < classes.length; n++) {
      const c = rowOf(classes[n]);
      if (counts[c] < dim)
        for (let i = 0, at = seen[c]++ * dim; i < dim; i++) kept[c][at + i] = features[n * dim + i];
      else addProducts(kept[c], features, n * dim, dim);
    }
  }
  return kept.map((values, c) => (counts[c] < dim ? rowProducts(values, values, dim) : values));
}

/** Adds the products of a feature's values with each other. */
function addProducts(
  gram: Float64Array,
  features: ArrayLike<number>,
  start: number,
  dim: number,
): void {
  for (let i = 0; i < dim; i++) {
    const value = features[start + i];
    for (let j = 0; j < dim; j++) gram[i * dim + j] += value * features[start + j];
  }
}
