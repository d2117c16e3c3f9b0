import assert from "node:assert/strict";
import { mnist250, REGULARIZERS } from "../../../src/training/settings/presets";

const sliding = { ...mnist250, ...REGULARIZERS.sliding.difference };

describe("the presets", () => {
  it("mnist-250 with sliding is the published protocol", () => {
    // REFERENCE: 310 epochs, 8 x 16, momentum 0.9, no Nesterov, cosine from 0.1, decay 0.001.
    assert.deepEqual(JSON.parse(JSON.stringify(sliding)), {
      preset: "mnist-250",
      regularizer: "sliding",
      dataset: "mnist",
      network: "SimpleCNN_MNIST",
      width: 1,
      labelCount: 250,
      split: 0,
      splitSeed: 0,
      seed: 0,
      epochs: 310,
      subBatchCount: 8,
      subBatchSize: 16,
      withReplacement: true,
      learningRate: "cosine(0.1, 0)",
      momentum: 0.9,
      nesterov: false,
      weightDecay: 0.001,
      topologicalWeight: "linear(0, 0.1)",
      beta: "squareRootDecay(1.1)",
      metric: "L2",
      shape: "absolute",
      zeroDeathTimes: "drop",
      sampling: "subBatches",
      validationCount: 0,
      normalization: "none",
      augmentation: "none",
      penalty: "none",
      penaltyWeight: 0,
      labelSmoothing: 0,
      classifier: "learned",
      measureEvery: 1,
      testEvery: 10,
      reportCount: 20,
      robustnessCount: 0,
      checkpointEvery: 10,
    });
  });

  it("hofer has a constant weight and beta, and vanilla has weight 0", () => {
    const { hofer, vanilla } = REGULARIZERS;
    assert.equal(hofer.difference.topologicalWeight!.toJSON(), "constant(0.1)");
    assert.equal(hofer.difference.beta!.toJSON(), "constant(1.1)");
    assert.equal(vanilla.difference.topologicalWeight!.toJSON(), "constant(0)");
  });
});
