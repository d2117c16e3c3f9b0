import assert from "node:assert/strict";
import { configDifferences } from "../../../src/training/settings/config";
import { mnist250, mnist250AsCoded, REGULARIZERS } from "../../../src/training/settings/presets";
import { constant, linear, step } from "../../../src/training/settings/schedules";
import { checkConfig, parseConfig } from "../../../src/training/settings/parseConfig";
import { parseSetting, SETTINGS } from "../../../src/training/settings/settings";

const sliding = { ...mnist250, ...REGULARIZERS.sliding.difference };

describe("a config", () => {
  it("survives JSON, its schedules as text and the same functions again", () => {
    const text = JSON.stringify(sliding);
    assert.match(text, /"topologicalWeight":"linear\(0, 0\.1\)","beta":"squareRootDecay\(1\.1\)"/);
    const read = parseConfig(JSON.parse(text));
    assert.deepEqual(JSON.parse(JSON.stringify(read)), JSON.parse(text));
    assert.equal(read.beta(0.75), 0.55);
  });

  it("with a setting missing, unknown or not accepted is refused by the setting's name", () => {
    const json = JSON.parse(JSON.stringify(sliding)) as Record<string, unknown>;
    const { momentum: _, ...without } = json;
    assert.throws(() => parseConfig(without), /config without momentum/);
    assert.throws(() => parseConfig({ ...json, depth: 3 }), /unknown setting depth/);
    assert.throws(
      () => parseConfig({ ...json, epochs: 2.5 }),
      /epochs: expected a whole number from 1, got 2\.5/,
    );
    assert.throws(() => parseConfig([]), /expected a config/);
  });

  it("differs from another in the settings that are not equal, checkpointing apart", () => {
    assert.deepEqual(configDifferences(mnist250, mnist250), []);
    assert.deepEqual(configDifferences(mnist250, { ...mnist250, checkpointEvery: 1 }), []);
    assert.deepEqual(configDifferences(mnist250, mnist250AsCoded), [
      { setting: "preset", a: "mnist-250", b: "mnist-250-as-coded" },
      { setting: "weightDecay", a: "0.001", b: "0.01" },
      { setting: "metric", a: "L2", b: "L1" },
    ]);
  });

  it("of the first records has the settings that came later as they then were", () => {
    const json = JSON.parse(JSON.stringify(sliding)) as Record<string, unknown>;
    const { sampling: _, validationCount: __, normalization: ___, ...rest } = json;
    const { reportCount, robustnessCount: ____, ...first } = rest;
    assert.deepEqual(reportCount, 20);
    const read = parseConfig(first);
    assert.equal(read.sampling, "subBatches");
    assert.deepEqual([read.reportCount, read.robustnessCount], [0, 0]);
    assert.deepEqual([read.validationCount, read.normalization], [0, "none"]);
  });

  it("of plain batches has no connectivity loss, and keeps images to train on", () => {
    const plain = { ...mnist250, sampling: "plain" as const };
    assert.doesNotThrow(() => checkConfig(plain));
    const regularized = { ...plain, topologicalWeight: linear(0, 0.1) };
    assert.throws(() => checkConfig(regularized), /plain has no sub-batches.*linear\(0, 0\.1\)/);
    assert.throws(() => checkConfig({ ...mnist250, validationCount: 250 }), /fewer than the 250/);
  });

  it("of settings that contradict each other is refused", () => {
    assert.throws(
      () => checkConfig({ ...mnist250, reportCount: 0, robustnessCount: 100 }),
      /robustnessCount 100 goes with a reportCount above 0/,
    );
    assert.throws(
      () => checkConfig({ ...mnist250, metric: "L1", zeroDeathTimes: "epsilon" }),
      /epsilon goes with metric L2, got L1/,
    );
    assert.throws(() => checkConfig({ ...mnist250, nesterov: true, momentum: 0 }), /nesterov/);
    assert.throws(() => checkConfig({ ...mnist250, labelCount: 7 }), /labelCount 7/);
  });
});

