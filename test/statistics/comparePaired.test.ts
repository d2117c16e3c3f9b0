import assert from "node:assert/strict";
import fc from "fast-check";
import { comparePaired, type PairedComparison } from "../../src/statistics/comparePaired";
import { splitsNeeded } from "../../src/statistics/power";
import { pairedDifferences } from "../../src/statistics/pairedDifferences";
import { assertClose } from "../support/assertClose";

/** Pairs of multiples of 1/8: sums, differences and shifts of them are exact. */
const eighths = fc.integer({ min: -800, max: 800 }).map((value) => value / 8);
const columns = fc
  .array(fc.tuple(eighths, eighths), { minLength: 2, maxLength: 15 })
  .map((pairs) => [pairs.map(([a]) => a), pairs.map(([, b]) => b)] as const);

describe("pairedDifferences", () => {
  it("pairedDifferences subtracts the second number of each pair from the first", () => {
    assert.deepEqual(pairedDifferences([3, 1, 5], [1, 4, 5]), [2, -3, 0]);
  });

  it("pairedDifferences removes the rounding errors of decimal subtraction", () => {
    assert.notEqual(94.2 - 94.1, 92.5 - 92.4);
    const [one, other] = pairedDifferences([94.2, 92.5], [94.1, 92.4]);
    assert.equal(one, other);
    const [negative, positive] = pairedDifferences([94.1, 92.5], [94.2, 92.4]);
    assert.equal(negative, -positive);
    assert.notEqual(0.1 + 0.2, 0.3);
    assert.deepEqual(pairedDifferences([0.1 + 0.2, 1], [0.3, 2]), [0, -1]);
  });

  it("pairedDifferences keeps differences that differ by more than rounding", () => {
    const actual = pairedDifferences([94.2, 94.2 + 1e-12], [94, 94]);
    assert.deepEqual(actual, [94.2 - 94, 94.2 + 1e-12 - 94]);
  });

  it("pairedDifferences rejects a single pair, unequal lengths and non-finite numbers", () => {
    assert.throws(() => pairedDifferences([1, 2], [1]), /expected pairs, got 2 numbers and 1/);
    assert.throws(() => pairedDifferences([1], [1]), /expected 2 numbers or more, got 1/);
    assert.throws(() => pairedDifferences([], []), /expected 2 numbers or more, got none/);
    assert.throws(() => pairedDifferences([1, NaN], [1, 2]), /got NaN at number 1/);
    assert.throws(() => pairedDifferences([1, 2], [-Infinity, 2]), /got -Infinity at number 0/);
    assert.throws(() => pairedDifferences([1e308, 2], [-1e308, 2]), /got Infinity at number 0/);
  });
});

