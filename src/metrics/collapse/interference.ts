import { pairCosines } from "./pairCosines";

/**
 * Interference of the classes: the cosine between every two vectors. -1 / (C - 1) off the diagonal
 * if they are at the angles of a simplex.
 *
 * @param vectors C x dim, row-major: the centered class means, or the rows of the classifier.
 * @returns C x C, symmetric, with ones on the diagonal.
 * @throws {RangeError} If there are fewer than 2 vectors, a value is not finite, or the length is
 *   not a multiple of `dim`.
 * @throws {UndefinedMeasureError} If a vector is zero.
 * @see Wu, Papyan 2024, https://arxiv.org/abs/2405.17767
 */
export function interferenceGrid(vectors: ArrayLike<number>, dim: number): Float64Array {
  const cosines = pairCosines(vectors, dim);
  const count = vectors.length / dim;
  const grid = new Float64Array(count * count).fill(1);
  for (let a = 0, pair = 0; a < count; a++)
    for (let b = a + 1; b < count; b++, pair++)
      grid[a * count + b] = grid[b * count + a] = cosines[pair];
  return grid;
}
