import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { selectBackend } from "../../src/backend/selectBackend";
import { augmentedExamples } from "../../src/data/augmentation";
import { allRows, type ImageSet } from "../../src/data/imageSet";
import { Random } from "../../src/numerics/random";
import { settingsJson, type ExperimentConfig } from "../../src/training/settings/config";
import {
  cifar10With1000,
  cifar10With500,
  mnist250,
  mnist250AsCoded,
  mnist250AsHofer,
  PRESETS,
  REGULARIZERS,
  regularizersFor,
  svhn250,
  svhn250AsCoded,
  svhn250AsHofer,
  svhn250Quarter,
} from "../../src/training/settings/presets";
import { loadRunData } from "../../src/runs/runData";
import { checkConfig, parseConfig } from "../../src/training/settings/parseConfig";
import { disposeState, initialState } from "../../src/training/trainingState";
import { trainStep } from "../../src/training/trainStep";
import { assertArraysClose } from "../kernels/backends";
import { tinyConfig, tinyData, tinyRun } from "../support/tinyRun";
import { imageArray, labelArray, svhnFile } from "../files/matFiles";
import { assertClose } from "../support/assertClose";

const differences = (config: ExperimentConfig, from: ExperimentConfig) => {
  const [own, other] = [settingsJson(config), settingsJson(from)];
  const isOther = ([name, value]: [string, unknown]) => name !== "preset" && value !== other[name];
  return Object.fromEntries(Object.entries(own).filter(isOther));
};

describe("the presets of all data sets", () => {
  it("the SVHN preset differs from MNIST's in network, schedules, normalization and crops", () => {
    assert.deepEqual(differences(svhn250, mnist250), {
      dataset: "svhn",
      network: "SimpleCNN13",
      learningRate: "cosine(0.03, 0)",
      beta: "constant(1)",
      normalization: "subset",
      augmentation: "crop",
    });
  });

  it("the SVHN presets as coded, by Hofer et al. and at quarter width differ as documented", () => {
    const coded = { weightDecay: 0.01, normalization: "none", augmentation: "none" };
    const epsilon = { ...coded, zeroDeathTimes: "epsilon" };
    assert.deepEqual(differences(svhn250AsCoded, svhn250), epsilon);
    const hofer = { nesterov: true, augmentation: "cropFlip" };
    assert.deepEqual(differences(svhn250AsHofer, svhn250), hofer);
    assert.deepEqual(differences(svhn250Quarter, svhn250), { width: 0.25, epochs: 60 });
  });

  it("the CIFAR-10 presets are those of Hofer et al. with learning rate 0.5 and beta 0.7", () => {
    const own = { dataset: "cifar10", labelCount: 1000 };
    const schedules = { learningRate: "cosine(0.5, 0)", beta: "constant(0.7)" };
    assert.deepEqual(differences(cifar10With1000, svhn250AsHofer), { ...own, ...schedules });
    assert.deepEqual(differences(cifar10With500, cifar10With1000), { labelCount: 500 });
  });

  it("the MNIST presets as coded and as in Hofer et al. differ as documented", () => {
    assert.deepEqual(differences(mnist250AsCoded, mnist250), { metric: "L1", weightDecay: 0.01 });
    const hofer = { nesterov: true, normalization: "subset" };
    assert.deepEqual(differences(mnist250AsHofer, mnist250), hofer);
  });

  it("every preset has its own name and is valid with each of its regularizers", () => {
    for (const [name, { config }] of Object.entries(PRESETS)) {
      assert.equal(config.preset, name);
      for (const { difference } of Object.values(regularizersFor(config)))
        assert.doesNotThrow(() => checkConfig({ ...config, ...difference }));
    }
  });
});

