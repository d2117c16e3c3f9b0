import assert from "node:assert/strict";
import { crossEntropies } from "../../../src/metrics/collapse/crossEntropy";
import { assertClose } from "../../support/assertClose";
import { rounding } from "./examples";

describe("crossEntropies", () => {
  it("crossEntropies is log(4/3) and log(4) for softmax values 3/4 and 1/4", () => {
    const logits = [Math.log(3), 0, Math.log(3), 0];
    const expected = [Math.log(4 / 3), Math.log(4)];
    assertClose(crossEntropies(logits, [0, 1], 2), expected, rounding);
  });

  it("crossEntropies is log(C) for equal logits of any size", () => {
    for (const logit of [0, -1e4, 1e4])
      assertClose(crossEntropies([logit, logit, logit], [2], 3), [Math.log(3)], 1e-12);
  });

  it("crossEntropies resolves exp(-20) and is 1000 for a logit difference of -1000", () => {
    // 20 has a last digit of 3.6e-15.
    assertClose(crossEntropies([20, 0], [0], 2), [Math.exp(-20)], 1e-14);
    assert.deepEqual([...crossEntropies([0, 1000], [0], 2)], [1000]);
  });
});
