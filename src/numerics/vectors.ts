import { UndefinedValueError } from "./undefinedValue";

/**
 * The number of rows of a K x dim matrix whose rows are compared with each other.
 *
 * @throws {RangeError} If the length is not a multiple of `dim`, there are fewer than 2 rows, or a
 *   value is not finite.
 */
export function rowCount(vectors: ArrayLike<number>, dim: number): number {
  const rows = vectors.length / dim;
  if (!Number.isSafeInteger(dim) || dim < 1 || !Number.isInteger(rows) || rows < 2)
    throw new RangeError(
      `expected 2 vectors or more, each of dimension ${dim}, got ${vectors.length} values`,
    );
  for (let i = 0; i < vectors.length; i++)
    if (!Number.isFinite(vectors[i]))
      throw new RangeError(`expected finite vectors, got ${vectors[i]} at value ${i}`);
  return rows;
}

/**
 * Euclidean norms of the rows of `vectors`, K x dim.
 *
 * @throws {RangeError} As {@link rowCount}, and if a norm is too large for a double.
 */
export function rowNorms(vectors: ArrayLike<number>, dim: number): Float64Array {
  const norms = new Float64Array(rowCount(vectors, dim));
  for (let a = 0; a < norms.length; a++)
    norms[a] = finiteNorm(Math.sqrt(rowDot(vectors, a, vectors, a, dim)));
  return norms;
}

/**
 * Euclidean norm of all values: the Frobenius norm of a matrix.
 *
 * @throws {RangeError} If it is not finite.
 */
export function frobeniusNorm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return finiteNorm(Math.sqrt(sum));
}

function finiteNorm(norm: number): number {
  if (!Number.isFinite(norm)) throw new RangeError(`expected a finite norm, got ${norm}`);
  return norm;
}

/** Inner product of row `a` of `left` and row `b` of `right`, both of dimension `dim`. */
export function rowDot(
  left: ArrayLike<number>,
  a: number,
  right: ArrayLike<number>,
  b: number,
  dim: number,
): number {
  let dot = 0;
  for (let i = 0; i < dim; i++) dot += left[a * dim + i] * right[b * dim + i];
  return dot;
}

/**
 * Cosines of the angles between the rows of `vectors`, every pair once:
 * (0, 1), (0, 2), ..., (K - 2, K - 1).
 *
 * @param vectors K x dim, row-major.
 * @returns K (K - 1) / 2 cosines.
 * @throws {RangeError} As {@link rowNorms}.
 * @throws {UndefinedValueError} If a row is zero: it has no direction.
 */
export function pairCosines(vectors: ArrayLike<number>, dim: number): Float64Array {
  const norms = directedNorms(vectors, dim);
  const rows = norms.length;
  const cosines = new Float64Array((rows * (rows - 1)) / 2);
  for (let a = 0, pair = 0; a < rows; a++)
    for (let b = a + 1; b < rows; b++, pair++)
      cosines[pair] = rowDot(vectors, a, vectors, b, dim) / (norms[a] * norms[b]);
  return cosines;
}

/**
 * The norms of rows that all have a direction.
 *
 * @throws {RangeError} As {@link rowNorms}.
 * @throws {UndefinedValueError} If a row is zero.
 */
export function directedNorms(vectors: ArrayLike<number>, dim: number): Float64Array {
  const norms = rowNorms(vectors, dim);
  const zero = norms.indexOf(0);
  if (zero >= 0)
    throw new UndefinedValueError(`expected vectors with a direction, got zero at row ${zero}`);
  return norms;
}

/** The values as doubles; the array itself if it has them. */
export function doubles(values: ArrayLike<number>): Float64Array {
  return values instanceof Float64Array ? values : new Float64Array(values);
}

/**
 * Inner products of every row of `left` with every row of `right`.
 *
 * @param left N x dim, row-major.
 * @param right K x dim, row-major.
 * @returns N x K, row-major.
 */
export function innerProducts(
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  dim: number,
): Float64Array {
  const [a, b] = [doubles(left), doubles(right)];
  const columns = b.length / dim;
  const products = new Float64Array((a.length / dim) * columns);
  for (let row = 0, at = 0; row < a.length; row += dim) {
    let column = 0;
    // Four sums at once: a single one would wait for each of its additions.
    for (; column + 4 * dim <= b.length; column += 4 * dim) {
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let i = 0, j = column; i < dim; i++, j++) {
        const value = a[row + i];
        s0 += value * b[j];
        s1 += value * b[j + dim];
        s2 += value * b[j + 2 * dim];
        s3 += value * b[j + 3 * dim];
      }
      products[at++] = s0;
      products[at++] = s1;
      products[at++] = s2;
      products[at++] = s3;
    }
    for (; column < b.length; column += dim) {
      let sum = 0;
      for (let i = 0; i < dim; i++) sum += a[row + i] * b[column + i];
      products[at++] = sum;
    }
  }
  return products;
}

/**
 * Squared Euclidean distances of every row of `left` to every row of `right`.
 *
 * @param left N x dim, row-major.
 * @param right K x dim, row-major.
 * @returns N x K, row-major.
 */
export function squaredDistances(
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  dim: number,
): Float64Array {
  const [a, b] = [doubles(left), doubles(right)];
  const columns = b.length / dim;
  const distances = new Float64Array((a.length / dim) * columns);
  for (let row = 0, at = 0; row < a.length; row += dim)
    // Two sums at once, as above; the last of an odd number of columns is taken twice.
    for (let column = 0; column < b.length; column += 2 * dim) {
      const next = column + dim < b.length ? column + dim : column;
      let [s0, s1] = [0, 0];
      for (let i = 0; i < dim; i++) {
        const d0 = a[row + i] - b[column + i];
        const d1 = a[row + i] - b[next + i];
        s0 += d0 * d0;
        s1 += d1 * d1;
      }
      distances[at++] = s0;
      if (next > column) distances[at++] = s1;
    }
  return distances;
}
