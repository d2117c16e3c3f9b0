import { centeredClassMeans, varianceLevel, type ClassStatistics } from "./classStatistics";
import { totalCovariance } from "./covariances";
import { eliminate } from "./pivotedCholesky";
import { rankTolerance } from "./spectra";
import { UndefinedMeasureError } from "./undefinedMeasure";

/**
 * NC1, variability collapse index (VCI): 1 - tr(S_T^+ S_B) / min(p, C - 1), with S_T the total
 * covariance. Zero if every example lies on its class mean (and the means span min(p, C - 1)
 * dimensions), 1 if all class means coincide. It is invariant under invertible affine maps of the
 * features.
 *
 * In S_B every example counts once, about the mean of the examples. Then S_T is S_W + S_B whatever
 * the numbers of examples, tr(S_T^+ S_B) is at most the rank of S_B, and the index is between 0 and
 * 1. With an S_B in which every class counts once, it could fall below 0 for unbalanced classes.
 * The paper has balanced classes, where both are the same. It divides by the rank of S_B; as min(p,
 * C - 1) does not drop, class means in fewer dimensions show as an index above 0.
 *
 * It is not informative for too few examples: N in general position with N - 1 <= p have the index
 * 0, as a linear map can send each class to a point.
 *
 * The pseudo-inverse is never formed: S_T is eliminated from (S_T, M; M', 0), M the class means,
 * which leaves -M' S_T^+ M in the place of the 0. Directions are left out if their remaining
 * variance is at most p 2.2e-16 of the largest variance of a dimension, or up to
 * {@link varianceLevel}.
 *
 * @param means The class means less the mean of the examples, C x p.
 * @returns From 0 to 1, up to rounding.
 * @throws {RangeError} If there are fewer than 2 classes.
 * @throws {UndefinedMeasureError} If all examples coincide.
 * @see Xu, Liu 2023, https://arxiv.org/abs/2306.03440
 */
export function variabilityCollapseIndex(
  statistics: ClassStatistics,
  means: Float64Array = centeredClassMeans(statistics, "globalMean"),
): number {
  const { dim, classCount, counts } = statistics;
  if (classCount < 2) throw new RangeError(`expected 2 classes or more, got ${classCount}`);
  const total = counts.reduce((sum, count) => sum + count);
  const covariance = totalCovariance(statistics, means);
  const width = dim + classCount;
  const bordered = new Float64Array(width * width);
  let largest = 0;
  for (let i = 0; i < dim; i++) {
    bordered.set(covariance.subarray(i * dim, (i + 1) * dim), i * width);
    for (let c = 0; c < classCount; c++) bordered[i * width + dim + c] = means[c * dim + i];
    largest = Math.max(largest, covariance[i * (dim + 1)]);
  }
  const level = Math.max(rankTolerance(dim) * largest, varianceLevel(statistics));
  const { rest, pivots } = eliminate(bordered, width, dim, level);
  if (pivots.length === 0)
    throw new UndefinedMeasureError("expected different examples, got identical ones");
  let explained = 0;
  counts.forEach((count, c) => (explained -= (count / total) * rest[dim + c]));
  return 1 - explained / Math.min(dim, classCount - 1);
}
