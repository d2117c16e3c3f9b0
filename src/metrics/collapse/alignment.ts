import { mean, populationStd } from "../../statistics/summary";
import { directedNorms, rowDot } from "../../numerics/vectors";

/**
 * NC3, alignment: mean over classes of 1 - cos(w_c, mu_c - mu_G). Zero if every row of the
 * classifier points where its centred class mean does, whatever their lengths.
 *
 * @param weights W, C x dim, row-major.
 * @param means M', the centred class means, C x dim, row-major.
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
  const meansNorms = directedNorms(means, dim);
  const weightsNorms = directedNorms(weights, dim);
  if (weightsNorms.length !== meansNorms.length)
    throw new RangeError(
      `expected a classifier of ${meansNorms.length} classes x ${dim}, got ${weights.length} values`,
    );
  return meansNorms.map((norm, c) => rowDot(weights, c, means, c, dim) / (norm * weightsNorms[c]));
}
