import fixture from "../fixtures/statistics.json";
import assert from "node:assert/strict";
import { comparePaired } from "../../src/statistics/comparePaired";
import { pairedTTestPower, splitsNeeded } from "../../src/statistics/power";
import { assertClose } from "../support/assertClose";

/** The quantile of t is found by Newton steps to 1e-10. */
const TOLERANCE = 1e-9;

describe("comparePaired against SciPy", () => {
  for (const [name, { a, b, ...expected }] of Object.entries(fixture.cases))
    it(`comparePaired agrees with SciPy for ${name}`, () => {
      const actual = comparePaired(a, b, { confidence: fixture.confidence });
      const { sampleStd, interval, t, tP, w, wilcoxonP } = expected;
      const { lower, upper } = actual.confidenceInterval;
      assertClose([lower, upper], interval, TOLERANCE, { scale: sampleStd, what: "interval" });
      // A share of the expected value: chances of 1e-15 count as such.
      const found = [actual.sampleStd, actual.tTest.t, actual.tTest.p, actual.wilcoxon.p];
      const wanted = [sampleStd, t, tP, wilcoxonP];
      assertClose(found, wanted, TOLERANCE, { scale: wanted, what: "std, t, p of t, p of w" });
      assert.equal(actual.wilcoxon.w, w);
      assert.equal(actual.wilcoxon.isExact, actual.wilcoxon.n <= 50);
    });
});

describe("the power of the paired t-test against SciPy", () => {
  it("pairedTTestPower agrees with SciPy's noncentral t distribution", () => {
    for (const { effect, n, significance, power } of fixture.powers) {
      const actual = pairedTTestPower(effect, n, significance);
      // Simpson's rule: the error that the docstring states.
      assertClose(actual, power, 1e-8, { what: `d ${effect}, n ${n}, ${significance}` });
    }
  });

  it("splitsNeeded agrees with a search that uses SciPy", () => {
    for (const { effect, n, ...options } of fixture.needed)
      assert.equal(splitsNeeded(effect, options), n, `d ${effect}`);
  });
});