describe("the schedules of a config", () => {
  it("are refused where a value that they will take is negative, by epoch", () => {
    const config = { ...mnist250, epochs: 4 };
    assert.throws(
      () => checkConfig({ ...config, beta: linear(1, -1) }),
      /beta: expected values from 0, got -0\.5 in epoch 3 of linear\(1, -1\)/,
    );
    assert.throws(() => checkConfig({ ...config, learningRate: constant(-1) }), /learningRate: /);
    assert.throws(() => checkConfig({ ...config, topologicalWeight: constant(-5) }), /Weight: /);
    // The learning rate is never taken at the end, where this one would be -1.
    assert.doesNotThrow(() => checkConfig({ ...config, learningRate: step(1, -1, 1) }));
  });
});

describe("a setting", () => {
  it("is read from text as from JSON", () => {
    assert.equal(parseSetting("epochs", "12"), 12);
    assert.equal(parseSetting("weightDecay", "1e-2"), 0.01);
    assert.equal(parseSetting("nesterov", "true"), true);
    assert.equal(parseSetting("metric", "LInfinity"), "LInfinity");
    assert.equal((parseSetting("beta", "linear(1, 0)") as (p: number) => number)(0.25), 0.75);
  });

  for (const [name, value] of [
    ["epochs", "0"],
    ["epochs", ""],
    ["epochs", true],
    ["momentum", "1"],
    ["weightDecay", "-1"],
    ["weightDecay", "NaN"],
    ["nesterov", "yes"],
    ["shape", "cubic"],
    ["metric", "L0.5"],
    ["beta", "wobble(1)"],
    ["preset", "../../etc"],
  ] as const)
    it(`${name} refuses ${JSON.stringify(value)}`, () => {
      assert.throws(() => parseSetting(name, value), new RegExp(`^RangeError: ${name}: expected`));
    });

  it("is described for every setting of the preset", () => {
    assert.deepEqual(Object.keys(SETTINGS).sort(), Object.keys(mnist250).sort());
  });
});

describe("the presets", () => {
  it("are the published protocol", () => {
    // REFERENCE: 310 epochs, 8 x 16, momentum 0.9, no Nesterov, cosine from 0.1, decay 0.001.
    assert.deepEqual(JSON.parse(JSON.stringify(sliding)), {
      preset: "mnist-250",
      regularizer: "sliding",
      dataset: "mnist",
      network: "SimpleCNN_MNIST",
      width: 1,
      ...{ labelCount: 250, split: 0, splitSeed: 0, seed: 0, epochs: 310 },
      ...{ subBatchCount: 8, subBatchSize: 16, withReplacement: true },
      ...{ learningRate: "cosine(0.1, 0)", momentum: 0.9, nesterov: false, weightDecay: 0.001 },
      ...{ topologicalWeight: "linear(0, 0.1)", beta: "squareRootDecay(1.1)" },
      ...{ metric: "L2", shape: "absolute", zeroDeathTimes: "drop" },
      ...{ sampling: "subBatches", validationCount: 0, normalization: "none" },
      augmentation: "none",
      ...{ penalty: "none", penaltyWeight: 0, labelSmoothing: 0, classifier: "learned" },
      ...{ measureEvery: 1, testEvery: 10, reportCount: 20, robustnessCount: 0 },
      checkpointEvery: 10,
    });
  });

  it("give Hofer's regulariser a constant weight and beta, and vanilla no weight", () => {
    const { hofer, vanilla } = REGULARIZERS;
    assert.equal(hofer.difference.topologicalWeight!.toJSON(), "constant(0.1)");
    assert.equal(hofer.difference.beta!.toJSON(), "constant(1.1)");
    assert.equal(vanilla.difference.topologicalWeight!.toJSON(), "constant(0)");
  });
});
