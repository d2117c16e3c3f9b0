import assert from "node:assert/strict";
import fc from "fast-check";
import { betaFromDeathTimes } from "../../../src/metrics/topology/betaFromDeathTimes";
import fixture from "../../fixtures/topology2.json";
import { assertClose } from "../../support/assertClose";

const times = fc
  .array(fc.double({ min: 0, max: 9, noNaN: true }), { minLength: 1 })
  .filter((all) => all.some((time) => time > 0));
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe("betaFromDeathTimes", () => {
  it("betaFromDeathTimes at quantile 0.5 is the median", () => {
    assert.equal(betaFromDeathTimes([3, 1, 2], 0.5), 2);
    assert.equal(betaFromDeathTimes([10, 1, 2, 4], 0.5), 3);
  });

  it("betaFromDeathTimes ignores zeros: 0, 0, 0, 1, 2 has minimum 1 and median 1.5", () => {
    assert.equal(betaFromDeathTimes([0, 2, 0, 1, 0], 0), 1);
    assert.equal(betaFromDeathTimes([0, 2, 0, 1, 0], 0.5), 1.5);
  });

  it("betaFromDeathTimes orders times numerically: the largest of 9 and 10 is 10", () => {
    assert.equal(betaFromDeathTimes([10, 9], 1), 10);
  });

  it("betaFromDeathTimes of a single time is that time at every quantile", () => {
    for (const quantile of [0, 0.3, 1]) assert.equal(betaFromDeathTimes([0.7], quantile), 0.7);
  });

  it("betaFromDeathTimes agrees with NumPy's quantile of the times above 0", () => {
    const { times, quantiles, betas } = fixture.quantiles;
    const actual = quantiles.map((quantile) => betaFromDeathTimes(times, quantile));
    assertClose(actual, betas, 1e-11); // 12 digits
  });

  it("betaFromDeathTimes is within the times, grows with the quantile and scales", () => {
    fc.assert(
      fc.property(times, share, share, (all, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map((q) => betaFromDeathTimes(all, q));
        const least = betaFromDeathTimes(all, 0);
        assert.equal(least, Math.min(...all.filter((time) => time > 0)));
        assert.equal(betaFromDeathTimes(all, 1), Math.max(...all));
        // Interpolation rounds.
        assert.ok(least <= low && low <= high * (1 + 1e-15) && high <= Math.max(...all) + 1e-15);
        const scaled = betaFromDeathTimes(
          all.map((time) => 4 * time),
          a,
        );
        assertClose(scaled, 4 * betaFromDeathTimes(all, a), 1e-15);
      }),
      { seed: 101 },
    );
  });

  it("betaFromDeathTimes does not change its argument", () => {
    const given = [3, 0, 1];
    betaFromDeathTimes(given, 0.5);
    assert.deepEqual(given, [3, 0, 1]);
  });

  it("betaFromDeathTimes rejects invalid times, no times above 0 and an invalid quantile", () => {
    assert.throws(() => betaFromDeathTimes([], 0.5), /expected death times above 0, got none/);
    assert.throws(() => betaFromDeathTimes([0, 0], 0.5), /above 0, got none among 2/);
    assert.throws(() => betaFromDeathTimes([1, NaN], 0.5), /0 or more, got NaN at 1/);
    assert.throws(() => betaFromDeathTimes([1, -1], 0.5), /0 or more, got -1 at 1/);
    assert.throws(() => betaFromDeathTimes([1], 1.01), /expected a quantile from 0 to 1, got 1.01/);
    assert.throws(() => betaFromDeathTimes([1], NaN), /expected a quantile .* got NaN/);
  });
});
