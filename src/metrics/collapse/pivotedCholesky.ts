import { addSymmetricProduct } from "../../kernels/doubleProducts";
import { largestOf } from "../../numerics/vectors";

/** Rows that are eliminated together. */
const BLOCK = 64;

/** Symmetric matrix after elimination of some of its rows. */
export interface Elimination {
  /** The eliminated rows, in order: each had the largest diagonal value of those left. */
  readonly pivots: readonly number[];
  /** The rows of U in matrix = U'U + rest, each of the width of the matrix, 0 at earlier pivots. */
  readonly rows: readonly Float64Array[];
  /** The diagonal of the rest, the Schur complement; exactly 0 for the pivots. */
  readonly rest: Float64Array;
}

/**
 * Cholesky's factorization with pivots: eliminates rows of a symmetric matrix until no diagonal
 * value among the candidates is above a level. For a covariance matrix their number is its rank.
 *
 * @param matrix size x size, row-major; only its upper triangle is read.
 * @param candidates Rows 0 to candidates - 1 may be eliminated; the part of them must have no
 *   negative eigenvalue but for rounding.
 * @param level Value in the unit of the matrix.
 */
export function eliminate(
  matrix: Float64Array,
  size: number,
  candidates: number,
  level: number,
): Elimination {
  const rest = Float64Array.from({ length: size }, (_, i) => matrix[i * (size + 1)]);
  const pivots: number[] = [];
  const rows: Float64Array[] = [];
  let left = remainderOf({ matrix, width: size, indices: [...rest.keys()] }, rest.keys());
  while (pivots.length < candidates) {
    // Rows of what is left, by the indices of the block.
    const block: Float64Array[] = [];
    const places: number[] = [];
    while (block.length < BLOCK) {
      const pivot = largestOf(rest, 0, candidates);
      if (rest[pivot] <= level) break;
      const at = left.indices.indexOf(pivot);
      const row = rowOf(left, at);
      for (const above of block) {
        const factor = above[at];
        for (let i = 0; i < row.length; i++) row[i] -= factor * above[i];
      }
      const root = Math.sqrt(rest[pivot]);
      for (let i = 0; i < row.length; i++) row[i] /= root;
      for (const place of places) row[place] = 0;
      row[at] = root;
      block.push(row);
      places.push(at);
      pivots.push(pivot);
      const full = new Float64Array(size);
      for (let i = 0; i < left.indices.length; i++) {
        full[left.indices[i]] = row[i];
        rest[left.indices[i]] -= row[i] * row[i];
      }
      for (const place of places) rest[left.indices[place]] = 0;
      rows.push(full);
    }
    if (block.length < BLOCK) break;
    takeOut(left, block);
    const done = new Set(places);
    left = remainderOf(
      left,
      left.indices.filter((_, place) => !done.has(place)),
    );
  }
  return { pivots, rows, rest };
}

/** Rows and columns of a symmetric matrix, with their indices in it. */
interface Remainder {
  /** width x width; only the upper triangle is used. */
  readonly matrix: Float64Array;
  /** A multiple of 4, or the width of the matrix. */
  readonly width: number;
  readonly indices: readonly number[];
}

/** The rows and columns of some of the indices. */
function remainderOf(from: Remainder, indices: Iterable<number>): Remainder {
  const own = [...indices];
  const places = new Map(from.indices.map((index, at) => [index, at]));
  const at = Uint32Array.from(own, (index) => places.get(index)!);
  const width = Math.ceil(own.length / 4) * 4;
  const matrix = new Float64Array(width * width);
  for (let i = 0; i < own.length; i++)
    for (let j = i; j < own.length; j++)
      matrix[i * width + j] = from.matrix[at[i] * from.width + at[j]];
  return { matrix, width, indices: own };
}

/** Row of a symmetric matrix that is stored as its upper triangle. */
function rowOf({ matrix, width }: Remainder, row: number): Float64Array {
  const values = matrix.slice(row * width, (row + 1) * width);
  for (let i = 0; i < row; i++) values[i] = matrix[i * width + row];
  return values;
}

/** matrix -= rows' rows. */
function takeOut({ matrix, width }: Remainder, rows: readonly Float64Array[]): void {
  const all = new Float64Array(rows.length * width);
  rows.forEach((row, k) => all.set(row, k * width));
  const negative = all.map((value) => -value);
  addSymmetricProduct(matrix, negative, all, width);
}

/**
 * The inverse of a lower triangular matrix.
 *
 * @param lower size x size, row-major, without a zero on its diagonal.
 * @returns size x size, lower triangular.
 */
export function triangularInverse(lower: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const own = inverse.subarray(i * size, i * size + i + 1);
    for (let j = 0; j < i; j++) {
      const factor = lower[i * size + j];
      if (factor === 0) continue;
      const row = inverse.subarray(j * size, j * size + j + 1);
      for (let k = 0; k <= j; k++) own[k] -= factor * row[k];
    }
    own[i] = 1;
    const diagonal = lower[i * size + i];
    for (let k = 0; k <= i; k++) own[k] /= diagonal;
  }
  return inverse;
}
