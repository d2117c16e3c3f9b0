import { rowProducts } from "../../kernels/doubleProducts";
import { directedNorms, doubles } from "../../numerics/vectors";

/**
 * Cosines of the angles between the rows of `vectors`, every pair once:
 * (0, 1), (0, 2), ..., (K - 2, K - 1).
 *
 * @param vectors K x dim, row-major.
 * @returns K (K - 1) / 2 cosines.
 * @throws {RangeError} If the length is not a multiple of `dim`, there are fewer than 2 rows, or a
 *   value is not finite.
 * @throws {UndefinedMeasureError} If a row is zero: it has no direction.
 */
export function pairCosines(vectors: ArrayLike<number>, dim: number): Float64Array {
  const norms = directedNorms(vectors, dim);
  const rows = norms.length;
  const values = doubles(vectors);
  const products = rowProducts(values, values, dim);
  const cosines = new Float64Array((rows * (rows - 1)) / 2);
  for (let a = 0, pair = 0; a < rows; a++)
    for (let b = a + 1; b < rows; b++, pair++)
      cosines[pair] = products[a * rows + b] / (norms[a] * norms[b]);
  return cosines;
}

/** The rows of a pair of {@link pairCosines}. */
export function pairOf(pair: number, rows: number): [number, number] {
  let a = 0;
  while (pair >= rows - 1 - a) pair -= rows - 1 - a++;
  return [a, a + 1 + pair];
}

/**
 * Distances between the rows of `vectors`, every pair once, in the order of {@link pairCosines}.
 *
 * They are computed from products of rows if those keep 12 digits of the square, else from the
 * differences of the rows.
 *
 * @param vectors K x dim, row-major, centered near the origin.
 * @returns K (K - 1) / 2 distances.
 */
export function pairDistances(vectors: Float64Array, dim: number): Float64Array {
  const rows = vectors.length / dim;
  const products = rowProducts(vectors, vectors, dim);
  const distances = new Float64Array((rows * (rows - 1)) / 2);
  for (let a = 0, pair = 0; a < rows; a++)
    for (let b = a + 1; b < rows; b++, pair++) {
      const size = products[a * (rows + 1)] + products[b * (rows + 1)];
      let square = size - 2 * products[a * rows + b];
      if (!(square > 1e-3 * size)) {
        square = 0;
        for (let i = 0; i < dim; i++) {
          const difference = vectors[a * dim + i] - vectors[b * dim + i];
          square += difference * difference;
        }
      }
      distances[pair] = Math.sqrt(square);
    }
  return distances;
}
