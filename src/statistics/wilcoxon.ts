import normalCdf from "@stdlib/stats-base-dists-normal-cdf";
import { checkNumbers } from "./checks";

/** Number of differences up to which the distribution is exact, as in SciPy. */
const EXACT_LIMIT = 50;

/** Wilcoxon's signed-rank test of the hypothesis that differences are symmetric around 0. */
export interface SignedRankTest {
  /** The smaller of the two rank sums. */
  readonly w: number;
  /** Sum of the ranks of the positive differences, and of the negative ones. */
  readonly positiveRankSum: number;
  readonly negativeRankSum: number;
  /** Number of nonzero differences; zeros are left out. */
  readonly n: number;
  /** Two-sided. */
  readonly p: number;
  /** Whether p is exact or from the normal approximation. */
  readonly isExact: boolean;
}

/**
 * Wilcoxon's signed-rank test, two-sided. Absolute differences are ranked, equal ones share the
 * mean of their ranks, and w is the smaller of the rank sums of the two signs.
 *
 * Differences of 0 are left out, as Wilcoxon did; if no other is left, w = 0 and p = 1. For up to
 * 50 nonzero differences, p = min(1, 2 P(W <= w)) over all 2^n equally likely choices of signs.
 * With ties this is the exact distribution given the shared ranks, whereas SciPy uses the one
 * without ties. Above 50, W is treated as normal with mean n (n + 1) / 4 and variance n (n + 1) (2
 * n + 1) / 24 - sum over ties of (c^3 - c) / 48, without a continuity correction.
 *
 * 10 splits cannot give p below 2 / 2^10 = 0.002, 5 none below 0.0625.
 *
 * @param differences Result of {@link pairedDifferences}, at least one.
 * @throws {RangeError} If the list is empty, or a number is not finite.
 * @see Wilcoxon 1945, https://doi.org/10.2307/3001968
 */
export function wilcoxonSignedRank(differences: readonly number[]): SignedRankTest {
  checkNumbers(differences, 1);
  const others = differences.filter((difference) => difference !== 0);
  const n = others.length;
  const ranks = meanRanks(others.map(Math.abs));
  const positiveRankSum = ranks.reduce((sum, rank, i) => (others[i] > 0 ? sum + rank : sum), 0);
  const negativeRankSum = (n * (n + 1)) / 2 - positiveRankSum;
  const w = Math.min(positiveRankSum, negativeRankSum);
  const isExact = n <= EXACT_LIMIT;
  const p = Math.min(1, 2 * (isExact ? exactTail(ranks, w) : normalTail(ranks, w)));
  return { w, positiveRankSum, negativeRankSum, n, p, isExact };
}

/** Ranks from 1 in ascending order; equal values share the mean of theirs. */
export function meanRanks(values: readonly number[]): number[] {
  const ascending = [...values].sort((a, b) => a - b);
  return values.map((value) => (ascending.indexOf(value) + ascending.lastIndexOf(value)) / 2 + 1);
}

/** P(W <= w) with a fair sign for each rank, summed rank by rank. Twice a rank is whole. */
function exactTail(ranks: readonly number[], w: number): number {
  const chances = new Float64Array(2 * w + 1);
  chances[0] = 1;
  for (const rank of ranks)
    for (let sum = 2 * w; sum >= 0; sum--)
      chances[sum] = (chances[sum] + (sum < 2 * rank ? 0 : chances[sum - 2 * rank])) / 2;
  return chances.reduce((sum, chance) => sum + chance, 0);
}

function normalTail(ranks: readonly number[], w: number): number {
  const n = ranks.length;
  const counts = new Map<number, number>();
  for (const rank of ranks) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  const ties = [...counts.values()].reduce((sum, count) => sum + count ** 3 - count, 0);
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - ties / 48;
  return normalCdf(w, (n * (n + 1)) / 4, Math.sqrt(variance));
}
