import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../src/backend/selectBackend";
import { imageTensor } from "../../src/data/batch";
import { Random } from "../../src/numerics/random";
import type { ExperimentConfig } from "../../src/training/settings/config";
import { penaltyOf } from "../../src/regularizer/penalty";
import { REGULARIZERS, type RegularizerName } from "../../src/training/settings/presets";
import { checkConfig } from "../../src/training/settings/parseConfig";
import { stepTensors } from "../../src/training/stepLoss";
import { trainStep } from "../../src/training/trainStep";
import { disposeState, initialState, stateVariables } from "../../src/training/trainingState";
import { simplexDistance } from "../../src/metrics/collapse/simplexDistance";
import { simpleCnnMnist } from "../../src/model/architecture";
import { Network } from "../../src/model/network";
import { CenterLoss } from "../../src/regularizer/centerLoss";
import { classWiseCovariance, classWiseVariance } from "../../src/regularizer/classWise";
import { decov } from "../../src/regularizer/decov";
import { jacobianPenalty, normalDirections } from "../../src/regularizer/jacobianPenalty";
import { varianceRegularization } from "../../src/regularizer/varianceRegularization";
import { imageLogits } from "../../src/model/imageLogits";
import { randomTensor } from "../kernels/backends";
import { TEST_BACKEND } from "../support/backend";
import { tinyConfig, tinyData, tinyRun } from "../support/tinyRun";
import { assertClose } from "../support/assertClose";

const settings = { learningRate: 0.1, topologicalWeight: 0, beta: 1, where: "the test" };
const rows = Array.from({ length: 30 }, (_, row) => row);

/** One step of a config: its numbers, and the values of all variables after it. */
function oneStep(config: Partial<ExperimentConfig>) {
  const { train } = tinyData();
  const own = checkConfig({ ...tinyConfig, ...REGULARIZERS.vanilla.difference, ...config });
  const state = initialState(own, train.labels);
  const step = trainStep(state, train, rows, settings, own);
  const values = new Map(
    [...stateVariables(state)].map(([name, variable]) => [name, Array.from(variable.dataSync())]),
  );
  disposeState(state);
  return { step, values };
}

