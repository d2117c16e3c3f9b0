import assert from "node:assert/strict";
import { meanCrossEntropy } from "../../../src/metrics/collapse/crossEntropy";
import { assertClose, rounding } from "./examples";

describe("meanCrossEntropy", () => {
  it("is the mean of log(4/3) and log(4) for softmax 3/4 and 1/4 of both classes", () => {
    const logits = [Math.log(3), 0, Math.log(3), 0];
    const expected = (Math.log(4 / 3) + Math.log(4)) / 2;
    assertClose(meanCrossEntropy(logits, [0, 1], 2), expected, rounding);
  });

  it("is log(C) for equal logits, however large they are", () => {
    for (const logit of [0, -1e4, 1e4])
      assertClose(meanCrossEntropy([logit, logit, logit], [2], 3), Math.log(3), 1e-12);
  });

  it("keeps what is left of a network that is sure, exp(-20), and is 1000 where it is wrong", () => {
    // 20 has a last digit of 3.6e-15.
    assertClose(meanCrossEntropy([20, 0], [0], 2), Math.exp(-20), 1e-14);
    assert.equal(meanCrossEntropy([0, 1000], [0], 2), 1000);
  });
});
