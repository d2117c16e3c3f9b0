import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/**
 * Eigenvalues and eigenvectors of a symmetric dim x dim matrix.
 *
 * @throws {RangeError} If the shape is wrong, or the matrix is not finite or not symmetric.
 */
export function decompose(matrix: ArrayLike<number>, dim: number): EigenvalueDecomposition {
  checkSymmetric(matrix, dim);
  const square = Matrix.from1DArray(dim, dim, Array.from(matrix));
  return new EigenvalueDecomposition(square, { assumeSymmetric: true });
}

/**
 * Rejects anything but a symmetric dim x dim matrix.
 *
 * @throws {RangeError} If the shape is wrong, or the matrix is not finite or not symmetric.
 */
export function checkSymmetric(matrix: ArrayLike<number>, dim: number): void {
  if (!Number.isSafeInteger(dim) || dim < 1 || matrix.length !== dim * dim)
    throw new RangeError(`expected a ${dim} x ${dim} matrix, got ${matrix.length} values`);
  for (let i = 0; i < matrix.length; i++) {
    // The decomposition would not end on NaN.
    if (!Number.isFinite(matrix[i]))
      throw new RangeError(`expected a finite matrix, got ${matrix[i]} at value ${i}`);
    const mirrored = matrix[(i % dim) * dim + Math.floor(i / dim)];
    if (Math.abs(matrix[i] - mirrored) > 1e-12 * Math.abs(matrix[i]))
      throw new RangeError(`expected a symmetric matrix, got ${matrix[i]} across ${mirrored}`);
  }
}

/** Limit on the average number of QL steps per eigenvalue; two are typical. */
const MOST_STEPS = 60;

/**
 * Eigenvalues of a symmetric tridiagonal matrix, by QL with implicit shifts. The error of each is
 * at most a few roundings of the largest.
 *
 * @param diagonal n values.
 * @param offDiagonal n - 1 values.
 * @returns n eigenvalues in no order.
 * @see Martin, Wilkinson 1968, https://doi.org/10.1007/BF02165404
 */
export function tridiagonalEigenvalues(
  diagonal: Float64Array,
  offDiagonal: Float64Array,
): Float64Array {
  const count = diagonal.length;
  const largest = [...diagonal, ...offDiagonal].reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  if (largest === 0) return new Float64Array(count);
  // Scaled, so that no square overflows; the last of e stays 0.
  const d = diagonal.map((value) => value / largest);
  const e = new Float64Array(count);
  e.set(offDiagonal.map((value) => value / largest));
  // QL converges at the first row, and faster if that is small, so the larger end comes last.
  if (Math.abs(d[0]) > Math.abs(d[count - 1])) {
    d.reverse();
    e.subarray(0, count - 1).reverse();
  }
  let steps = 0;
  for (let first = 0; first < count; first++)
    for (;;) {
      const last = endOfBlock(d, e, first);
      if (last === first) break;
      if (++steps > MOST_STEPS * count) throw new Error(`no eigenvalues in ${steps} steps of QL`);
      implicitStep(d, e, first, last);
    }
  return d.map((value) => value * largest);
}

/** The last row that is coupled with the first by off-diagonal values that are not rounding. */
function endOfBlock(d: Float64Array, e: Float64Array, first: number): number {
  let last = first;
  while (last < d.length - 1) {
    const size = Math.abs(d[last]) + Math.abs(d[last + 1]);
    // Tolerance of any element: a quarter of a rounding of the largest value, which is 1.
    if (Math.abs(e[last]) <= Number.EPSILON * Math.max(size, 0.25)) break;
    last++;
  }
  return last;
}

/** A step of QL on rows `first` to `last`, with the shift of the upper 2 x 2 corner. */
function implicitStep(d: Float64Array, e: Float64Array, first: number, last: number): void {
  const half = (d[first + 1] - d[first]) / (2 * e[first]);
  const root = Math.sqrt(half * half + 1);
  let g = d[last] - d[first] + e[first] / (half + (half < 0 ? -root : root));
  let [sine, cosine, shift] = [1, 1, 0];
  for (let i = last - 1; i >= first; i--) {
    const f = sine * e[i];
    const b = cosine * e[i];
    const norm = Math.sqrt(f * f + g * g);
    e[i + 1] = norm;
    if (norm === 0) {
      d[i + 1] -= shift;
      e[last] = 0;
      return;
    }
    sine = f / norm;
    cosine = g / norm;
    g = d[i + 1] - shift;
    const change = (d[i] - g) * sine + 2 * cosine * b;
    shift = sine * change;
    d[i + 1] = g + shift;
    g = cosine * change - b;
  }
  d[first] -= shift;
  e[first] = g;
  e[last] = 0;
}
