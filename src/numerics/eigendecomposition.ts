import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/**
 * Eigenvalues and eigenvectors of a symmetric dim x dim matrix.
 *
 * @throws {RangeError} If the shape is another one, or the matrix is not finite or not symmetric.
 */
export function decompose(matrix: ArrayLike<number>, dim: number): EigenvalueDecomposition {
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
  const square = Matrix.from1DArray(dim, dim, Array.from(matrix));
  return new EigenvalueDecomposition(square, { assumeSymmetric: true });
}
