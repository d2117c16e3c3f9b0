import type { ClassStatistics } from "./classStatistics";
import { UndefinedMeasureError } from "./undefinedMeasure";
import { frobeniusNorm, rowDot } from "../../numerics/vectors";

/**
 * NC5, out-of-distribution orthogonality: mean over classes of |cos(mu_c, mu_ood)|, mu_ood the mean
 * feature of a second data set. Zero if it is orthogonal to every class mean.
 *
 * Nothing is centered: neither the class means nor mu_ood; angles are seen from the origin of the
 * feature space, so that a shift of the features changes them.
 *
 * @param statistics Statistics of the network's own classes.
 * @param outOfDistributionMean mu_ood, p values ({@link meanFeature}).
 * @returns From 0 to 1.
 * @throws {RangeError} If the mean does not have p values, or a value is not finite.
 * @throws {UndefinedMeasureError} If it or a class mean is zero.
 * @see Ammar et al. 2024 (NECO), https://arxiv.org/abs/2310.06823
 */
export function outOfDistributionOrthogonality(
  { classMeans, classCount, dim }: ClassStatistics,
  outOfDistributionMean: ArrayLike<number>,
): number {
  if (outOfDistributionMean.length !== dim)
    throw new RangeError(
      `expected a mean feature of dimension ${dim}, got ${outOfDistributionMean.length} values`,
    );
  const norm = frobeniusNorm(outOfDistributionMean);
  let sum = 0;
  for (let c = 0; c < classCount; c++) {
    const classNorm = frobeniusNorm(classMeans.subarray(c * dim, (c + 1) * dim));
    if (norm === 0 || classNorm === 0)
      throw new UndefinedMeasureError("expected means other than zero, got zero");
    sum += Math.abs(rowDot(classMeans, c, outOfDistributionMean, 0, dim)) / (norm * classNorm);
  }
  return sum / classCount;
}
