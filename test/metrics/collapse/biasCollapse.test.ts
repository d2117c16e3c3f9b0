import assert from "node:assert/strict";
import { biasCollapse } from "../../../src/metrics/collapse/biasCollapse";
import { classStatistics } from "../../../src/metrics/collapse/classStatistics";
import { assertClose } from "../../support/assertClose";
import { rounding } from "./examples";

describe("biasCollapse", () => {
  // Means (0, 0) and (4, 8): mu_G is (2, 4), that of the four examples (1, 2).
  const statistics = classStatistics([0, 0, 0, 0, 0, 0, 4, 8], [0, 0, 0, 1], 2, 2);
  const weights = [1, 0, 0, 2];

  it("biasCollapse is the norm of the logits at the chosen mean", () => {
    const classifier = { weights, bias: [2, -4] };
    assertClose(biasCollapse(statistics, classifier), Math.hypot(4, 4), rounding);
    assertClose(biasCollapse(statistics, classifier, "globalMean"), 3, rounding);
  });

  it("biasCollapse is 0 for b = -W mu_G and |b| for a zero classifier", () => {
    assert.equal(biasCollapse(statistics, { weights, bias: [-2, -8] }), 0);
    assert.equal(biasCollapse(statistics, { weights: [0, 0, 0, 0], bias: [3, 4] }), 5);
  });

  it("biasCollapse rejects a classifier with the wrong shape or a NaN", () => {
    const refused = (w: number[], bias: number[], message: RegExp) =>
      assert.throws(() => biasCollapse(statistics, { weights: w, bias }), message);
    refused([1, 2], [0, 0], /RangeError: expected 2 x 2 weights and 2 biases, got 2 and 2/);
    refused(weights, [0, NaN], /RangeError: expected finite biases, got NaN at value 1/);
  });
});
