import { UndefinedMeasureError } from "./undefinedMeasure";

/**
 * Effective rank of a covariance matrix: exp of the entropy (in nats) of its eigenvalues divided by
 * their sum. k equal eigenvalues and zeros otherwise give k. Every small eigenvalue adds a little,
 * so no tolerance is needed.
 *
 * @param eigenvalues Eigenvalues of a covariance matrix, in any order.
 * @returns From 1 to the rank of the matrix.
 * @throws {RangeError} If the list is empty, or a value is negative or not finite.
 * @throws {UndefinedMeasureError} If all are 0.
 * @see Roy, Vetterli 2007, https://ieeexplore.ieee.org/document/7098875
 */
export function effectiveRank(eigenvalues: Float64Array): number {
  const sum = eigenvalues.reduce((total, value) => total + value, 0);
  if (eigenvalues.length === 0 || !Number.isFinite(sum) || eigenvalues.some((value) => value < 0))
    throw new RangeError("expected eigenvalues of a covariance, 0 or more");
  if (sum === 0)
    throw new UndefinedMeasureError("expected an eigenvalue that is not zero, got only zeros");
  const shares = eigenvalues.map((value) => value / sum).filter((share) => share > 0);
  return Math.exp(-shares.reduce((total, share) => total + share * Math.log(share), 0));
}
