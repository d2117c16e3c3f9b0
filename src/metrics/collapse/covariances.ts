import { centeredClassMeans, type Center, type ClassStatistics } from "./classStatistics";

/**
 * S_B with every example counting once: sum over classes of (N_c / N) (mu_c - mu_G)(mu_c - mu_G)'.
 * {@link betweenClassCovariance} lets every class count once; balanced classes make them equal.
 *
 * @param center Which mean is mu_G. Only about `globalMean` is it the covariance of the class means
 *   that the examples have, and S_W + S_B their total covariance.
 * @returns p x p, symmetric, in squared feature units.
 */
export function sampleWeightedBetweenClassCovariance(
  statistics: ClassStatistics,
  center: Center = "globalMean",
): Float64Array {
  const { classCount, dim, counts } = statistics;
  const means = centeredClassMeans(statistics, center);
  const total = counts.reduce((sum, count) => sum + count);
  const covariance = new Float64Array(dim * dim);
  for (let c = 0; c < classCount; c++)
    for (let i = 0; i < dim; i++)
      for (let j = 0; j < dim; j++)
        covariance[i * dim + j] += (means[c * dim + i] * means[c * dim + j] * counts[c]) / total;
  return covariance;
}

/**
 * S_T, the covariance of all examples about their mean: the mean of (h - h_G)(h - h_G)'. It is the
 * sum of S_W and {@link sampleWeightedBetweenClassCovariance}, and is computed so: class statistics
 * hold all that it needs.
 *
 * @returns p x p, symmetric, in squared feature units.
 */
export function totalCovariance(statistics: ClassStatistics): Float64Array {
  const between = sampleWeightedBetweenClassCovariance(statistics, "globalMean");
  return statistics.withinClassCovariance.map((value, i) => value + between[i]);
}