describe("the regularizers of a preset", () => {
  it("the regularizers of a preset start from its beta", () => {
    const { hofer, sliding } = regularizersFor(svhn250);
    assert.equal(hofer.difference.beta!.toJSON(), "constant(1)");
    assert.equal(sliding.difference.beta!.toJSON(), "squareRootDecay(1)");
    assert.equal(sliding.about, "the weight slides up from 0 to 0.1, beta down from 1 to 0");
    const other = regularizersFor(cifar10With500);
    assert.equal(other["weight-only"].difference.beta!.toJSON(), "constant(0.7)");
    assert.equal(other["collapse-at-once"].difference.beta!.toJSON(), "constant(0)");
  });

  it("each regularizer changes only the settings of vanilla that its name refers to", () => {
    const w = "constant(0.1)";
    const sliding = { topologicalWeight: "linear(0, 0.1)", beta: "squareRootDecay(1.1)" };
    const expected: Record<string, object> = {
      hofer: { topologicalWeight: w },
      sliding,
      "hofer-l1": { topologicalWeight: w, metric: "L1" },
      "sliding-l1": { ...sliding, metric: "L1" },
      "weight-only": { topologicalWeight: "linear(0, 0.1)" },
      "beta-only": { ...sliding, topologicalWeight: w },
      "collapse-at-once": { topologicalWeight: w, beta: "constant(0)" },
      hinge: { ...sliding, shape: "hinge" },
      squared: { ...sliding, shape: "squared" },
      vanilla: {},
      "vanilla-plain": { sampling: "plain" },
      decov: { penalty: "decov", penaltyWeight: 0.001 },
      "variance-regularization": { penalty: "variance", penaltyWeight: 0.001 },
      "class-wise-covariance": { penalty: "classWiseCovariance", penaltyWeight: 0.001 },
      "class-wise-variance": { penalty: "classWiseVariance", penaltyWeight: 0.001 },
      jacobian: { penalty: "jacobian", penaltyWeight: 0.01 },
      "center-loss": { penalty: "center", penaltyWeight: 0.01 },
      "label-smoothing": { labelSmoothing: 0.1 },
      "simplex-classifier": { classifier: "simplex" },
    };
    const own = Object.entries(REGULARIZERS).map(([name, { difference }]) => {
      const { regularizer: _, ...rest } = differences({ ...mnist250, ...difference }, mnist250);
      return [name, rest];
    });
    assert.deepEqual(Object.fromEntries(own), expected);
  });

  it("the regularizers have the same names and order for MNIST and SVHN", () => {
    assert.equal(JSON.stringify(regularizersFor(mnist250)), JSON.stringify(REGULARIZERS));
    const names = Object.keys(REGULARIZERS);
    assert.deepEqual(names.slice(0, 3), ["vanilla", "hofer", "sliding"]);
    assert.deepEqual(Object.keys(regularizersFor(svhn250)), names);
    for (const [name, { difference }] of Object.entries(REGULARIZERS))
      assert.equal(difference.regularizer, name);
  });
});

describe("the settings of a network", () => {
  const refused = (config: Partial<ExperimentConfig>, message: RegExp) =>
    assert.throws(() => checkConfig({ ...svhn250, ...config }), message);

  it("checkConfig rejects a network that does not fit the data set", () => {
    refused({ dataset: "mnist" }, /dataset mnist needs network SimpleCNN_MNIST, got SimpleC/);
    refused({ network: "SimpleCNN_MNIST" }, /dataset svhn needs network SimpleCNN13, got/);
    refused({ dataset: "cifar10", network: "SimpleCNN_MNIST" }, /dataset cifar10 needs/);
  });

  it("checkConfig accepts a width only for SimpleCNN13 and with whole channels", () => {
    assert.doesNotThrow(() => checkConfig({ ...svhn250, width: 0.25 }));
    refused({ width: 0.3 }, /expected a width that gives whole numbers of channels, got 0\.3/);
    assert.throws(
      () => checkConfig({ ...mnist250, width: 0.25 }),
      /width is a setting of SimpleCNN13; expected 1 for SimpleCNN_MNIST, got 0\.25/,
    );
  });

  it("a record without width and augmentation has width 1 and no augmentation", () => {
    const { width: _, augmentation: __, ...earlier } = settingsJson(mnist250);
    const { width, augmentation } = parseConfig(earlier);
    assert.deepEqual([width, augmentation], [1, "none"]);
  });

  it("SimpleCNN13 of width 0.25 has a quarter of the channels", async () => {
    await selectBackend("wasm");
    const labels = [0, 0, 1, 1, 2, 2, 3, 3];
    const shapeOf = (width: number) => {
      const state = initialState({ ...svhn250, width }, labels);
      const shape = state.network.parameters.get("convolution2/filter")!.shape;
      const { featureCount } = state.network;
      disposeState(state);
      return [...shape, featureCount];
    };
    assert.deepEqual(shapeOf(0.25), [3, 3, 32, 32, 32]);
    assert.deepEqual(shapeOf(1), [3, 3, 128, 128, 128]);
  });
});

