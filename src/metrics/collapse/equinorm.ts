import { UndefinedMeasureError } from "./undefinedMeasure";
import { variation } from "./variation";
import { mean, populationStd } from "../../statistics/summary";
import { directedNorms, rowNorms } from "../../numerics/vectors";

/**
 * NC2, equal norms: populationStd / mean of the norms of the vectors. Zero if all are equally long.
 *
 * Use it for the centered class means and for the rows of the classifier. The population standard
 * deviation divides by C; with the sample standard deviation the value is sqrt(C / (C - 1)) times
 * larger.
 *
 * @param vectors C x dim, row-major.
 * @returns From 0 to sqrt(C - 1), without a unit.
 * @throws {RangeError} If there are fewer than 2 vectors, a value is not finite, or the length is
 *   not a multiple of `dim`.
 * @throws {UndefinedMeasureError} If all vectors are zero.
 * @see Papyan, Han, Donoho 2020, figure 2, https://arxiv.org/abs/2008.08186
 */
export function equinorm(vectors: ArrayLike<number>, dim: number): number {
  const norms = rowNorms(vectors, dim);
  if (norms.every((norm) => norm === 0))
    throw new UndefinedMeasureError("expected a vector that is not zero, got only zeros");
  return populationStd(norms) / mean(norms);
}

/**
 * NC2, equal logarithms of the norms: populationStd / |mean| of log |v_c|. Zero if all vectors are
 * equally long. It depends on the unit of the vectors: the mean logarithm of norms near 1 is near 0.
 *
 * @param vectors C x dim, row-major: the centered class means.
 * @returns 0 or more.
 * @throws {RangeError} As {@link equinorm}.
 * @throws {UndefinedMeasureError} If a vector is zero, or the mean logarithm is.
 * @see Wu, Papyan 2024, https://arxiv.org/abs/2405.17767
 */
export function logEquinorm(vectors: ArrayLike<number>, dim: number): number {
  return variation(directedNorms(vectors, dim).map(Math.log), "logarithms of norms");
}
