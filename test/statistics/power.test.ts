import assert from "node:assert/strict";
import fc from "fast-check";
import { pairedTTestPower, splitsNeeded } from "../../src/statistics/power";
import { confidenceInterval } from "../../src/statistics/tTest";
import { assertClose } from "../support/assertClose";

describe("pairedTTestPower", () => {
  it("pairedTTestPower is the significance without an effect and 1 for an infinite effect", () => {
    for (const n of [2, 3, 10, 500]) {
      assertClose(pairedTTestPower(0, n, 0.05), 0.05, 1e-6);
      assert.equal(pairedTTestPower(Infinity, n), 1);
    }
  });

  it("pairedTTestPower ignores the sign and grows with the effect and the number of pairs", () => {
    const effects = fc.double({ min: 0.01, max: 2, noNaN: true });
    fc.assert(
      fc.property(effects, fc.integer({ min: 2, max: 200 }), (effect, n) => {
        const power = pairedTTestPower(effect, n);
        assert.equal(pairedTTestPower(-effect, n), power);
        // Simpson's rule can round away a growth of 1e-9, and powers near 1 cannot grow.
        assert.ok(pairedTTestPower(effect * 1.1, n) >= power - 1e-9);
        assert.ok(pairedTTestPower(effect, n + 1) >= power - 1e-9);
      }),
      { seed: 7, numRuns: 30 },
    );
  });

  it("pairedTTestPower rejects an invalid effect size, number of pairs and significance", () => {
    assert.throws(() => pairedTTestPower(NaN, 5), /expected an effect size, got NaN/);
    for (const n of [1, 2.5, NaN])
      assert.throws(() => pairedTTestPower(1, n), /expected 2 pairs or more, got/);
    assert.throws(
      () => pairedTTestPower(1, 5, 0),
      /expected a significance between 0 and 1, got 0/,
    );
  });
});

describe("splitsNeeded", () => {
  it("splitsNeeded returns the smallest number of splits with enough power", () => {
    for (const effect of [0.2, 0.7, 1.6, -1.6]) {
      const n = splitsNeeded(effect, { power: 0.9 });
      assert.ok(pairedTTestPower(effect, n) >= 0.9 && pairedTTestPower(effect, n - 1) < 0.9);
    }
  });

  it("splitsNeeded is close to (1.96 + 0.84)^2 / d^2, the normal approximation, if large", () => {
    assertClose(splitsNeeded(0.01), (1.959964 + 0.841621) ** 2 * 1e4, 1e-4);
  });

  it("splitsNeeded is infinite without an effect and never below two", () => {
    assert.equal(splitsNeeded(0), Infinity);
    assert.equal(splitsNeeded(1e-9), Infinity);
    assert.equal(splitsNeeded(Infinity), 2);
    assert.equal(splitsNeeded(1e6), 2);
  });

  it("splitsNeeded rejects an effect size that is not a number and an impossible power", () => {
    assert.throws(() => splitsNeeded(NaN), /expected an effect size, got NaN/);
    assert.throws(() => splitsNeeded(1, { power: 80 }), /expected a power between 0 and 1, got 80/);
  });
});

describe("confidenceInterval", () => {
  it("the 95% interval of 1, 2, 3 is 2 +- 4.302653 / sqrt(3), by the table of Student's t", () => {
    const { lower, upper } = confidenceInterval([1, 2, 3]);
    const half = 4.302653 / Math.sqrt(3);
    assertClose([lower, upper], [2 - half, 2 + half], 1e-6, { scale: 1 });
  });

  it("confidenceInterval shifts and scales with the numbers and widens with the confidence", () => {
    const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(values, (numbers) => {
        const { lower, upper } = confidenceInterval(numbers, 0.9);
        const changed = confidenceInterval(
          numbers.map((value) => 5 - 3 * value),
          0.9,
        );
        assertClose(changed.lower, 5 - 3 * upper, 1e-8, { scale: 1 });
        assertClose(changed.upper, 5 - 3 * lower, 1e-8, { scale: 1 });
        const wider = confidenceInterval(numbers, 0.99);
        assert.ok(wider.lower < lower === upper > lower && wider.upper > upper === upper > lower);
      }),
      { seed: 8 },
    );
  });

  it("confidenceInterval rejects one number, a non-finite number and an invalid confidence", () => {
    assert.throws(() => confidenceInterval([1]), /expected 2 numbers or more, got 1/);
    assert.throws(() => confidenceInterval([1, NaN]), /got NaN at number 1/);
    assert.throws(() => confidenceInterval([1, 2], 1), /expected a confidence between 0 and 1/);
  });
});
