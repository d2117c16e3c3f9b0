import { checkShare } from "./checks";
import { cohenDz, hedgesGz, rankBiserial } from "./effectSize";
import { pairedDifferences } from "./pairedDifferences";
import { splitsNeeded } from "./power";
import { mean, sampleStd } from "./summary";
import { confidenceInterval, pairedTTest, type MeanInterval, type TTest } from "./tTest";
import { wilcoxonSignedRank, type SignedRankTest } from "./wilcoxon";

/** Options for a comparison. */
export interface ComparisonOptions {
  /** Confidence of the interval; the significance of the tests is 1 - confidence. */
  readonly confidence?: number;
  /** Power for `splitsNeeded`. */
  readonly power?: number;
}

/** Comparison of two settings on the same splits. Differences are the first minus the second. */
export interface PairedComparison {
  /** Pairs. */
  readonly n: number;
  readonly meanDifference: number;
  /** Standard deviation of the differences. */
  readonly sampleStd: number;
  readonly confidenceInterval: MeanInterval;
  readonly tTest: TTest;
  readonly wilcoxon: SignedRankTest;
  readonly effectSize: {
    readonly cohenDz: number;
    readonly hedgesGz: number;
    readonly rankBiserial: number;
  };
  /**
   * Number of splits with which the t-test would find this effect, if the measured effect were the
   * true one.
   */
  readonly splitsNeeded: number;
}

/**
 * Compares two settings that were run on the same splits: whether their difference is more than
 * the splits' spread.
 *
 * Pairing takes out what the two have in common, such as a hard split. Among several comparisons
 * one may look significant by chance: decide before the runs which one counts.
 *
 * @param a One number per split, such as the test accuracy.
 * @param b Numbers of the other setting, for the same splits in the same order.
 * @throws {RangeError} If the lengths differ, there are fewer than 2 pairs, a number is not finite,
 *   or an option is not between 0 and 1.
 */
export function comparePaired(
  a: readonly number[],
  b: readonly number[],
  { confidence = 0.95, power = 0.8 }: ComparisonOptions = {},
): PairedComparison {
  checkShare(confidence, "confidence");
  const differences = pairedDifferences(a, b);
  const effect = cohenDz(differences);
  return {
    n: differences.length,
    meanDifference: mean(differences),
    sampleStd: sampleStd(differences)!,
    confidenceInterval: confidenceInterval(differences, confidence),
    tTest: pairedTTest(differences),
    wilcoxon: wilcoxonSignedRank(differences),
    effectSize: {
      cohenDz: effect,
      hedgesGz: hedgesGz(differences),
      rankBiserial: rankBiserial(differences),
    },
    splitsNeeded: splitsNeeded(effect, { power, significance: 1 - confidence }),
  };
}
