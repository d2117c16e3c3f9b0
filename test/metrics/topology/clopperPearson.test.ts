import assert from "node:assert/strict";
import fc from "fast-check";
import { clopperPearsonInterval } from "../../../src/metrics/topology/clopperPearson";
import fixture from "../../fixtures/topology2.json";
import { assertClose } from "../../support/assertClose";

const trials = fc.integer({ min: 1, max: 60 });
const counts = trials.chain((n) => fc.record({ k: fc.nat(n), n: fc.constant(n) }));
const confidences = fc.double({ min: 0.5, max: 0.999, noNaN: true });

function binomial(n: number, p: number): number[] {
  let chances = [1];
  for (let trial = 0; trial < n; trial++)
    chances = [...chances, 0].map((c, k) => c * (1 - p) + (k > 0 ? chances[k - 1] * p : 0));
  return chances;
}

describe("clopperPearsonInterval", () => {
  it("the interval of 0 successes ends at 1 - (alpha/2)^(1/n): at 0.9 for 2 trials and 98%", () => {
    const { lower, upper } = clopperPearsonInterval(0, 2, 0.98);
    assert.equal(lower, 0);
    assertClose(upper, 0.9, 1e-14);
  });

  it("the interval of n successes starts at (alpha/2)^(1/n): at 0.025 for 1 trial and 95%", () => {
    const { lower, upper } = clopperPearsonInterval(1, 1);
    assertClose(lower, 0.025, 1e-14);
    assert.equal(upper, 1);
  });

  it("clopperPearsonInterval agrees with SciPy's beta quantiles", () => {
    for (const { successes, trials, confidence, lower, upper } of fixture.intervals) {
      const actual = clopperPearsonInterval(successes, trials, confidence);
      // 12 digits; logarithms of 100,000! round by 1e-9, which changes the ends by less.
      assertClose([actual.lower, actual.upper], [lower, upper], 1e-11);
    }
  });

  it("each end of the interval leaves a tail probability of alpha/2", () => {
    fc.assert(
      fc.property(counts, confidences, ({ k, n }, confidence) => {
        const { lower, upper } = clopperPearsonInterval(k, n, confidence);
        assert.ok(0 <= lower && lower <= k / n && k / n <= upper && upper <= 1);
        const sum = (chances: number[]) => chances.reduce((a, b) => a + b, 0);
        const tail = (1 - confidence) / 2;
        if (k > 0) assertClose(sum(binomial(n, lower).slice(k)), tail, 1e-12);
        if (k < n) assertClose(sum(binomial(n, upper).slice(0, k + 1)), tail, 1e-12);
      }),
      { seed: 61 },
    );
  });

  it("the interval covers every probability with at least its nominal confidence", () => {
    const p = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 25 }), p, confidences, (n, p, confidence) => {
        const covered = binomial(n, p).reduce((sum, chance, k) => {
          const { lower, upper } = clopperPearsonInterval(k, n, confidence);
          return lower <= p && p <= upper ? sum + chance : sum;
        }, 0);
        assert.ok(covered >= confidence - 1e-12, `${covered} of ${confidence}`);
      }),
      { seed: 62 },
    );
  });

  it("the interval is mirrored when successes and failures are swapped", () => {
    fc.assert(
      fc.property(counts, confidences, ({ k, n }, confidence) => {
        const { lower, upper } = clopperPearsonInterval(k, n, confidence);
        const mirrored = clopperPearsonInterval(n - k, n, confidence);
        assertClose([1 - mirrored.upper, 1 - mirrored.lower], [lower, upper], 1e-15);
      }),
      { seed: 63 },
    );
  });

  it("clopperPearsonInterval rejects invalid counts and confidences", () => {
    assert.throws(() => clopperPearsonInterval(0, 0), /expected 1 trial or more, got 0/);
    assert.throws(() => clopperPearsonInterval(3, 2), /expected successes from 0 to 2, got 3/);
    assert.throws(() => clopperPearsonInterval(NaN, 2), /expected successes .* got NaN/);
    assert.throws(() => clopperPearsonInterval(1, 2, 1), /expected a confidence .* got 1/);
    assert.throws(() => clopperPearsonInterval(1, 2, NaN), /expected a confidence .* got NaN/);
  });
});
