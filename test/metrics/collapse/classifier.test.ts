import assert from "node:assert/strict";
import { checkClassifier, classifierLogits } from "../../../src/metrics/collapse/classifier";

describe("checkClassifier", () => {
  const shape = { dim: 1, classCount: 2 };
  const refused = (weights: number[], bias: number[], message: RegExp) =>
    assert.throws(() => checkClassifier({ weights, bias }, shape), { name: "RangeError", message });

  it("checkClassifier accepts a classifier with a row and a bias for each class", () => {
    checkClassifier({ weights: [1, -3], bias: [0, 0] }, shape);
  });

  it("checkClassifier rejects a classifier with the wrong shape", () => {
    refused([1, 2, 3], [0, 0], /expected 2 x 1 weights and 2 biases, got 3 and 2/);
    refused([1, 2], [0], /expected 2 x 1 weights and 2 biases, got 2 and 1/);
  });

  it("checkClassifier rejects a value that is not finite and reports its position", () => {
    refused([1, NaN], [0, 0], /expected finite vectors, got NaN at value 1/);
    refused([1, 2], [Infinity, 0], /expected finite biases, got Infinity at value 0/);
  });
});

describe("classifierLogits", () => {
  it("classifierLogits computes W h + b: (1, 2; 3, 4)(5, 6) + (10, 20) = (27, 59)", () => {
    const logits = classifierLogits([5, 6], { weights: [1, 2, 3, 4], bias: [10, 20] });
    assert.deepEqual([...logits], [27, 59]);
  });

  it("classifierLogits rejects mismatched lengths", () => {
    const refused = /RangeError: expected features and 2 rows of weights of one dimension/;
    assert.throws(
      () => classifierLogits([1, 2, 3], { weights: [1, 2, 3, 4], bias: [0, 0] }),
      refused,
    );
    assert.throws(() => classifierLogits([1, 2], { weights: [1, 2, 3], bias: [0, 0] }), refused);
  });
});
