import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { classifierLogits } from "../../../src/metrics/collapse/classifier";
import { fitLayer } from "../../../src/metrics/collapse/layers";
import { centerFeatures, ridgeProbe } from "../../../src/metrics/collapse/ridgeProbe";
import { UndefinedMeasureError } from "../../../src/metrics/collapse/undefinedMeasure";
import { assertClose } from "../../support/assertClose";

interface Case {
  readonly dim: number;
  readonly classCount: number;
  readonly ridge: number;
  readonly features: number[];
  readonly labels: number[];
  readonly outside: number[];
  readonly weights: number[];
  readonly bias: number[];
  readonly scores: number[];
  readonly effectiveRank: number;
}

const file = path.join(__dirname, "../../fixtures/layers.json");
const cases = JSON.parse(readFileSync(file, "utf8")) as Case[];

describe("ridgeProbe", () => {
  it("the points -1 and 1 of two classes, penalty 1/2 of their mean square, give the weight 0.4", () => {
    // lambda = 0.5 * 1; w = sum x (y - 1/2) / (sum x^2 + lambda) = 1 / 2.5, for the second class.
    const { weights, bias } = ridgeProbe(centerFeatures([-1, 1], 1), [0, 1], 2, 0.5);
    assertClose(weights, [-0.4, 0.4], 1e-15);
    assertClose(bias, [0.5, 0.5], 1e-15);
  });

  it("equal features have no probe", () => {
    const centered = centerFeatures([0.1, 0.3, 0.1, 0.3, 0.1, 0.3], 2);
    assert.throws(() => ridgeProbe(centered, [0, 1, 1], 2), UndefinedMeasureError);
  });

  for (const { dim, classCount, ridge, features, labels, outside, ...expected } of cases) {
    const shape = `${labels.length} x ${dim}`;
    it(`weights, bias and scores of ${shape} features are those of NumPy`, () => {
      const probe = ridgeProbe(centerFeatures(features, dim), labels, classCount, ridge);
      assertClose(probe.weights, expected.weights, 1e-11, { scale: 1, what: "weights" });
      assertClose(probe.bias, expected.bias, 1e-11, { what: "bias" });
      assertClose(classifierLogits(outside, probe), expected.scores, 1e-11, { what: "scores" });
    });

    it(`the effective rank of ${shape} features is that of NumPy`, () => {
      const { train } = fitLayer(features, labels, classCount);
      assertClose(train.effectiveRank!, expected.effectiveRank, 1e-10);
    });
  }
});
