import { rowProducts, tridiagonalForm } from "../../kernels/doubleProducts";
import { checkSymmetric, tridiagonalEigenvalues } from "../../numerics/eigendecomposition";
import {
  centeredClassMeans,
  roundingLevel,
  varianceLevel,
  type ClassStatistics,
} from "./classStatistics";
import { meanDirections } from "./meanDirections";
import { UndefinedMeasureError } from "./undefinedMeasure";

/**
 * Eigenvalues of S_W.
 *
 * @returns p values, descending, none negative, in squared feature units.
 */
export function withinClassEigenvalues(statistics: ClassStatistics): Float64Array {
  return covarianceSpectrum(statistics.withinClassCovariance, statistics.dim);
}

/**
 * Eigenvalues of S_B (classes counting once): one for each direction in which the class means
 * differ by more than rounding; the others are exactly zero.
 *
 * @param means M', the class means less mu_G, C x p: about the mean of the class means by default.
 * @param rank The number of these directions ({@link meanDirections}).
 * @returns p values, descending, none negative, in squared feature units.
 */
export function betweenClassEigenvalues(
  statistics: ClassStatistics,
  means: Float64Array = centeredClassMeans(statistics),
  rank: number = meanDirections(means, statistics.dim, roundingLevel(statistics)).rank,
): Float64Array {
  const { classCount, dim } = statistics;
  const all = symmetricEigenvalues(rowProducts(means, means, dim), classCount);
  const eigenvalues = new Float64Array(dim);
  for (let k = 0; k < rank; k++) eigenvalues[k] = Math.max(0, all[k] / classCount);
  return eigenvalues;
}

/**
 * Eigenvalues of a covariance matrix. Values that are negative by rounding are set to 0.
 *
 * @param covariance dim x dim, symmetric.
 * @returns dim values, descending.
 * @throws {RangeError} If the shape is wrong, the matrix is not finite or not symmetric, or an
 *   eigenvalue is negative by more than rounding: 8 {@link rankTolerance} of the largest.
 */
export function covarianceEigenvalues(covariance: ArrayLike<number>, dim: number): Float64Array {
  checkSymmetric(covariance, dim);
  return covarianceSpectrum(covariance, dim);
}

/** {@link covarianceEigenvalues} of a matrix that is symmetric and finite. */
function covarianceSpectrum(covariance: ArrayLike<number>, dim: number): Float64Array {
  const eigenvalues = symmetricEigenvalues(covariance, dim);
  const smallest = eigenvalues[dim - 1];
  const scale = Math.max(eigenvalues[0], -smallest);
  // Eight times the tolerance, because the matrix has rounding errors too.
  if (smallest < -8 * rankTolerance(dim) * scale)
    throw new RangeError(`expected a covariance matrix, got one with eigenvalue ${smallest}`);
  return eigenvalues.map((value) => Math.max(0, value));
}

/** Eigenvalues of a symmetric matrix, descending; only its upper triangle is read. */
function symmetricEigenvalues(matrix: ArrayLike<number>, dim: number): Float64Array {
  const { diagonal, offDiagonal } = tridiagonalForm(matrix, dim);
  return tridiagonalEigenvalues(diagonal, offDiagonal).sort().reverse();
}

/**
 * Rank of S_W: number of eigenvalues above {@link rankTolerance} of the largest and above the
 * rounding of the features ({@link varianceLevel}).
 *
 * @param eigenvalues {@link withinClassEigenvalues}.
 */
export function withinClassRank(
  statistics: ClassStatistics,
  eigenvalues: Float64Array = withinClassEigenvalues(statistics),
): number {
  const largest = eigenvalues[0];
  if (largest === 0) return 0;
  const level = varianceLevel(statistics) / largest;
  return numericalRank(eigenvalues, Math.max(rankTolerance(statistics.dim), level));
}

/** NumPy's and MATLAB's tolerance of a rank: dim times the spacing of doubles at 1. */
export function rankTolerance(dim: number): number {
  return dim * Number.EPSILON;
}

/**
 * Numerical rank: number of eigenvalues above `tolerance` times the largest; 0 if all are zero.
 *
 * @param eigenvalues Of a covariance matrix, in any order. They are squares: the default tolerance
 *   of {@link rankTolerance}, 2.8e-14 for 128, leaves out directions in which the spread is less
 *   than 1.7e-7 of the largest, about what float32 features resolve.
 * @throws {RangeError} If the list is empty, or a value is negative or not finite.
 */
export function numericalRank(
  eigenvalues: ArrayLike<number>,
  tolerance: number = rankTolerance(eigenvalues.length),
): number {
  const { values, largest } = checkEigenvalues(eigenvalues);
  return values.filter((value) => value > tolerance * largest).length;
}

/**
 * Stable rank of the features of a covariance matrix S: tr S / |S|_2, the sum of its eigenvalues
 * over the largest. It is |X|_F^2 / |X|_2^2 for centered features X with S = X'X / N, also called
 * the intrinsic dimension of S.
 *
 * @param eigenvalues Of S, in any order.
 * @returns From 1 to the rank of S.
 * @throws {RangeError} If the list is empty, or a value is negative or not finite.
 * @throws {UndefinedMeasureError} If all are 0.
 * @see Rudelson, Vershynin 2007, https://doi.org/10.1145/1255443.1255449
 */
export function traceStableRank(eigenvalues: ArrayLike<number>): number {
  const { values, largest } = checkNonzero(eigenvalues);
  return values.reduce((sum, value) => sum + value / largest, 0);
}

/**
 * Stable rank of a covariance matrix S itself: |S|_F^2 / |S|_2^2, the sum of its squared eigenvalues
 * over the largest square. At most {@link traceStableRank}.
 *
 * @param eigenvalues Of S, in any order.
 * @returns From 1 to the rank of S.
 * @throws As {@link traceStableRank}.
 * @see Rudelson, Vershynin 2007, https://doi.org/10.1145/1255443.1255449
 */
export function frobeniusStableRank(eigenvalues: ArrayLike<number>): number {
  const { values, largest } = checkNonzero(eigenvalues);
  return values.reduce((sum, value) => sum + (value / largest) ** 2, 0);
}

function checkNonzero(eigenvalues: ArrayLike<number>) {
  const checked = checkEigenvalues(eigenvalues);
  if (checked.largest === 0)
    throw new UndefinedMeasureError("expected an eigenvalue that is not zero, got only zeros");
  return checked;
}

function checkEigenvalues(eigenvalues: ArrayLike<number>) {
  const values = Array.from(eigenvalues);
  if (values.length === 0) throw new RangeError("expected eigenvalues, got none");
  const wrong = values.find((value) => !Number.isFinite(value) || value < 0);
  if (wrong !== undefined)
    throw new RangeError(`expected eigenvalues of a covariance, 0 or more, got ${wrong}`);
  return { values, largest: values.reduce((a, b) => Math.max(a, b)) };
}