describe("comparePaired", () => {
  it("comparePaired of the differences 1, 2, 3, 6 matches values computed by hand", () => {
    // Mean 3, squared deviations 4 + 1 + 0 + 9 = 14, s^2 = 14 / 3; t = 3 / sqrt(14 / 12).
    const actual = comparePaired([11, 12, 13, 16], [10, 10, 10, 10]);
    assert.equal(actual.n, 4);
    assert.equal(actual.meanDifference, 3);
    assertClose(actual.sampleStd, Math.sqrt(14 / 3), 1e-12);
    assertClose(actual.tTest.t, 3 / Math.sqrt(14 / 12), 1e-12);
    assert.equal(actual.tTest.degreesOfFreedom, 3);
    assertClose(actual.effectSize.cohenDz, 3 / Math.sqrt(14 / 3), 1e-12);
    // 1 - 3 / (4 * 3 - 1) = 8 / 11.
    assertClose(actual.effectSize.hedgesGz, (3 / Math.sqrt(14 / 3)) * (8 / 11), 1e-12);
    // All signs the same: 2 of the 16 choices.
    const { w, p, n, positiveRankSum, negativeRankSum } = actual.wilcoxon;
    assert.deepEqual([w, p, n, positiveRankSum, negativeRankSum], [0, 2 / 16, 4, 10, 0]);
    assert.equal(actual.effectSize.rankBiserial, 1);
    // The 97.5% quantile of t with 3 degrees of freedom is 3.182446.
    assertClose(actual.confidenceInterval.upper, 3 + 3.182446 * Math.sqrt(14 / 12), 1e-6);
  });

  it("the t-test of two pairs has one degree of freedom, which is a Cauchy distribution", () => {
    // Differences 0 and 2: t = 1 / (sqrt(2) / sqrt(2)) = 1, and P(|Cauchy| > 1) = 1/2.
    const { tTest, effectSize } = comparePaired([1, 3], [1, 1]);
    assertClose(tTest.t, 1, 1e-12);
    assertClose(tTest.p, 0.5, 1e-12);
    assert.equal(effectSize.hedgesGz, 0);
  });

  it("swapping the two samples mirrors the comparison and changes nothing else", () => {
    fc.assert(
      fc.property(columns, ([a, b]) => {
        const { confidenceInterval, tTest, effectSize, ...one } = comparePaired(a, b);
        const swapped = comparePaired(b, a);
        const { positiveRankSum, negativeRankSum } = one.wilcoxon;
        const expected: PairedComparison = {
          ...one,
          meanDifference: 0 - one.meanDifference,
          confidenceInterval: {
            lower: 0 - confidenceInterval.upper,
            upper: 0 - confidenceInterval.lower,
          },
          tTest: { ...tTest, t: 0 - tTest.t },
          wilcoxon: {
            ...one.wilcoxon,
            positiveRankSum: negativeRankSum,
            negativeRankSum: positiveRankSum,
          },
          effectSize: {
            cohenDz: 0 - effectSize.cohenDz,
            hedgesGz: 0 - effectSize.hedgesGz,
            rankBiserial: 0 - effectSize.rankBiserial,
          },
        };
        assert.deepEqual(positiveZeros(swapped), positiveZeros(expected));
      }),
      { seed: 2, numRuns: 50 },
    );
  });

  it("a common shift changes nothing, and a factor scales only the mean and the spread", () => {
    fc.assert(
      fc.property(columns, eighths, ([a, b], shift) => {
        const one = comparePaired(a, b);
        const moved = comparePaired(
          ...([a, b].map((x) => x.map((v) => v + shift)) as [number[], number[]]),
        );
        assert.deepEqual(moved, one);
        // A power of 2 scales without rounding.
        const scaled = comparePaired(
          ...([a, b].map((x) => x.map((v) => v * 4)) as [number[], number[]]),
        );
        assert.deepEqual(scaled.tTest, one.tTest);
        assert.deepEqual(scaled.wilcoxon, one.wilcoxon);
        assert.deepEqual(scaled.effectSize, one.effectSize);
        assert.equal(scaled.meanDifference, 4 * one.meanDifference);
        assert.equal(scaled.sampleStd, 4 * one.sampleStd);
      }),
      { seed: 3, numRuns: 50 },
    );
  });

  it("a difference is significant exactly if its confidence interval excludes 0", () => {
    fc.assert(
      fc.property(columns, ([a, b]) => {
        const { tTest, confidenceInterval: ends } = comparePaired(a, b, { confidence: 0.8 });
        fc.pre(Math.abs(tTest.p - 0.2) > 1e-6 && tTest.p !== 1);
        assert.equal(tTest.p < 0.2, ends.lower > 0 || ends.upper < 0);
      }),
      { seed: 4 },
    );
  });

  it("the t-test of equal differences has p = 1 if they are 0 and p = 0 otherwise", () => {
    const none = comparePaired([1, 2, 3], [1, 2, 3]);
    assert.deepEqual(none.tTest, { t: 0, degreesOfFreedom: 2, p: 1 });
    assert.deepEqual([none.wilcoxon.n, none.wilcoxon.w, none.wilcoxon.p], [0, 0, 1]);
    assert.deepEqual(none.effectSize, { cohenDz: 0, hedgesGz: 0, rankBiserial: 0 });
    assert.equal(none.splitsNeeded, Infinity);
    const constant = comparePaired([94.2, 92.4, 93.3], [94.3, 92.5, 93.4]);
    assert.deepEqual(constant.tTest, { t: -Infinity, degreesOfFreedom: 2, p: 0 });
    assert.equal(constant.sampleStd, 0);
    assert.deepEqual(constant.effectSize, {
      cohenDz: -Infinity,
      hedgesGz: -Infinity,
      rankBiserial: -1,
    });
    const { lower, upper } = constant.confidenceInterval;
    assert.equal(lower, upper);
    assert.equal(constant.splitsNeeded, 2);
    assert.equal(comparePaired([2, 2], [1, 1]).effectSize.hedgesGz, 0);
  });

  it("comparePaired asks for the splits that the given confidence and power need", () => {
    const [a, b] = [
      [11, 12, 13, 16],
      [10, 9, 12, 17],
    ];
    for (const [confidence, power] of [
      [0.95, 0.8],
      [0.99, 0.9],
    ]) {
      const { splitsNeeded: n, effectSize } = comparePaired(a, b, { confidence, power });
      assert.equal(n, splitsNeeded(effectSize.cohenDz, { significance: 1 - confidence, power }));
    }
    const byDefault = comparePaired(a, b);
    assert.deepEqual(byDefault, comparePaired(a, b, { confidence: 0.95, power: 0.8 }));
  });

  it("comparePaired rejects a confidence and a power that are not between 0 and 1", () => {
    const pairs = [
      [1, 2],
      [2, 5],
    ] as const;
    for (const confidence of [0, 1, 95, NaN])
      assert.throws(() => comparePaired(...pairs, { confidence }), /expected a confidence between/);
    assert.throws(() => comparePaired(...pairs, { power: 1 }), /expected a power between 0 and 1/);
  });
});

/** The same, with 0 for -0. */
function positiveZeros(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, v: unknown) => (v === 0 ? 0 : v));
}
