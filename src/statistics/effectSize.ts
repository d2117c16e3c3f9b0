import { checkNumbers } from "./checks";
import { mean, sampleStd } from "./summary";
import { wilcoxonSignedRank } from "./wilcoxon";

/**
 * Cohen's d_z, the effect size of paired differences: mean / sample's standard deviation.
 *
 * Differences that are all equal have no spread: d_z is then 0 if they are 0, else +-Infinity.
 *
 * @param differences n >= 2.
 * @returns Without a unit; positive if the first of a pair is larger.
 * @throws {RangeError} If there are fewer than 2, or one is not finite.
 * @see Cohen 1988, Statistical Power Analysis for the Behavioral Sciences, section 2.3.5
 */
export function cohenDz(differences: readonly number[]): number {
  checkNumbers(differences, 2);
  const center = mean(differences);
  return center === 0 ? 0 : center / sampleStd(differences)!;
}

/**
 * Hedges' g_z: Cohen's d_z, which is too large for few pairs, times 1 - 3 / (4 (n - 1) - 1). This
 * is Hedges' approximation of the factor that removes the bias; it is 0 for 2 pairs, like the exact
 * factor.
 *
 * @param differences n >= 2.
 * @returns Without a unit; 0 for 2 pairs.
 * @throws {RangeError} As {@link cohenDz}.
 * @see Hedges 1981, https://doi.org/10.3102/10769986006002107
 */
export function hedgesGz(differences: readonly number[]): number {
  const effect = cohenDz(differences);
  // Infinity times the 0 of two pairs would be NaN.
  if (differences.length === 2) return 0;
  return effect * (1 - 3 / (4 * (differences.length - 1) - 1));
}

/**
 * Matched-pairs rank-biserial correlation: the positive share of the rank sum minus the negative
 * share, (W+ - W-) / (W+ + W-).
 *
 * @param differences At least one; zeros are left out.
 * @returns From -1 (all negative) to 1 (all positive); 0 if all are 0.
 * @throws {RangeError} If the list is empty, or a number is not finite.
 * @see Kerby 2014, https://doi.org/10.2466/11.IT.3.1
 */
export function rankBiserial(differences: readonly number[]): number {
  const { n, positiveRankSum, negativeRankSum } = wilcoxonSignedRank(differences);
  return n === 0 ? 0 : (positiveRankSum - negativeRankSum) / (positiveRankSum + negativeRankSum);
}
