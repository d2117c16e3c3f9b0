import { UndefinedMeasureError } from "./undefinedMeasure";
import { mean, populationStd } from "../../statistics/summary";
import { rowNorms } from "../../numerics/vectors";

/**
 * NC2, equal norms: populationStd / mean of the norms of the vectors. Zero if all are equally long.
 *
 * Meant for the centred class means and for the rows of the classifier. The population standard
 * deviation divides by C; with the sample's the value is sqrt(C / (C - 1)) times this one.
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
