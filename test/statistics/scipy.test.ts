import fixture from "../fixtures/statistics.json";
import assert from "node:assert/strict";
import { comparePaired } from "../../src/statistics/comparePaired";
import { pairedTTestPower, splitsNeeded } from "../../src/statistics/power";

/** Equal up to a share of `scale`, by default the expected value: chances of 1e-15 count as such. */
function assertNear(actual: number, expected: number, what: string, scale = expected): void {
  // The quantile of t is found by Newton steps to 1e-10.
  const isNear = Math.abs(actual - expected) <= 1e-9 * Math.abs(scale);
  assert.ok(isNear, `${what}: expected ${expected}, got ${actual}`);
}

describe("a comparison of pairs agrees with SciPy", () => {
  for (const [name, { a, b, ...expected }] of Object.entries(fixture.cases))
    it(`for ${name}`, () => {
      const actual = comparePaired(a, b, { confidence: fixture.confidence });
      const { sampleStd, interval, t, tP, w, wilcoxonP } = expected;
      assertNear(actual.sampleStd, sampleStd, "standard deviation");
      assertNear(actual.confidenceInterval.lower, interval[0], "lower end", sampleStd);
      assertNear(actual.confidenceInterval.upper, interval[1], "upper end", sampleStd);
      assertNear(actual.tTest.t, t, "t");
      assertNear(actual.tTest.p, tP, "p of t");
      assert.equal(actual.wilcoxon.w, w);
      assertNear(actual.wilcoxon.p, wilcoxonP, "p of w");
      assert.equal(actual.wilcoxon.isExact, actual.wilcoxon.n <= 50);
    });
});

describe("the power of the paired t-test", () => {
  it("is that of SciPy's noncentral t distribution", () => {
    for (const { effect, n, significance, power } of fixture.powers) {
      const actual = pairedTTestPower(effect, n, significance);
      // Simpson's rule: the error that the docstring states.
      assert.ok(
        Math.abs(actual - power) < 1e-8,
        `d ${effect}, n ${n}, ${significance}: expected ${power}, got ${actual}`,
      );
    }
  });

  it("asks for the number of splits that a search with SciPy finds", () => {
    for (const { effect, n, ...options } of fixture.needed)
      assert.equal(splitsNeeded(effect, options), n, `d ${effect}`);
  });
});
