import { addSymmetricProduct } from "../../kernels/doubleProducts";
import { centeredClassMeans, type ClassStatistics } from "./classStatistics";

/**
 * S_B with every example counting once: sum over classes of (N_c / N) (mu_c - mu_G)(mu_c - mu_G)'.
 * In the S_B of NC1 every class counts once; both are equal for balanced classes.
 *
 * @param means The class means less mu_G, C x p. S_W + S_B is the total covariance only about
 *   `globalMean`, the mean of the examples.
 * @returns p x p, symmetric, in squared feature units.
 */
export function sampleWeightedBetweenClassCovariance(
  statistics: ClassStatistics,
  means: Float64Array = centeredClassMeans(statistics, "globalMean"),
): Float64Array {
  const { classCount, dim, counts } = statistics;
  const total = counts.reduce((sum, count) => sum + count);
  const width = Math.ceil(dim / 4) * 4;
  const [rows, weighted] = [0, 1].map(() => new Float64Array(classCount * width));
  for (let c = 0; c < classCount; c++)
    for (let i = 0; i < dim; i++) {
      rows[c * width + i] = means[c * dim + i];
      weighted[c * width + i] = (counts[c] / total) * means[c * dim + i];
    }
  const sums = new Float64Array(width * width);
  addSymmetricProduct(sums, weighted, rows, width);
  const covariance = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i++)
    for (let j = i; j < dim; j++)
      covariance[i * dim + j] = covariance[j * dim + i] = sums[i * width + j];
  return covariance;
}

/**
 * S_T, the covariance of all examples about their mean: the mean of (h - h_G)(h - h_G)'. It is the
 * sum of S_W and {@link sampleWeightedBetweenClassCovariance}, and is computed that way from class
 * statistics.
 *
 * @param means The class means less the mean of the examples, C x p.
 * @returns p x p, symmetric, in squared feature units.
 */
export function totalCovariance(
  statistics: ClassStatistics,
  means: Float64Array = centeredClassMeans(statistics, "globalMean"),
): Float64Array {
  const between = sampleWeightedBetweenClassCovariance(statistics, means);
  return statistics.withinClassCovariance.map((value, i) => value + between[i]);
}