describe("a penalty on the features", () => {
  const names = (Object.keys(REGULARIZERS) as RegularizerName[]).filter(
    (name) => (REGULARIZERS[name].difference.penalty ?? "none") !== "none",
  );

  it("six regularizers of the presets have a penalty", () => {
    assert.equal(names.length, 6);
  });

  for (const name of names)
    it(`the penalty of ${name} enters the loss by its weight`, async () => {
      await selectBackend(TEST_BACKEND);
      const before = tf.memory().numTensors;
      const { penalty, penaltyWeight } = REGULARIZERS[name].difference;
      const vanilla = oneStep({});
      const tiny = oneStep({ penalty, penaltyWeight: 1e-12 });
      const real = oneStep({ penalty, penaltyWeight });
      assert.ok(real.step.penalty > 0);
      assert.equal(real.step.crossEntropy, vanilla.step.crossEntropy);
      const filter = "convolution2/filter";
      const distance = (a: typeof real) =>
        Math.hypot(...a.values.get(filter)!.map((v, i) => v - vanilla.values.get(filter)![i]));
      assert.ok(distance(tiny) < 1e-5 * distance(real) + 1e-7);
      assert.ok(distance(real) > 1e-6);
      assert.equal(tf.memory().numTensors, before);
    });

  it("penaltyOf computes the function that the setting names", async () => {
    await selectBackend(TEST_BACKEND);
    const { train } = tinyData();
    const network = new Network(simpleCnnMnist, new Random(1));
    const [labels, classCount] = [Int32Array.from(train.labels), train.classCount];
    const features = randomTensor([30, network.featureCount], 2) as tf.Tensor2D;
    const images = imageTensor(train, rows);
    const directions = normalDirections(images.shape, new Random(3, "directions"));
    const expected: Partial<Record<ExperimentConfig["penalty"], tf.Scalar>> = {
      decov: decov(features),
      variance: varianceRegularization(features),
      classWiseCovariance: classWiseCovariance(features, labels, classCount),
      classWiseVariance: classWiseVariance(features, labels, classCount),
      jacobian: jacobianPenalty(imageLogits(network), images, directions),
      center: new CenterLoss(classCount, network.featureCount).loss(features, labels),
    };
    for (const [penalty, value] of Object.entries(expected)) {
      const named = penalty as ExperimentConfig["penalty"];
      const { loss } = penaltyOf(named, network, new Random(3, "directions"))!;
      const own = loss({ network, features, labels, images });
      assert.equal(own.dataSync()[0], value.dataSync()[0], penalty);
    }
    const values = Object.values(expected).map((value) => value.dataSync()[0]);
    assert.equal(new Set(values).size, 6);
    network.dispose();
  });

  it("a penalty without a weight and a weight without a penalty are rejected", () => {
    assert.throws(() => oneStep({ penalty: "decov" }), /a penalty needs a penaltyWeight above 0/);
    assert.throws(() => oneStep({ penaltyWeight: 1 }), /a penalty needs a penaltyWeight/);
  });

  it("a resumed run with center loss equals an uninterrupted run to the last bit", async () => {
    const difference = REGULARIZERS["center-loss"].difference;
    const folders = [0, 1].map(() => mkdtempSync(path.join(tmpdir(), "tdnc-centers-")));
    try {
      const whole = await tinyRun(folders[0], difference);
      const controller = new AbortController();
      const stopped = await tinyRun(folders[1], difference, {
        signal: controller.signal,
        onEpoch: ({ epoch }) => epoch === 2 && controller.abort(),
      });
      assert.equal(stopped.status, "interrupted");
      const resumed = await tinyRun(folders[1], difference);
      const numbers = ({ epochs }: typeof whole) =>
        epochs.map(({ seconds: _, ...epoch }) => JSON.stringify(epoch));
      assert.deepEqual(numbers(resumed), numbers(whole));
      assert.ok(whole.epochs[3].penalty! > 0);
    } finally {
      for (const folder of folders) rmSync(folder, { recursive: true });
    }
  });
});

describe("label smoothing", () => {
  it("labelSmoothing spreads its share of the target evenly over all classes", async () => {
    await selectBackend(TEST_BACKEND);
    const shares = [0, 0.1, 0.25].map((labelSmoothing) => oneStep({ labelSmoothing }));
    const [hard, smooth, smoother] = shares.map(({ step }) => step.crossEntropy);
    // Linear in the share: (1 - s) times the cross entropy + s times that of a uniform target.
    const uniform = hard + (smooth - hard) / 0.1;
    assertClose(smoother, 0.75 * hard + 0.25 * uniform, 1e-5, { scale: 1 });
    assertClose(uniform, uniformCrossEntropy(), 1e-4, { scale: 1 });
    assert.notDeepEqual(shares[0].values, shares[1].values);
  });

  /** Mean over a step's examples of the mean over classes of -ln p, at the start. */
  function uniformCrossEntropy(): number {
    const { train } = tinyData();
    const config = { ...tinyConfig, ...REGULARIZERS.vanilla.difference };
    const state = initialState(config, train.labels);
    const { features } = stepTensors(state, train, rows, config);
    const { network } = state;
    const value = tf.tidy(() =>
      tf.mean(tf.neg(tf.logSoftmax(network.logits(features)))).dataSync(),
    );
    disposeState(state);
    return value[0];
  }
});

describe("a classifier fixed to a simplex", () => {
  it("a simplex classifier stays a simplex while the features train", async () => {
    await selectBackend(TEST_BACKEND);
    const { values } = oneStep({ classifier: "simplex" });
    const transposed = values.get("classifier/weights")!;
    const weights = Float64Array.from(
      { length: 1280 },
      (_, i) => transposed[(i % 128) * 10 + Math.floor(i / 128)],
    );
    assert.ok(simplexDistance(weights, 128) < 1e-6);
    assert.deepEqual(values.get("classifier/bias"), Array(10).fill(0));
    assert.equal(values.has("velocity/classifier/weights"), false);
    assert.ok(values.get("velocity/convolution1/filter")!.some((value) => value !== 0));
  });
});
