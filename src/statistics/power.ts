import normalCdf from "@stdlib/stats-base-dists-normal-cdf";
import studentQuantile from "@stdlib/stats-base-dists-t-quantile";
import { checkShare } from "./checks";

/** Requirements for a test. */
export interface PowerOptions {
  /** Probability to find an existing effect. */
  readonly power?: number;
  /** Probability to find an effect that does not exist. */
  readonly significance?: number;
}

/** Number of intervals of Simpson's rule on a section of S. */
const INTERVALS = 1000;

/** Range of S in standard deviations of chi on each side; beyond it the density is below e^-70. */
const CHI_REACH = 12;

/** Quantile beyond which the normal distribution's tail is below rounding. */
const NORMAL_REACH = 9;

/** Number of pairs that counts as infinite. */
const MOST_PAIRS = 2 ** 40;

/**
 * Probability that a two-sided paired t-test of n pairs finds an effect: P(|T| > q) for T of the
 * noncentral t distribution of n - 1 degrees of freedom and noncentrality d sqrt(n), with q the 1 -
 * significance / 2 quantile of Student's t.
 *
 * T is (Z + d sqrt(n)) / S with Z normal and S chi / sqrt(n - 1), so the probability is the mean of
 * Phi(d sqrt(n) - q S) + Phi(-d sqrt(n) - q S) over S, computed by Simpson's rule on three
 * sections: the one where the first term falls from 1 to 0, and those before and after it.
 *
 * @param effect d, mean difference / standard deviation of the differences; its sign does not
 *   matter.
 * @param pairs n >= 2.
 * @returns From `significance` (d = 0) to 1, within 1e-8.
 * @throws {RangeError} If `effect` is NaN, n is not a whole number from 2, or `significance` is not
 *   between 0 and 1.
 * @see Cohen 1988, Statistical Power Analysis for the Behavioral Sciences, chapter 2
 */
export function pairedTTestPower(effect: number, pairs: number, significance = 0.05): number {
  checkShare(significance, "significance");
  if (Number.isNaN(effect)) throw new RangeError("expected an effect size, got NaN");
  if (!Number.isSafeInteger(pairs) || pairs < 2)
    throw new RangeError(`expected 2 pairs or more, got ${pairs}`);
  const quantile = studentQuantile(1 - significance / 2, pairs - 1);
  const shift = Math.abs(effect) * Math.sqrt(pairs);
  const found = (s: number) =>
    normalCdf(shift - quantile * s, 0, 1) + normalCdf(-shift - quantile * s, 0, 1);
  const fall = [shift - NORMAL_REACH, shift + NORMAL_REACH].map((end) => end / quantile);
  return meanOverChi(found, pairs - 1, fall);
}

/**
 * Smallest number of splits with which a two-sided paired t-test finds an effect with probability
 * `power`: the number of runs per setting for a difference of a given size.
 *
 * @param effect Difference that matters / standard deviation of the differences over splits. If the
 *   effect was measured on few splits, the answer is rough.
 * @returns At least 2; Infinity if the effect is 0, or so small that it needs more than 2^40.
 * @throws {RangeError} If `effect` is NaN, or `power` or `significance` is not between 0 and 1.
 */
export function splitsNeeded(
  effect: number,
  { power = 0.8, significance = 0.05 }: PowerOptions = {},
): number {
  checkShare(power, "power");
  const isEnough = (pairs: number) => pairedTTestPower(effect, pairs, significance) >= power;
  let enough = 2;
  while (!isEnough(enough)) {
    if (enough > MOST_PAIRS) return Infinity;
    enough *= 2;
  }
  let tooFew = enough === 2 ? 1 : enough / 2;
  while (enough - tooFew > 1) {
    const middle = Math.floor((enough + tooFew) / 2);
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

/**
 * The mean of f(s) over s = chi / sqrt(df), whose density is proportional to
 * s^(df - 1) e^(-df s^2 / 2).
 *
 * @param breaks Ascending: between two of them, and on either side, f is smooth.
 */
function meanOverChi(f: (s: number) => number, df: number, breaks: readonly number[]): number {
  const reach = CHI_REACH / Math.sqrt(2 * df);
  const [from, to] = [Math.max(0, 1 - reach), 1 + reach];
  const ends = [from, ...breaks.map((end) => Math.min(to, Math.max(from, end))), to];
  let [weighted, total] = [0, 0];
  for (let stretch = 1; stretch < ends.length; stretch++) {
    const step = (ends[stretch] - ends[stretch - 1]) / INTERVALS;
    for (let i = 0; i <= INTERVALS; i++) {
      const s = ends[stretch - 1] + i * step;
      const simpson = i === 0 || i === INTERVALS ? 1 : 2 + 2 * (i % 2);
      const weight = simpson * step * chiDensity(s, df);
      weighted += weight * f(s);
      total += weight;
    }
  }
  return weighted / total;
}

/** Relative to the density at s = 1, to avoid underflow for many degrees of freedom. */
function chiDensity(s: number, df: number): number {
  const power = df === 1 ? 0 : (df - 1) * Math.log(s);
  return Math.exp(power - (df * (s * s - 1)) / 2);
}
