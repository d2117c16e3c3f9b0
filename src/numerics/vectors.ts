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
 * Norms of rows, none of which is zero.
 *
 * @throws {RangeError} As {@link rowNorms}.
 * @throws {UndefinedValueError} If a row is zero.
 */
export function directedNorms(vectors: ArrayLike<number>, dim: number): Float64Array {
  const norms = rowNorms(vectors, dim);
  const zero = norms.indexOf(0);
  if (zero >= 0)
    throw new UndefinedValueError(`expected vectors other than zero, got zero in row ${zero}`);
  return norms;
}

/** Values as doubles; the array itself if it has doubles. */
export function doubles(values: ArrayLike<number>): Float64Array {
  return values instanceof Float64Array ? values : new Float64Array(values);
}

/** Values `from` to `to` as doubles; a view if the array has them. */
export function doublesBetween(values: ArrayLike<number>, from: number, to: number): Float64Array {
  if (values instanceof Float64Array) return values.subarray(from, to);
  if (values instanceof Float32Array) return new Float64Array(values.subarray(from, to));
  return Float64Array.from({ length: to - from }, (_, i) => values[from + i]);
}

/** Index, relative to `start`, of the largest of `count` values; the first in case of ties. */
export function largestOf(values: ArrayLike<number>, start: number, count: number): number {
  let largest = 0;
  for (let i = 1; i < count; i++) if (values[start + i] > values[start + largest]) largest = i;
  return largest;
}
