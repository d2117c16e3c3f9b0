import { rowProducts } from "../../kernels/doubleProducts";
import { takeRows } from "../../numerics/takeRows";
import { eliminate, triangularInverse } from "./pivotedCholesky";

/** Directions in which class means differ. */
export interface MeanDirections {
  /** r: the rank of the centered class means, and of S_B. */
  readonly rank: number;
  /**
   * r x p: D with D'D = (M M')^+, the pseudo-inverse of the scatter C S_B of the class means: along
   * its rows the scatter is 1.
   */
  readonly whitening: Float64Array;
}

/**
 * Square of the shortest row that one product resolves, relative to the longest. Shorter rows are
 * examined again, without the directions found so far.
 */
const RESOLUTION = 1e-10;

/**
 * The directions in which the centered class means differ by more than rounding, scaled by the
 * means' scatter. Rows of M' become directions in the order of their remaining length, by
 * Cholesky's factorization of M'M, until none is longer than `level`. Products of rows resolve only
 * half of a double's digits; therefore the remainders are computed from the rows and examined
 * again, so that no direction above the level is lost.
 *
 * @param means M', C x dim, row-major.
 * @param level Length in the unit of the features.
 */
export function meanDirections(means: Float64Array, dim: number, level: number): MeanDirections {
  let directions: Float64Array = new Float64Array();
  for (let rows = means; rows.length > 0;) {
    const { kept, basis } = longestRows(rows, dim, level);
    if (basis.length === 0) break;
    directions = concatenated(directions, basis);
    // Done twice, so that the second pass removes the rounding of the first.
    rows = without(without(kept, directions, dim), directions, dim);
  }
  const rank = directions.length / dim;
  const along = rowProducts(directions, means, dim);
  const scatter = rowProducts(along, along, means.length / dim);
  return {
    rank,
    whitening: times(triangularInverse(lowerFactor(scatter, rank), rank), directions, dim),
  };
}

/**
 * Directions that span all rows that one product resolves, orthonormal up to 1e-6, and the other
 * rows. For the pseudo-inverse it is enough that they are far from dependent.
 */
function longestRows(rows: Float64Array, dim: number, level: number) {
  const count = rows.length / dim;
  const products = rowProducts(rows, rows, dim);
  let longest = 0;
  for (let c = 0; c < count; c++) longest = Math.max(longest, products[c * (count + 1)]);
  const smallest = Math.max(level ** 2, RESOLUTION * longest);
  const { pivots, rows: upper } = eliminate(products, count, count, smallest);
  const rank = pivots.length;
  const lower = new Float64Array(rank * rank);
  pivots.forEach((pivot, k) => {
    for (let i = 0; i <= k; i++) lower[k * rank + i] = upper[i][pivot];
  });
  const others = [...Array(count).keys()].filter((c) => !pivots.includes(c));
  return {
    basis: times(triangularInverse(lower, rank), takeRows(rows, dim, pivots), dim),
    kept: takeRows(rows, dim, others),
  };
}

/** The rows less their parts along the directions. */
function without(rows: Float64Array, directions: Float64Array, dim: number): Float64Array {
  const parts = times(rowProducts(rows, directions, dim), directions, dim);
  return rows.map((value, i) => value - parts[i]);
}

/** Cholesky's factor of a positive definite matrix, size x size, in the order of its rows. */
function lowerFactor(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let value = matrix[i * size + j];
      for (let k = 0; k < j; k++) value -= lower[i * size + k] * lower[j * size + k];
      lower[i * size + j] = i === j ? Math.sqrt(value) : value / lower[j * size + j];
    }
  return lower;
}

/** left x right, the latter r x dim. */
function times(left: Float64Array, right: Float64Array, dim: number): Float64Array {
  const inner = right.length / dim;
  if (inner === 0) return new Float64Array();
  const columns = new Float64Array(right.length);
  for (let k = 0; k < inner; k++)
    for (let i = 0; i < dim; i++) columns[i * inner + k] = right[k * dim + i];
  return rowProducts(left, columns, inner);
}

function concatenated(a: Float64Array, b: Float64Array): Float64Array {
  const all = new Float64Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
