import assert from "node:assert/strict";
import { selectBackend } from "../../src/backend/selectBackend";
import type { ImageSet } from "../../src/data/imageSet";
import { selectExamples } from "../../src/data/imageSet";
import { disposeState, initialState } from "../../src/experiment/trainingState";
import { trainStep } from "../../src/experiment/trainStep";
import { tinyConfig, tinyData } from "./tinyRun";

describe("a training step", () => {
  it("sees each of its examples, of more than 256 too", async () => {
    await selectBackend("wasm");
    const { train } = tinyData();
    const many = selectExamples(
      train,
      Array.from({ length: 300 }, (_, i) => i % 30),
    );
    const other = { ...many, pixels: many.pixels.slice() };
    other.pixels.fill(255, 299 * 784);
    const settings = { learningRate: 0.1, topologicalWeight: 0, beta: 1, where: "the test" };
    const crossEntropy = (examples: ImageSet) => {
      const state = initialState(tinyConfig, train.labels);
      const step = trainStep(state, examples, settings, tinyConfig);
      disposeState(state);
      return step.crossEntropy;
    };
    assert.equal(crossEntropy(many), crossEntropy(many));
    assert.notEqual(crossEntropy(many), crossEntropy(other));
  });
});