describe("the data of a run on SVHN", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "tdnc-svhn-data-"));
    const write = (part: string, count: number) => {
      const labels = Array.from({ length: count }, (_, i) => (i % 10) + 1);
      const images = imageArray(count, (image, channel) => 4 * image + channel);
      writeFileSync(path.join(folder, `${part}_32x32.mat`), svhnFile(images, labelArray(labels)));
    };
    write("train", 60);
    write("test", 20);
  });
  after(() => rmSync(folder, { recursive: true }));

  const config = { ...svhn250, labelCount: 30 };

  it("a run on SVHN has stratified, normalized training rows and all test images", async () => {
    const { train, test, split } = await loadRunData(config, { dataFolder: folder });
    assert.deepEqual([train.labels.length, test.labels.length], [30, 20]);
    for (let label = 0; label < 10; label++)
      assert.equal(train.labels.filter((own) => own === label).length, 3);
    assert.equal(split.source, "seeded");
    const [red, green] = train.normalization!.mean;
    assertClose(green - red, 1 / 255, 1e-12);
    const other = await loadRunData({ ...config, split: 1 }, { dataFolder: folder });
    assert.notEqual(other.split.rowsHash, split.rowsHash);
  });

  it("a run on SVHN accepts a splits file only of SVHN", async () => {
    const splitsFile = path.join(folder, "splits.json");
    const rows = Array.from({ length: 30 }, (_, i) => 59 - i);
    const write = (dataset: string) =>
      writeFileSync(splitsFile, JSON.stringify({ dataset, labelled: 30, splits: [rows] }));
    write("svhn");
    const { train } = await loadRunData(config, { dataFolder: folder, splitsFile });
    assert.deepEqual([...train.pixels.subarray(0, 3)], [236, 237, 238]);
    write("mnist");
    await assert.rejects(
      loadRunData(config, { dataFolder: folder, splitsFile }),
      /splits\.json: expected splits of "svhn", got "mnist"/,
    );
  });
});

describe("augmentation in training", () => {
  const settings = { learningRate: 0.1, topologicalWeight: 0.5, beta: 1, where: "the test" };
  const rows = [0, 10, 0, 20, 1, 11, 0, 21];

  it("a step with augmentation equals a step on independently augmented copies", async () => {
    await selectBackend("wasm");
    const { train } = tinyData();
    const config = { ...tinyConfig, subBatchCount: 2, subBatchSize: 4 };
    const random = new Random(config.seed, "dropout");
    const examples = augmentedExamples(train, rows, "crop", random);
    const step = (set: ImageSet, of: ArrayLike<number>, augmentation: "none" | "crop") => {
      const state = initialState(config, train.labels);
      const { crossEntropy, deathTimes } = trainStep(state, set, of, settings, {
        ...config,
        augmentation,
      });
      disposeState(state);
      return { crossEntropy, deathTimes };
    };
    const augmented = step(train, rows, "crop");
    const copies = step(examples, allRows(examples), "none");
    // Without augmentation a batch norm counts copies: the same sums in another order.
    const values = ({ crossEntropy, deathTimes }: typeof copies) => [[crossEntropy, ...deathTimes]];
    assertArraysClose(values(augmented), values(copies), 1e-5);
    assert.notEqual(augmented.crossEntropy, step(train, rows, "none").crossEntropy);
    // Row 0 occurs twice in the first sub-batch: without augmentation a death time is 0.
    assert.equal(step(train, rows, "none").deathTimes[0], 0);
    assert.ok(augmented.deathTimes[0] > 0);
  });

  it("a run with augmentation and dropout resumes to the same numbers", async function () {
    this.timeout(60_000);
    const folder = mkdtempSync(path.join(tmpdir(), "tdnc-augmented-"));
    const config = {
      ...({ dataset: "svhn", network: "SimpleCNN13", width: 1 / 16 } as const),
      ...({ augmentation: "cropFlip", normalization: "none" } as const),
      epochs: 4,
      checkpointEvery: 1,
    };
    const data = { ...tinyData(), train: tinyColors(30), test: tinyColors(10) };
    const controller = new AbortController();
    const stop = ({ epoch }: { epoch: number }) => epoch === 2 && controller.abort();
    const numbers = (record: Awaited<ReturnType<typeof tinyRun>>) =>
      record.epochs.map(({ crossEntropy, test }) => [crossEntropy, test?.crossEntropy]);
    try {
      const whole = await tinyRun(path.join(folder, "whole"), config, { data });
      const options = { data, signal: controller.signal, onEpoch: stop };
      const half = await tinyRun(path.join(folder, "half"), config, options);
      assert.deepEqual([half.status, half.epochs.length], ["interrupted", 2]);
      const rest = await tinyRun(path.join(folder, "half"), config, { data });
      assert.equal(rest.epochs.length, 4);
      assert.deepEqual(numbers(rest), numbers(whole));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Images of 32 x 32 x 3 of ten classes, each with noise. */
function tinyColors(count: number): ImageSet {
  const random = new Random(count, "tiny colors");
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  const pixel = (i: number) => {
    const label = labels[Math.floor(i / 3072)];
    return random.integer(60) + (Math.floor((i % 3072) / 308) === label ? 150 : 0);
  };
  return {
    pixels: Uint8Array.from({ length: count * 3072 }, (_, i) => pixel(i)),
    labels,
    imageShape: [32, 32, 3],
    classCount: 10,
  };
}
