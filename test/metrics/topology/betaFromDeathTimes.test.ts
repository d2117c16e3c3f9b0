import assert from "node:assert/strict";
import fc from "fast-check";
import { betaFromDeathTimes } from "../../../src/metrics/topology/betaFromDeathTimes";
import fixture from "../../fixtures/topology2.json";
import { assertClose } from "./reference";

const times = fc
  .array(fc.double({ min: 0, max: 9, noNaN: true }), { minLength: 1 })
  .filter((all) => all.some((time) => time > 0));
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe("A beta from death times", () => {
  it("at quantile 0.5 is their median, between the two in the middle", () => {
    assert.equal(betaFromDeathTimes([3, 1, 2], 0.5), 2);
    assert.equal(betaFromDeathTimes([10, 1, 2, 4], 0.5), 3);
  });

  it("does not count zeros: of 0, 0, 0, 1, 2 the least is 1 and the median 1.5", () => {
    assert.equal(betaFromDeathTimes([0, 2, 0, 1, 0], 0), 1);
    assert.equal(betaFromDeathTimes([0, 2, 0, 1, 0], 0.5), 1.5);
  });

  it("orders numbers as numbers: the largest of 9 and 10 is 10", () => {
    assert.equal(betaFromDeathTimes([10, 9], 1), 10);
  });

  it("of one time is that time", () => {
    for (const quantile of [0, 0.3, 1]) assert.equal(betaFromDeathTimes([0.7], quantile), 0.7);
  });

  it("is NumPy's quantile of those above 0", () => {
    const { times, quantiles, betas } = fixture.quantiles;
    const actual = quantiles.map((quantile) => betaFromDeathTimes(times, quantile));
    assertClose(actual, betas, 1e-11); // 12 digits
  });

  it("lies among the times, grows with the quantile, and scales", () => {
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
        assertClose([scaled], [4 * betaFromDeathTimes(all, a)], 1e-15);
      }),
      { seed: 101 },
    );
  });

  it("leaves its argument as it was", () => {
    const given = [3, 0, 1];
    betaFromDeathTimes(given, 0.5);
    assert.deepEqual(given, [3, 0, 1]);
  });

  it("is refused without times above 0, or from what are no times", () => {
    assert.throws(() => betaFromDeathTimes([], 0.5), /expected death times above 0, got none/);
    assert.throws(() => betaFromDeathTimes([0, 0], 0.5), /above 0, got none among 2/);
    assert.throws(() => betaFromDeathTimes([1, NaN], 0.5), /0 or more, got NaN at 1/);
    assert.throws(() => betaFromDeathTimes([1, -1], 0.5), /0 or more, got -1 at 1/);
    assert.throws(() => betaFromDeathTimes([1], 1.01), /expected a quantile from 0 to 1, got 1.01/);
    assert.throws(() => betaFromDeathTimes([1], NaN), /expected a quantile .* got NaN/);
  });
});
