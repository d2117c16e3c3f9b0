import { mean, populationStd } from "../../statistics/summary";
import { directedNorms, rowCount, rowDot } from "../../numerics/vectors";

/**
 * NC3, alignment: mean over classes of 1 - cos(w_c, mu_c - mu_G). Zero if every row of the
 * classifier points where its centered class mean does, whatever their lengths.
 *
 * @param weights W, C x dim, row-major.
 * @param means M', the centered class means, C x dim, row-major.
 * @returns From 0 to 2.
 * @throws {RangeError} If lengths disagree, there are fewer than 2 rows or a value is not finite.
 * @throws {UndefinedMeasureError} If a row of either is zero.
 */
export function alignment(
  weights: ArrayLike<number>,
  means: ArrayLike<number>,
  dim: number,
): number {
  return mean(alignmentCosines(weights, means, dim).map((cosine) => 1 - cosine));
}

/**
 * NC3, variance of the alignment: population variance (divided by C) over classes of
 * cos(w_c, mu_c - mu_G). Zero if all classes are aligned equally, well or badly.
 *
 * @returns From 0 to 1.
 * @throws As {@link alignment}.
 */
export function alignmentVariance(
  weights: ArrayLike<number>,
  means: ArrayLike<number>,
  dim: number,
): number {
  return populationStd(alignmentCosines(weights, means, dim)) ** 2;
}

/**
 * NC3, variance of the dot products: population variance (divided by C) over classes of
 * w_c (mu_c - mu_G). Zero if all classes have the same product, whatever it is. Unlike the cosines of
 * {@link alignmentVariance} the products know the lengths of both.
 *
 * @returns 0 or more, in squared units of features times weights.
 * @throws {RangeError} As {@link alignment}.
 * @see Wu, Papyan 2024, https://arxiv.org/abs/2405.17767
 */
export function dotProductVariance(
  weights: ArrayLike<number>,
  means: ArrayLike<number>,
  dim: number,
): number {
  const classCount = checkedRows(weights, means, dim);
  const products = Array.from({ length: classCount }, (_, c) => rowDot(weights, c, means, c, dim));
  return populationStd(products) ** 2;
}

/**
 * cos(w_c, mu_c - mu_G) of every class.
 *
 * @returns C cosines.
 * @throws As {@link alignment}.
 */
export function alignmentCosines(
  weights: ArrayLike<number>,
  means: ArrayLike<number>,
  dim: number,
): Float64Array {
  checkedRows(weights, means, dim);
  const meansNorms = directedNorms(means, dim);
  const weightsNorms = directedNorms(weights, dim);
  return meansNorms.map((norm, c) => rowDot(weights, c, means, c, dim) / (norm * weightsNorms[c]));
}

/** The number of classes that classifier and class means both have. */
function checkedRows(weights: ArrayLike<number>, means: ArrayLike<number>, dim: number): number {
  const classCount = rowCount(means, dim);
  if (rowCount(weights, dim) !== classCount)
    throw new RangeError(
      `expected a classifier of ${classCount} classes x ${dim}, got ${weights.length} values`,
    );
  return classCount;
}
