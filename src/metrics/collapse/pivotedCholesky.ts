import { addSymmetricProduct } from "../../kernels/doubleProducts";

/** Rows that are taken from the matrix together. */
const BLOCK = 64;

/** A symmetric matrix after elimination of some of its rows. */
export interface Elimination {
  /** The eliminated rows, in order: each had the largest diagonal value of those left. */
  readonly pivots: readonly number[];
  /** pivots.length x width: the rows of U in matrix = U'U + rest. */
  readonly rows: Float64Array;
  /** width: the diagonal of the rest, the Schur complement; exactly 0 for the pivots. */
  readonly rest: Float64Array;
}

/**
 * Cholesky's factorization with pivots: eliminates rows of a symmetric matrix until no diagonal value
 * among the candidates is above a level. On a covariance matrix these are as many as its rank.
 *
 * @param matrix width x width, row-major; only its upper triangle is read. Overwritten.
 * @param width A multiple of 4.
 * @param candidates Rows 0 to candidates - 1 may be eliminated; the part of them must have no
 *   negative eigenvalue but for rounding.
 * @param level In the unit of the matrix.
 */
export function eliminate(
  matrix: Float64Array,
  width: number,
  candidates: number,
  level: number,
): Elimination {
  const rest = Float64Array.from({ length: width }, (_, i) => matrix[i * (width + 1)]);
  const pivots: number[] = [];
  const rows: Float64Array[] = [];
  let taken = 0;
  for (;;) {
    const pivot = largestOf(rest, candidates);
    if (pivot < 0 || rest[pivot] <= level) break;
    if (rows.length - taken === BLOCK) {
      takeOut(matrix, rows.slice(taken), width);
      taken = rows.length;
    }
    const row = rowOf(matrix, pivot, width);
    for (let k = taken; k < rows.length; k++) {
      const [above, factor] = [rows[k], rows[k][pivot]];
      for (let i = 0; i < width; i++) row[i] -= factor * above[i];
    }
    const root = Math.sqrt(rest[pivot]);
    for (let i = 0; i < width; i++) row[i] /= root;
    for (const earlier of pivots) row[earlier] = 0;
    row[pivot] = root;
    for (let i = 0; i < width; i++) rest[i] -= row[i] * row[i];
    pivots.push(pivot);
    for (const done of pivots) rest[done] = 0;
    rows.push(row);
  }
  const all = new Float64Array(rows.length * width);
  rows.forEach((row, k) => all.set(row, k * width));
  return { pivots, rows: all, rest };
}

function largestOf(values: Float64Array, count: number): number {
  let largest = -1;
  for (let i = 0; i < count; i++) if (largest < 0 || values[i] > values[largest]) largest = i;
  return largest;
}

/** A row of a symmetric matrix of which the upper triangle is there. */
function rowOf(matrix: Float64Array, row: number, width: number): Float64Array {
  const values = matrix.slice(row * width, (row + 1) * width);
  for (let i = 0; i < row; i++) values[i] = matrix[i * width + row];
  return values;
}

/** matrix -= rows' rows. */
function takeOut(matrix: Float64Array, rows: readonly Float64Array[], width: number): void {
  const all = new Float64Array(rows.length * width);
  rows.forEach((row, k) => all.set(row, k * width));
  addSymmetricProduct(
    matrix,
    all.map((value) => -value),
    all,
    width,
  );
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
