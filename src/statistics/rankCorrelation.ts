import type { Random } from "../numerics/random";
import { checkNumbers } from "./checks";
import { meanRanks } from "./wilcoxon";

/** Spearman's rank correlation of pairs, with a permutation test. */
export interface RankCorrelation {
  /** Number of pairs. */
  readonly n: number;
  /** From -1 to 1; null where all values of a side are equal. */
  readonly rho: number | null;
  /** Two-sided; null where rho is. */
  readonly p: number | null;
}

/** How the permutation test is made. */
export interface PermutationOptions {
  /** Source of the permutations. */
  readonly random: Random;
  /** Number of permutations, B; default 9,999. */
  readonly permutations?: number;
  /**
   * A block for each pair: values are permuted within blocks only, which holds fixed what the
   * pairs of a block share. All pairs are one block unless given.
   */
  readonly blocks?: readonly (number | string)[];
}

/**
 * Spearman's rank correlation: Pearson's correlation of the ranks, where equal values share the mean
 * of their ranks.
 *
 * p = (1 + number of permutations with |rho*| >= |rho|) / (1 + B), so it is never 0.
 *
 * @param x,y At least 3 values each, of equal lengths.
 * @throws {RangeError} If there are fewer, lengths differ, or a value is not finite.
 * @see Spearman 1904, https://doi.org/10.2307/1412159; Phipson and Smyth 2010 on p,
 *   https://doi.org/10.2202/1544-6115.1585
 */
export function rankCorrelation(
  x: readonly number[],
  y: readonly number[],
  { random, permutations = 9999, blocks }: PermutationOptions,
): RankCorrelation {
  for (const values of [x, y]) checkNumbers(values, 3);
  if (x.length !== y.length || (blocks ?? x).length !== x.length)
    throw new RangeError(
      `expected as many values and blocks as the first side has, ${x.length}, ` +
        `got ${y.length} and ${blocks?.length ?? x.length}`,
    );
  const n = x.length;
  const [a, b] = [x, y].map(standardRanks);
  if (a === undefined || b === undefined) return { n, rho: null, p: null };
  const rho = product(a, b);
  // Sums of the same products in another order differ by rounding.
  const least = Math.abs(rho) - 1e-12;
  const groups = indicesByBlock(blocks ?? new Array<number>(n).fill(0));
  const shuffled = [...b];
  let extreme = 0;
  for (let i = 0; i < permutations; i++) {
    for (const group of groups) {
      const values = random.shuffle(group.map((at) => b[at]));
      group.forEach((at, k) => (shuffled[at] = values[k]));
    }
    if (Math.abs(product(a, shuffled)) >= least) extreme++;
  }
  return { n, rho, p: (1 + extreme) / (1 + permutations) };
}

/** Ranks less their mean, of norm 1; undefined where all values are equal. */
function standardRanks(values: readonly number[]): number[] | undefined {
  const ranks = meanRanks(values).map((rank) => rank - (values.length + 1) / 2);
  const norm = Math.sqrt(product(ranks, ranks));
  return norm === 0 ? undefined : ranks.map((rank) => rank / norm);
}

const product = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * b[i], 0);

function indicesByBlock(blocks: readonly (number | string)[]): number[][] {
  const groups = new Map<number | string, number[]>();
  blocks.forEach((block, i) => groups.set(block, [...(groups.get(block) ?? []), i]));
  return [...groups.values()];
}

/**
 * Holm's correction of p values for several tests: the adjusted p of the k-th smallest of m is
 * max over j <= k of min(1, (m - j + 1) p_j). Rejecting where it is below a level keeps the chance of
 * any false rejection below that level.
 *
 * @returns The adjusted values, in the order given.
 * @see Holm 1979, https://www.jstor.org/stable/4615733
 */
export function holm(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).sort((i, j) => p[i] - p[j]);
  const adjusted = new Array<number>(p.length);
  let largest = 0;
  order.forEach((at, rank) => {
    largest = Math.max(largest, Math.min(1, (p.length - rank) * p[at]));
    adjusted[at] = largest;
  });
  return adjusted;
}
