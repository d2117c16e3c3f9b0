import { summarize, type Summary } from "./summary";
import { doubles, frobeniusNorm } from "../../numerics/vectors";

/**
 * Mean, sample standard deviation and extremes of the Euclidean norms |h| of features (over examples)
 * or |w_c| of the classifier's rows (over classes). Nothing is centered.
 *
 * @param vectors N x dim, row-major; one row is enough.
 * @throws {RangeError} If there is no row, the length is not a multiple of `dim`, or a norm is not
 *   finite.
 */
export function normSummary(vectors: ArrayLike<number>, dim: number): Summary {
  return summarize(euclideanNorms(vectors, dim));
}

/**
 * Euclidean norm of each row.
 *
 * @param vectors N x dim, row-major.
 * @returns N norms, in the unit of `vectors`.
 * @throws {RangeError} If the length is not a multiple of `dim`, or a norm is not finite.
 */
export function euclideanNorms(vectors: ArrayLike<number>, dim: number): Float64Array {
  const count = vectors.length / dim;
  if (!Number.isSafeInteger(dim) || dim < 1 || !Number.isInteger(count))
    throw new RangeError(`expected vectors of dimension ${dim}, got ${vectors.length} values`);
  const values = doubles(vectors);
  const norms = new Float64Array(count);
  for (let n = 0; n < count; n++) norms[n] = frobeniusNorm(values.subarray(n * dim, (n + 1) * dim));
  return norms;
}
