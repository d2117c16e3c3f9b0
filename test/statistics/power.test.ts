import assert from "node:assert/strict";
import fc from "fast-check";
import { pairedTTestPower, splitsNeeded } from "../../src/statistics/power";
import { confidenceInterval } from "../../src/statistics/tTest";

describe("the power of a paired t-test", () => {
  it("is the significance where there is no effect, and 1 for an effect without bounds", () => {
    for (const n of [2, 3, 10, 500]) {
      assert.ok(Math.abs(pairedTTestPower(0, n, 0.05) - 0.05) < 1e-6);
      assert.equal(pairedTTestPower(Infinity, n), 1);
    }
  });

  it("does not see the effect's sign, and grows with the effect and the number of pairs", () => {
    const effects = fc.double({ min: 0.01, max: 2, noNaN: true });
    fc.assert(
      fc.property(effects, fc.integer({ min: 2, max: 200 }), (effect, n) => {
        const power = pairedTTestPower(effect, n);
        assert.equal(pairedTTestPower(-effect, n), power);
        // Simpson's rule can round away a growth of 1e-9, and powers near 1 have none left.
        assert.ok(pairedTTestPower(effect * 1.1, n) >= power - 1e-9);
        assert.ok(pairedTTestPower(effect, n + 1) >= power - 1e-9);
      }),
      { seed: 7, numRuns: 30 },
    );
  });

  it("is refused for no effect size, one pair or part of one, and impossible shares", () => {
    assert.throws(() => pairedTTestPower(NaN, 5), /expected an effect size, got NaN/);
    for (const n of [1, 2.5, NaN])
      assert.throws(() => pairedTTestPower(1, n), /expected 2 pairs or more, got/);
    assert.throws(
      () => pairedTTestPower(1, 5, 0),
      /expected a significance between 0 and 1, got 0/,
    );
  });
});

describe("the splits that an effect needs", () => {
  it("are the first with enough power", () => {
    for (const effect of [0.2, 0.7, 1.6, -1.6]) {
      const n = splitsNeeded(effect, { power: 0.9 });
      assert.ok(pairedTTestPower(effect, n) >= 0.9 && pairedTTestPower(effect, n - 1) < 0.9);
    }
  });

  it("are about (1.96 + 0.84)^2 / d^2 where they are many: the normal approximation", () => {
    assert.ok(Math.abs(splitsNeeded(0.01) / ((1.959964 + 0.841621) ** 2 * 1e4) - 1) < 1e-4);
  });

  it("are infinitely many for no effect, and never fewer than two", () => {
    assert.equal(splitsNeeded(0), Infinity);
    assert.equal(splitsNeeded(1e-9), Infinity);
    assert.equal(splitsNeeded(Infinity), 2);
    assert.equal(splitsNeeded(1e6), 2);
  });

  it("are refused for no effect size and an impossible power", () => {
    assert.throws(() => splitsNeeded(NaN), /expected an effect size, got NaN/);
    assert.throws(() => splitsNeeded(1, { power: 80 }), /expected a power between 0 and 1, got 80/);
  });
});

describe("the confidence interval of a mean", () => {
  it("of 1, 2, 3 at 95% is 2 +- 4.302653 / sqrt(3), by the table of Student's t", () => {
    const { lower, upper } = confidenceInterval([1, 2, 3]);
    assert.ok(Math.abs(upper - (2 + 4.302653 / Math.sqrt(3))) < 1e-6);
    assert.ok(Math.abs(lower - (2 - 4.302653 / Math.sqrt(3))) < 1e-6);
  });

  it("moves and grows with the numbers, and is wider for more confidence", () => {
    const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(values, (numbers) => {
        const { lower, upper } = confidenceInterval(numbers, 0.9);
        const changed = confidenceInterval(
          numbers.map((value) => 5 - 3 * value),
          0.9,
        );
        assert.ok(Math.abs(changed.lower - (5 - 3 * upper)) < 1e-8);
        assert.ok(Math.abs(changed.upper - (5 - 3 * lower)) < 1e-8);
        const wider = confidenceInterval(numbers, 0.99);
        assert.ok(wider.lower < lower === upper > lower && wider.upper > upper === upper > lower);
      }),
      { seed: 8 },
    );
  });

  it("is refused for one number, a number that is not finite and an impossible confidence", () => {
    assert.throws(() => confidenceInterval([1]), /expected 2 numbers or more, got 1/);
    assert.throws(() => confidenceInterval([1, NaN]), /got NaN at number 1/);
    assert.throws(() => confidenceInterval([1, 2], 1), /expected a confidence between 0 and 1/);
  });
});
