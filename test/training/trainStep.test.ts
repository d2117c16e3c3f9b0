import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../src/backend/selectBackend";
import { allRows, selectExamples, type ImageSet } from "../../src/data/imageSet";
import { disposeState, initialState, stateVariables } from "../../src/training/trainingState";
import { summarizeDeathTimes } from "../../src/metrics/topology/deathTimeSummary";
import { linear } from "../../src/training/settings/schedules";
import { stepLoss } from "../../src/training/stepLoss";
import { train } from "../../src/training/train";
import { trainStep, trainStepAsync } from "../../src/training/trainStep";
import { mean } from "../../src/statistics/summary";
import { randomTensor, assertArraysClose } from "../kernels/backends";
import { TEST_BACKEND } from "../support/backend";
import { tinyConfig, tinyData } from "../support/tinyRun";
import { assertClose } from "../support/assertClose";

describe("a training step", () => {
  const settings = { learningRate: 0.1, topologicalWeight: 0.5, beta: 1, where: "the test" };

  it("a step sees each of its examples, also beyond 256", async () => {
    await selectBackend(TEST_BACKEND);
    const { train } = tinyData();
    const many = selectExamples(
      train,
      Array.from({ length: 300 }, (_, i) => i % 30),
    );
    const other = { ...many, pixels: many.pixels.slice() };
    other.pixels.fill(255, 299 * 784);
    const crossEntropy = (examples: ImageSet) => {
      const state = initialState(tinyConfig, train.labels);
      const step = trainStep(state, examples, allRows(examples), settings, tinyConfig);
      disposeState(state);
      return step.crossEntropy;
    };
    assert.equal(crossEntropy(many), crossEntropy(many));
    assert.notEqual(crossEntropy(many), crossEntropy(other));
  });

  it("repeated rows give the same step as copies of the images", async () => {
    await selectBackend(TEST_BACKEND);
    const { train } = tinyData();
    const rows = [0, 10, 0, 20, 1, 11, 11, 21, 3, 13, 3, 23, 5, 5, 5, 15];
    const config = { ...tinyConfig, subBatchCount: 4, subBatchSize: 4 };
    const copies = selectExamples(train, rows);
    const [once, each] = [
      [train, rows],
      [copies, allRows(copies)],
    ].map(([images, of]) => {
      const state = initialState(config, train.labels);
      const step = trainStep(state, images as ImageSet, of as number[], settings, config);
      const values = [...stateVariables(state).values()].map((v) => Array.from(v.dataSync()));
      disposeState(state);
      return { step, values };
    });
    assert.equal(once.step.correct, each.step.correct);
    const { crossEntropy, connectivityLoss, deathTimes } = once.step;
    const losses = [crossEntropy, connectivityLoss, ...deathTimes];
    const expected = [each.step.crossEntropy, each.step.connectivityLoss, ...each.step.deathTimes];
    assertArraysClose([losses], [expected], 1e-5);
    assertArraysClose(once.values, each.values, 1e-5);
  });

  it("trainStepAsync equals trainStep to the last bit", async () => {
    await selectBackend(TEST_BACKEND);
    const { train } = tinyData();
    const rows = [0, 10, 20, 1, 11, 1, 2, 12, 22, 3, 13, 23, 3, 3, 5, 15];
    const config = { ...tinyConfig, subBatchCount: 4, subBatchSize: 4 };
    const results = [];
    for (const step of [trainStep, trainStepAsync]) {
      const state = initialState(config, train.labels);
      const before = tf.memory().numTensors;
      const steps = [];
      for (let i = 0; i < 3; i++) steps.push(await step(state, train, rows, settings, config));
      assert.equal(tf.memory().numTensors, before);
      const values = [...stateVariables(state).values()].map((v) => Array.from(v.dataSync()));
      disposeState(state);
      results.push({ steps, values });
    }
    assert.deepEqual(results[1], results[0]);
    assert.ok(results[0].steps[0].connectivityLoss > 0);
  });

  it("trainStepAsync with a loss that is not finite leaks no tensor and keeps the weights", async () => {
    await selectBackend(TEST_BACKEND);
    const { train } = tinyData();
    const state = initialState(tinyConfig, train.labels);
    const bias = state.network.parameters.get("classifier/bias")!;
    tf.tidy(() => bias.assign(tf.fill(bias.shape, NaN)));
    const weights = state.network.parameters.get("classifier/weights")!;
    const before = Array.from(weights.dataSync());
    const count = tf.memory().numTensors;
    await assert.rejects(
      trainStepAsync(state, train, [0, 10, 1, 11], settings, { ...tinyConfig, subBatchCount: 2 }),
      /^TrainingDiverged: the cross entropy became NaN in the test/,
    );
    assert.equal(tf.memory().numTensors, count);
    assert.deepEqual(Array.from(weights.dataSync()), before);
    disposeState(state);
  });

  it("trainStep rejects rows outside the training set", async () => {
    await selectBackend(TEST_BACKEND);
    const { train } = tinyData();
    const state = initialState(tinyConfig, train.labels);
    const rows = [train.labels.length, 0, 1, 2];
    assert.throws(
      () => trainStep(state, train, rows, settings, tinyConfig),
      /expected rows from 0/,
    );
    disposeState(state);
  });

  it("stepLoss adds each term by its weight and leaves out terms of weight 0", async () => {
    await selectBackend(TEST_BACKEND);
    const features = randomTensor([16, 5], 4) as tf.Tensor2D;
    const tensors = {
      features,
      crossEntropy: tf.scalar(2),
      correct: tf.scalar(3),
      penalty: tf.scalar(7),
    };
    const values = { crossEntropy: 2, correct: 3, penalty: 7 };
    const config = { ...tinyConfig, subBatchCount: 4, subBatchSize: 4, penaltyWeight: 0.25 };
    const total = (topologicalWeight: number, penaltyWeight: number) => {
      const own = { ...config, penaltyWeight };
      const { loss, step } = stepLoss(tensors, values, { ...settings, topologicalWeight }, own);
      return { loss: loss.dataSync()[0], connectivity: step.connectivityLoss };
    };
    const { loss, connectivity } = total(0.5, 0.25);
    assert.ok(connectivity > 0);
    assertClose(loss, 2 + 0.5 * connectivity + 0.25 * 7, 1e-5, { scale: 1 });
    assert.equal(total(0, 0).loss, 2);
  });
});

