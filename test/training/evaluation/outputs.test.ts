import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../../src/backend/selectBackend";
import { classStatistics, centeredClassMeans } from "../../../src/metrics/collapse/classStatistics";
import { geometryOf } from "../../../src/metrics/collapse/geometry";
import { selfDuality } from "../../../src/metrics/collapse/selfDuality";
import { Random } from "../../../src/numerics/random";
import {
  classifierOf,
  evaluateSet,
  networkOutputs,
  setMeasures,
  trainMeasures,
} from "../../../src/training/evaluation/outputs";
import { simpleCnnMnist } from "../../../src/model/architecture";
import { Network } from "../../../src/model/network";
import { TEST_BACKEND } from "../../support/backend";
import { tinyData, tinyRun } from "../../support/tinyRun";
import { assertClose } from "../../support/assertClose";

describe("setMeasures", () => {
  // Features on a line, class means 0 and 4; the third example is nearer to the other class.
  const trainStatistics = classStatistics([0, 0, 4, 4], [0, 0, 1, 1], 1, 2);
  // Not the one that the logits are of: the network's own count.
  const classifier = { weights: [1, -1], bias: [0, 0] };
  const ln3 = Math.log(3);
  const measuresOf = (labels: number[]) =>
    setMeasures(geometryOf({ examples: [{ ...outputs, labels }], classifier, trainStatistics }));
  const outputs = {
    features: Float32Array.of(1, 3, 1, 0),
    // Softmax 3/4 to 1/4, for class 0, 1, 1, 0; the third by the classifier alone.
    logits: Float32Array.of(ln3, 0, 0, ln3, 0, ln3, ln3, 0),
  };

  it("accuracies are shares of examples, and cross entropy is the mean of -log softmax", () => {
    const measures = measuresOf([0, 1, 1, 0]);
    assert.deepEqual(Object.keys(measures), [
      "accuracy",
      "crossEntropy",
      "nearestClassCenterMismatch",
      "nearestClassCenterAccuracy",
    ]);
    assert.equal(measures.accuracy, 1);
    assert.equal(measures.nearestClassCenterMismatch, 0.25);
    assert.equal(measures.nearestClassCenterAccuracy, 0.75);
    assertClose(measures.crossEntropy, Math.log(4 / 3), 1e-7);
  });

  it("an example of the other label counts as an error that costs log 4 nats", () => {
    const measures = measuresOf([0, 1, 1, 1]);
    assert.equal(measures.accuracy, 0.75);
    const expected = (3 * Math.log(4 / 3) + Math.log(4)) / 4;
    assertClose(measures.crossEntropy, expected, 1e-7);
  });
});

describe("the measures of a network", () => {
  it("self-duality compares the rows of W, one per class, with the class means of the features", async () => {
    await selectBackend(TEST_BACKEND);
    const network = new Network(simpleCnnMnist, new Random(3));
    const { train } = tinyData();
    const classifier = await classifierOf(network);
    const { outputs, geometry } = await evaluateSet(network, train, { classifier });
    const measures = trainMeasures(geometry);
    const statistics = classStatistics(outputs.features, train.labels, 128, 10);
    const weights = network.parameters.get("classifier/weights") as tf.Variable<tf.Rank.R2>;
    const rows = weights
      .arraySync()
      .reduce<number[][]>((all, row) => row.map((value, k) => [...(all[k] ?? []), value]), []);
    const means = centeredClassMeans(statistics);
    assert.equal(measures.selfDuality, selfDuality(rows.flat(), means, 128));
    network.dispose();
  });

  it("outputs do not depend on the batches in which the images are evaluated", async () => {
    await selectBackend(TEST_BACKEND);
    const network = new Network(simpleCnnMnist, new Random(3));
    const { test } = tinyData();
    const rows = Array.from({ length: 600 }, (_, i) => i % 40);
    const many = {
      ...test,
      pixels: Uint8Array.from(
        rows.flatMap((row) => [...test.pixels.subarray(row * 784, row * 784 + 784)]),
      ),
      labels: Uint8Array.from(rows, (row) => test.labels[row]),
    };
    // 600 images come in two batches, 40 in one.
    const [large, small] = [
      await networkOutputs(network, many),
      await networkOutputs(network, test),
    ];
    assert.deepEqual(large.logits.subarray(0, 400), small.logits);
    assert.deepEqual(large.logits.subarray(5600, 6000), small.logits);
    network.dispose();
  });

  it("an evaluation leaves no tensor in memory, also one that fails", async () => {
    await selectBackend(TEST_BACKEND);
    const network = new Network(simpleCnnMnist, new Random(3));
    const { test } = tinyData();
    const { numTensors } = tf.memory();
    await networkOutputs(network, test);
    assert.equal(tf.memory().numTensors, numTensors);
    const cut = { ...test, pixels: test.pixels.subarray(1) };
    await assert.rejects(networkOutputs(network, cut), /pixels for 40 images/);
    assert.equal(tf.memory().numTensors, numTensors);
    network.dispose();
  });
});

describe("the terminal phase", () => {
  it("the terminal phase starts with the first epoch that ends without a training error", async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "tdnc-terminal-"));
    const record = await tinyRun(path.join(folder, "run"), { epochs: 14, testEvery: 14 });
    rmSync(folder, { recursive: true });
    const first = record.epochs.find(({ train }) => train!.accuracy === 1);
    assert.ok(first !== undefined && first.epoch > 1);
    assert.equal(record.terminalPhaseEpoch, first.epoch);
  });
});
