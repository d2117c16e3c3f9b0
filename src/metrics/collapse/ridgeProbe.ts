import { CholeskyDecomposition, Matrix } from "ml-matrix";
import type { Classifier } from "./classifier";
import { rowProducts } from "../../kernels/doubleProducts";
import { frobeniusNorm } from "../../numerics/vectors";
import { UndefinedMeasureError } from "./undefinedMeasure";

/** Features about their mean, and the smaller of their two matrices of inner products. */
export interface CenteredFeatures {
  readonly dim: number;
  /** p. */
  readonly mean: Float64Array;
  /** N x p, row-major. */
  readonly centered: Float64Array;
  /**
   * XX' (N x N) if N <= p, else X'X (p x p), of the centered features X: their nonzero eigenvalues
   * are equal, and N times those of the covariance.
   */
  readonly products: Float64Array;
}

/**
 * Centers features.
 *
 * @param features N x dim, row-major, finite.
 */
export function centerFeatures(features: ArrayLike<number>, dim: number): CenteredFeatures {
  const count = features.length / dim;
  const mean = new Float64Array(dim);
  for (let start = 0; start < features.length; start += dim)
    for (let i = 0; i < dim; i++) mean[i] += features[start + i] / count;
  const centered = new Float64Array(features.length);
  for (let at = 0; at < centered.length; at++) centered[at] = features[at] - mean[at % dim];
  // Equal features differ from their mean only by rounding.
  if (frobeniusNorm(centered) <= 1e-12 * Math.sqrt(count) * frobeniusNorm(mean)) centered.fill(0);
  const products =
    count <= dim
      ? rowProducts(centered, centered, dim)
      : rowProducts(transposed(centered, dim), transposed(centered, dim), count);
  return { dim, mean, centered, products };
}

/** Ridge penalty, relative to the mean squared norm of the centered features. */
export const PROBE_RIDGE = 0.1;

/**
 * Linear probe by ridge regression: the W and b that minimize the sum over the examples of
 * |W h + b - y|^2, plus lambda |W|_F^2, for the one-hot vectors y of the classes. Its class is that of
 * the largest W h + b. b is not penalized.
 *
 * lambda is `ridge` times the mean squared norm of the features about their mean, so that a factor on
 * the features changes no prediction. The equations are solved by Cholesky's decomposition of the
 * smaller of the two matrices N x N and p x p.
 *
 * @param labels N class indices, below `classCount`.
 * @throws {UndefinedMeasureError} If all features are equal.
 * @see Alain, Bengio 2016, https://arxiv.org/abs/1610.01644
 */
export function ridgeProbe(
  { dim, mean, centered, products }: CenteredFeatures,
  labels: ArrayLike<number>,
  classCount: number,
  ridge = PROBE_RIDGE,
): Required<Classifier> {
  const count = labels.length;
  const shares = new Float64Array(classCount);
  for (let n = 0; n < count; n++) shares[labels[n]] += 1 / count;
  const targets = new Float64Array(count * classCount);
  for (let n = 0; n < count; n++)
    for (let c = 0; c < classCount; c++)
      targets[n * classCount + c] = Number(labels[n] === c) - shares[c];
  const penalized = { products, ridge, count };
  const columns = transposed(centered, dim);
  const weights =
    count <= dim
      ? rowProducts(transposed(solve(penalized, targets), classCount), columns, count)
      : transposed(
          solve(penalized, rowProducts(columns, transposed(targets, classCount), count)),
          classCount,
        );
  const bias = shares.map((share, c) => {
    let at = 0;
    for (let i = 0; i < dim; i++) at += weights[c * dim + i] * mean[i];
    return share - at;
  });
  return { weights, bias };
}

interface Penalized {
  readonly products: Float64Array;
  readonly ridge: number;
  readonly count: number;
}

/** (A + lambda I)^-1 B of the products A, where lambda is ridge tr A / count. */
function solve({ products, ridge, count }: Penalized, right: Float64Array): Float64Array {
  const size = Math.sqrt(products.length);
  const matrix = Matrix.from1DArray(size, size, products);
  const trace = matrix.trace();
  if (trace === 0)
    throw new UndefinedMeasureError("expected different features, got identical ones");
  for (let i = 0; i < size; i++) matrix.set(i, i, matrix.get(i, i) + (ridge * trace) / count);
  const columns = Matrix.from1DArray(size, right.length / size, right);
  return Float64Array.from(new CholeskyDecomposition(matrix).solve(columns).to1DArray());
}

/** The transpose of a matrix of `columns` columns. */
function transposed(values: Float64Array, columns: number): Float64Array {
  const rows = values.length / columns;
  const result = new Float64Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      result[column * rows + row] = values[row * columns + column];
  return result;
}
