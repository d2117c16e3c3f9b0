import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../../src/backend/selectBackend";
import { imageTensor } from "../../../src/data/batch";
import { predictedClasses } from "../../../src/metrics/collapse/nearestClassCenter";
import { networkOutputs } from "../../../src/training/evaluation/outputs";
import { selectExamples } from "../../../src/data/imageSet";
import { Random } from "../../../src/numerics/random";
import { simpleCnn13, simpleCnnMnist } from "../../../src/model/architecture";
import { Network } from "../../../src/model/network";
import { deepFool } from "../../../src/metrics/robustness/deepFool";
import { fastGradientMargins } from "../../../src/metrics/robustness/fastGradientMargins";
import { imageLogits } from "../../../src/model/imageLogits";
import { logitGradients } from "../../../src/metrics/robustness/classify";
import {
  decisionMargins,
  measureRobustness,
} from "../../../src/metrics/robustness/measureRobustness";
import { mean } from "../../../src/statistics/summary";
import { TEST_BACKEND } from "../../support/backend";
import { assertClose } from "../../support/assertClose";
import { randomTensor, assertArraysClose } from "../../kernels/backends";
import { tinyData } from "../../support/tinyRun";

describe("measureRobustness", () => {
  before(() => selectBackend(TEST_BACKEND));

  it("measureRobustness averages the margins of all batches, 0 for wrong classes", async () => {
    const network = new Network(simpleCnnMnist, new Random(1));
    // More than one batch of 100; the labels after it differ from those at its start.
    const rows = Array.from({ length: 105 }, (_, i) => (i < 100 ? i % 40 : i - 97));
    const test = selectExamples(tinyData().test, rows);
    const images = imageTensor(test, [...test.labels.keys()]);
    const before = tf.memory().numTensors;
    const options = { maxIterations: 5, pixelRange: [0, 1] as const };
    const measured = await measureRobustness(network, test, options);
    assert.equal(tf.memory().numTensors, before);
    const logits = imageLogits(network);
    const fooled = await deepFool(logits, images, { ...options, labels: test.labels });
    const moved = await fastGradientMargins(logits, images, test.labels, options);
    const found = [...fooled.norms].filter((_, n) => fooled.succeeded[n]);
    const share = (values: Float64Array) => values.filter((value) => value > 0).length / 105;
    assert.equal(measured.n, 105);
    assert.equal(measured.accuracy, share(fooled.norms));
    assert.equal(measured.accuracy, share(moved.epsilons));
    assert.ok(measured.accuracy > 0 && measured.accuracy < 1);
    assert.equal(measured.deepFool.notFooled, 105 - found.length);
    const total = found.reduce((sum, norm) => sum + norm, 0);
    assertClose(measured.deepFool.mean!, total / found.length, 1e-12);
    const relative = [...fooled.relativeNorms].filter((_, n) => fooled.succeeded[n]);
    const relativeTotal = relative.reduce((sum, norm) => sum + norm, 0);
    assertClose(measured.deepFool.meanRelativeNorm!, relativeTotal / found.length, 1e-12);
    const epsilons = [...moved.epsilons].filter(Number.isFinite);
    const epsilonTotal = epsilons.reduce((sum, epsilon) => sum + epsilon, 0);
    assertClose(measured.fastGradientSign.mean!, epsilonTotal / epsilons.length, 1e-12);
    tf.dispose(images);
    network.dispose();
  });

  it("measureRobustness gives null means if no image is fooled", async () => {
    const network = new Network(simpleCnnMnist, new Random(1));
    const weights = network.parameters.get("classifier/weights")!;
    weights.assign(tf.zerosLike(weights));
    const bias = network.parameters.get("classifier/bias")!;
    bias.assign(tf.oneHot(tf.scalar(3, "int32"), 10).toFloat() as tf.Tensor);
    const { test } = tinyData();
    const threes = [...test.labels.keys()].filter((n) => test.labels[n] === 3);
    const set = {
      ...test,
      pixels: test.pixels.slice(0, 784 * threes.length),
      labels: test.labels.filter((label) => label === 3),
    };
    const measured = await measureRobustness(network, set, { maxIterations: 1 });
    const none = { mean: null, median: null, meanRelativeNorm: null, notFooled: threes.length };
    assert.deepEqual(measured.deepFool, none);
    assert.deepEqual(measured.fastGradientSign, none);
    assert.equal(measured.accuracy, 1);
    network.dispose();
  });

  it("decisionMargins measures margins as if every decision were correct", async () => {
    const network = new Network(simpleCnnMnist, new Random(1));
    const { test } = tinyData();
    const { logits } = await networkOutputs(network, test);
    const decided = Uint8Array.from(predictedClasses(logits, 10));
    assert.notDeepEqual(decided, test.labels);
    const options = { maxIterations: 5, pixelRange: [0, 1] as const };
    const before = tf.memory().numTensors;
    const margins = await decisionMargins(network, test, options);
    assert.equal(tf.memory().numTensors, before);
    const expected = await measureRobustness(network, { ...test, labels: decided }, options);
    assert.ok(margins.meanRelativeNorm! > 0);
    assert.deepEqual(margins, expected.deepFool);
    network.dispose();
  });

  it("measureRobustness is in units of pixel / 255 also for normalized images", async () => {
    const network = new Network(simpleCnnMnist, new Random(1));
    const { test } = tinyData();
    const normalization = { mean: [0.3], populationStd: [0.25] };
    const normalized = { ...test, normalization };
    // Enough that no image is left at the last step, where rounding decides.
    const options = { maxIterations: 30 };
    const measured = await measureRobustness(network, normalized, options);
    // The same search on normalized images, where distances are 1 / 0.25 times as long.
    const images = imageTensor(normalized, [...test.labels.keys()]);
    const seen = await deepFool(imageLogits(network), images, { ...options, labels: test.labels });
    const logits = imageLogits(network);
    const moved = await fastGradientMargins(logits, images, test.labels, { largest: 4 });
    tf.dispose(images);
    const found = (values: Float64Array) => [...values].filter(Number.isFinite);
    assert.ok(measured.accuracy > 0 && measured.accuracy < 1);
    const wanted = [0.25 * mean(found(seen.norms)), 0.25 * mean(found(moved.epsilons))];
    const means = [measured.deepFool.mean!, measured.fastGradientSign.mean!];
    assertClose(means, wanted, 1e-3, { scale: wanted });
    const free = await decisionMargins(network, normalized, options);
    const all = await measureRobustness(network, test, options);
    assert.ok(free.meanRelativeNorm! > 0 && all.deepFool.mean !== measured.deepFool.mean);
    network.dispose();
  });

  it("measureRobustness and decisionMargins reject an empty set", async () => {
    const network = new Network(simpleCnnMnist, new Random(1));
    const none = { ...tinyData().test, pixels: new Uint8Array(), labels: new Uint8Array() };
    await assert.rejects(measureRobustness(network, none), /expected images, got none/);
    await assert.rejects(decisionMargins(network, none), /expected images, got none/);
    network.dispose();
  });
});

describe("logitGradients", () => {
  it(`the logit gradients of the 13-layer network agree on cpu and ${TEST_BACKEND}`, async () => {
    const on = async (backend: string) => {
      await selectBackend(backend);
      const network = new Network(simpleCnn13(1 / 32), new Random(2));
      const images = randomTensor([2, 32, 32, 3], 3);
      const flat = {
        values: (await images.data()) as Float32Array,
        count: 2,
        imageShape: [32, 32, 3] as const,
        size: 3072,
      };
      const weights = Float32Array.from({ length: 20 }, (_, i) => Math.sin(i));
      const gradients = await logitGradients(imageLogits(network), flat, weights);
      network.dispose();
      images.dispose();
      return [...gradients];
    };
    const cpu = await on("cpu");
    assert.ok(cpu.some((value) => value !== 0));
    assertArraysClose([await on(TEST_BACKEND)], [cpu], 1e-4);
  });
});