describe("the numbers of an epoch", () => {
  it("an epoch has the means of its steps, the weighted loss, and all death times", async () => {
    await selectBackend(TEST_BACKEND);
    const data = tinyData();
    const penalty = { penalty: "decov" as const, penaltyWeight: 0.5 };
    const topology = { topologicalWeight: linear(0, 1), beta: linear(4, 0) };
    const config = { ...tinyConfig, ...topology, ...penalty, epochs: 2 };
    const state = initialState(config, data.train.labels);
    const epochs = [];
    for await (const epoch of train(state, data, config)) epochs.push(epoch);
    disposeState(state);
    const again = initialState(config, data.train.labels);
    for (const [i, epoch] of epochs.entries()) {
      const [weight, beta] = [(i + 1) / 2, 4 - 2 * (i + 1)];
      const { learningRate } = epoch;
      const settings = { learningRate, topologicalWeight: weight, beta, where: "the test" };
      const steps = [...again.sampler.epoch()].map((rows) =>
        trainStep(again, data.train, rows, settings, config),
      );
      assert.equal(steps.length, 3);
      const meanOf = (of: (step: (typeof steps)[0]) => number) => mean(steps.map(of));
      const crossEntropy = meanOf((step) => step.crossEntropy);
      const connectivityLoss = meanOf((step) => step.connectivityLoss);
      const decov = meanOf((step) => step.penalty);
      assert.equal(epoch.crossEntropy, crossEntropy);
      assert.equal(epoch.connectivityLoss, connectivityLoss);
      assert.equal(epoch.penalty, decov);
      const loss = crossEntropy + weight * connectivityLoss + 0.5 * decov;
      assertClose(epoch.loss, loss, 1e-12, { scale: loss });
      assert.equal(epoch.stepAccuracy, meanOf((step) => step.correct) / 30);
      const times = steps.map((step) => step.deathTimes);
      assert.deepEqual(epoch.deathTimes, summarizeDeathTimes(times, 10, beta));
    }
    disposeState(again);
  });
});
