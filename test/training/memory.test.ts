import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { selectBackend } from "../../src/backend/selectBackend";
import { selectExamples } from "../../src/data/imageSet";
import { networkOutputs } from "../../src/training/evaluation/outputs";
import { memoryOf } from "../../src/kernels/simd";
import { mnist250 } from "../../src/training/settings/presets";
import { disposeState, initialState } from "../../src/training/trainingState";
import { trainStep } from "../../src/training/trainStep";
import { TEST_BACKEND } from "../support/backend";
import { tinyData } from "../support/tinyRun";

describe("the memory of a run", () => {
  const leaked = TEST_BACKEND === "wasm" ? "neither tensors nor scratch memory" : "no tensors";
  it(`training steps leak ${leaked}`, async () => {
    await selectBackend(TEST_BACKEND);
    const bytes = () => memoryOf(tf.backend() as BackendWasm).buffer.byteLength;
    const before = TEST_BACKEND === "wasm" ? bytes() : 0;
    const { train } = tinyData();
    const images = selectExamples(
      train,
      Array.from({ length: 250 }, (_, i) => i % 30),
    );
    const state = initialState(mnist250, images.labels);
    const settings = { learningRate: 0.01, topologicalWeight: 0.1, beta: 1, where: "the test" };
    const epoch = async (steps: number) => {
      for (const rows of state.sampler.epoch().slice(0, steps))
        trainStep(state, images, rows, settings, mnist250);
      await networkOutputs(state.network, images);
      return tf.memory();
    };
    const first = await epoch(1);
    let last = first;
    for (let i = 0; i < 3; i++) last = await epoch(30);
    disposeState(state);
    const { numTensors, numBytes, numDataBuffers } = first;
    assert.deepEqual([last.numTensors, last.numBytes], [numTensors, numBytes]);
    assert.equal(last.numDataBuffers, numDataBuffers);
    if (TEST_BACKEND !== "wasm") return;
    // A step's tensors take about 25 MB; a leak of one of the first layer's would add 2 MB a step.
    const grown = bytes() - before;
    assert.ok(grown < 100e6, `${grown} bytes`);
  });
});
