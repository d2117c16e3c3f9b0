import studentCdf from "@stdlib/stats-base-dists-t-cdf";
import studentQuantile from "@stdlib/stats-base-dists-t-quantile";
import { checkNumbers, checkShare } from "./checks";
import { cohenDz } from "./effectSize";
import { mean, sampleStd } from "./summary";

/** Ends of an interval around a mean. */
export interface MeanInterval {
  readonly lower: number;
  readonly upper: number;
}

/** Student's t-test of the hypothesis that the mean is 0. */
export interface TTest {
  /** Mean divided by its standard error. */
  readonly t: number;
  readonly degreesOfFreedom: number;
  /** Two-sided: the probability of a t at least as far from 0 if the mean is 0. */
  readonly p: number;
}

/**
 * Student's interval around a mean: mean +- q s / sqrt(n), with s the sample's standard deviation
 * and q the (1 + confidence) / 2 quantile of Student's t of n - 1 degrees of freedom.
 *
 * A share `confidence` of such intervals covers the true mean, if the numbers are independent draws
 * from one normal distribution. Splits of one training set and runs on one test set are not quite
 * independent; the interval covers the choice of split and seed.
 *
 * @param values Two or more. Equal ones give an interval of length 0.
 * @param confidence Between 0 and 1.
 * @returns In the unit of `values`.
 * @throws {RangeError} If there are fewer than 2 numbers, one is not finite, or `confidence` is
 *   not between 0 and 1.
 * @see Student 1908, https://doi.org/10.1093/biomet/6.1.1
 */
export function confidenceInterval(values: readonly number[], confidence = 0.95): MeanInterval {
  checkNumbers(values, 2);
  checkShare(confidence, "confidence");
  const center = mean(values);
  const quantile = studentQuantile((1 + confidence) / 2, values.length - 1);
  const half = (quantile * sampleStd(values)!) / Math.sqrt(values.length);
  return { lower: center - half, upper: center + half };
}

/**
 * Paired t-test of differences: t = mean / (s / sqrt(n)) against Student's t of n - 1 degrees of
 * freedom, two-sided.
 *
 * If all differences are equal, there is no spread. Then zeros give t = 0 and p = 1; other values
 * give the limit, t = +-Infinity and p = 0, as in SciPy.
 *
 * @param differences Result of {@link pairedDifferences}, n >= 2.
 * @throws {RangeError} If there are fewer than 2, or one is not finite.
 * @see Student 1908, https://doi.org/10.1093/biomet/6.1.1
 */
export function pairedTTest(differences: readonly number[]): TTest {
  const n = differences.length;
  const t = cohenDz(differences) * Math.sqrt(n);
  // The lower tail, because 1 minus it would round small probabilities away.
  const p = Math.abs(t) === Infinity ? 0 : 2 * studentCdf(-Math.abs(t), n - 1);
  return { t, degreesOfFreedom: n - 1, p };
}
