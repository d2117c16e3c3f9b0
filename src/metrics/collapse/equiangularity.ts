import { mean, populationStd } from "../../statistics/summary";
import { pairCosines } from "./pairCosines";

/**
 * NC2, equal angles: populationStd of the cosines between the vectors, over all pairs. Zero if all
 * angles are equal, so always for two vectors.
 *
 * Use it for the centered class means and for the rows of the classifier.
 *
 * @param vectors C x dim, row-major.
 * @throws {RangeError} If there are fewer than 2 vectors, a value is not finite, or the length is
 *   not a multiple of `dim`.
 * @throws {UndefinedMeasureError} If a vector is zero.
 * @see Papyan, Han, Donoho 2020, figure 3, https://arxiv.org/abs/2008.08186
 */
export function equiangularity(vectors: ArrayLike<number>, dim: number): number {
  return populationStd(pairCosines(vectors, dim));
}

/**
 * NC2, maximal angle: mean over pairs of |cos + 1 / (C - 1)|. Zero if every angle is that of a
 * simplex, the largest one that C vectors can all have with each other.
 *
 * @param vectors C x dim, row-major: centered class means or rows of the classifier.
 * @throws As {@link equiangularity}.
 * @see Papyan, Han, Donoho 2020, figure 4, https://arxiv.org/abs/2008.08186
 */
export function maximalAngle(vectors: ArrayLike<number>, dim: number): number {
  return mean(angleExcesses(vectors, dim).map(Math.abs));
}

/**
 * NC2, maximal angle with its sign: mean over pairs of cos + 1 / (C - 1). Below 0 if the angles are
 * on average larger than those of a simplex. Some angles can only be larger if others are smaller,
 * so zero does not mean that every angle is that of a simplex.
 *
 * @param vectors C x dim, row-major: centered class means.
 * @throws As {@link equiangularity}.
 * @see Wu, Papyan 2024, https://arxiv.org/abs/2405.17767
 */
export function signedMaximalAngle(vectors: ArrayLike<number>, dim: number): number {
  return mean(angleExcesses(vectors, dim));
}

/** cos + 1 / (C - 1) of every pair. */
function angleExcesses(vectors: ArrayLike<number>, dim: number): Float64Array {
  const simplexCosine = -1 / (vectors.length / dim - 1);
  return pairCosines(vectors, dim).map((cosine) => cosine - simplexCosine);
}
