import assert from "node:assert/strict";
import { summarizeDeathTimes } from "../../../src/metrics/topology/deathTimeSummary";
import { quantile } from "../../../src/statistics/quantile";

describe("summarizeDeathTimes", () => {
  it("death times 0, 1, 2, 3 have mean and median 1.5 and a zero share of 1/4", () => {
    const summary = summarizeDeathTimes([Float32Array.of(0, 3, 1, 2)], 2, 2);
    assert.deepEqual(summary, {
      mean: 1.5,
      min: 0,
      quartiles: [0.75, 1.5, 2.25],
      max: 3,
      zeroShare: 0.25,
      // (0, 3) is not within (0, 2]; (1, 2) is.
      betaConnectedShare: 0.5,
    });
  });

  it("summarizeDeathTimes joins the death times of all steps", () => {
    const summary = summarizeDeathTimes([Float32Array.of(1), Float32Array.of(3)], 1, 1);
    assert.deepEqual([summary.mean, summary.min, summary.max], [2, 1, 3]);
    assert.equal(summary.betaConnectedShare, 0.5);
  });
});

describe("quantile", () => {
  it("quantile interpolates linearly between the smallest and the largest number", () => {
    assert.equal(quantile([10, 20, 40], 0.75), 30);
    assert.equal(quantile([10, 20, 40], 0), 10);
    assert.equal(quantile([10, 20, 40], 1), 40);
    assert.equal(quantile([7], 0.3), 7);
  });
});
