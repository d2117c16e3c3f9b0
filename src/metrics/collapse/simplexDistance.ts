import { UndefinedMeasureError } from "./undefinedMeasure";
import { rowProducts } from "../../kernels/doubleProducts";
import { doubles, frobeniusNorm, rowCount } from "../../numerics/vectors";

/**
 * NC2, distance to the simplex ETF: |G / |G|_F - (I - 11' / C) / sqrt(C - 1)|_F, with G the C x C
 * inner products of the vectors. Zero if they are equally long and at the angles of a simplex.
 *
 * Use it for the centered class means, and for the rows of the classifier less their mean
 * ({@link centeredRows}): a vector added to all rows changes no prediction. Zhu et al. take the
 * rows as they are.
 *
 * @param vectors C x dim, row-major.
 * @returns From 0 to sqrt(2), without a unit.
 * @throws {RangeError} If there are fewer than 2 vectors, a value is not finite, or the length is
 *   not a multiple of `dim`.
 * @throws {UndefinedMeasureError} If all vectors are zero.
 * @see Zhu et al. 2021, https://arxiv.org/abs/2105.02375
 */
export function simplexDistance(vectors: ArrayLike<number>, dim: number): number {
  return distanceToSimplex(vectors, vectors, dim);
}

/**
 * NC3 as defined by Zhu et al.: |G / |G|_F - (I - 11' / C) / sqrt(C - 1)|_F with G = W M, the C x C
 * inner products of the rows of the classifier with the centered class means. Zero if both are the
 * same simplex ETF up to scale; so it includes NC2.
 *
 * @param weights W, C x dim, row-major.
 * @param means M', the centered class means, C x dim, row-major.
 * @returns From 0 to 2, without a unit.
 * @throws {RangeError} As {@link simplexDistance}, and if lengths disagree.
 * @throws {UndefinedMeasureError} If all inner products are zero.
 * @see Zhu et al. 2021, https://arxiv.org/abs/2105.02375
 */
export function simplexDuality(
  weights: ArrayLike<number>,
  means: ArrayLike<number>,
  dim: number,
): number {
  return distanceToSimplex(weights, means, dim);
}

/**
 * The rows less their mean, K x dim.
 *
 * @throws {RangeError} As {@link rowCount}.
 */
export function centeredRows(vectors: ArrayLike<number>, dim: number): Float64Array {
  const rows = rowCount(vectors, dim);
  const center = new Float64Array(dim);
  for (let i = 0; i < vectors.length; i++) center[i % dim] += vectors[i] / rows;
  return Float64Array.from(vectors, (value, i) => value - center[i % dim]);
}

function distanceToSimplex(left: ArrayLike<number>, right: ArrayLike<number>, dim: number): number {
  const classCount = rowCount(right, dim);
  if (rowCount(left, dim) !== classCount)
    throw new RangeError(`expected ${classCount} vectors of ${dim}, got ${left.length} values`);
  const columns = doubles(right);
  const products = rowProducts(left === right ? columns : doubles(left), columns, dim);
  const norm = frobeniusNorm(products);
  if (norm === 0) throw new UndefinedMeasureError("expected inner products, got only zeros");
  const simplexNorm = Math.sqrt(classCount - 1);
  const difference = products.map((product, at) => {
    const identity = at % (classCount + 1) === 0 ? 1 : 0;
    return product / norm - (identity - 1 / classCount) / simplexNorm;
  });
  return frobeniusNorm(difference);
}
