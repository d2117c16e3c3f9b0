import assert from "node:assert/strict";
import fc from "fast-check";
import { configDifferences, settingsJson } from "../../../src/training/settings/config";
import { checkConfig, parseConfig } from "../../../src/training/settings/parseConfig";
import { mnist250, REGULARIZERS } from "../../../src/training/settings/presets";
import { parseSetting } from "../../../src/training/settings/settings";
import { constant, linear, product, step } from "../../../src/training/settings/schedules";
import { CONFIG_ERRORS, malformed, readOrRefused } from "../../support/malformed";

const sliding = { ...mnist250, ...REGULARIZERS.sliding.difference };

describe("a config", () => {
  it("a config survives JSON, with its schedules as text", () => {
    const text = JSON.stringify(sliding);
    assert.match(text, /"topologicalWeight":"linear\(0, 0\.1\)","beta":"squareRootDecay\(1\.1\)"/);
    const read = parseConfig(JSON.parse(text));
    assert.deepEqual(JSON.parse(JSON.stringify(read)), JSON.parse(text));
    assert.equal(read.beta(0.75), 0.55);
  });

  it("parseConfig rejects a missing, unknown or invalid setting and names it", () => {
    const json = JSON.parse(JSON.stringify(sliding)) as Record<string, unknown>;
    const { momentum: _, ...without } = json;
    assert.throws(() => parseConfig(without), /config without momentum/);
    assert.throws(() => parseConfig({ ...json, depth: 3 }), /unknown setting depth/);
    assert.throws(
      () => parseConfig({ ...json, epochs: 2.5 }),
      /epochs: expected a whole number from 1 to 100000, got 2\.5/,
    );
    assert.throws(() => parseConfig([]), /expected a config/);
  });

  it("a config of the first records gets later settings with the values of that time", () => {
    const later = {
      width: 1,
      sampling: "subBatches",
      validationCount: 0,
      normalization: "none",
      augmentation: "none",
      penalty: "none",
      penaltyWeight: 0,
      labelSmoothing: 0,
      classifier: "learned",
      reportCount: 0,
      robustnessCount: 0,
    };
    const json = Object.entries(settingsJson(sliding));
    assert.equal(json.find(([name]) => name === "reportCount")![1], 20);
    const first = Object.fromEntries(json.filter(([name]) => !Object.hasOwn(later, name)));
    assert.deepEqual(settingsJson(parseConfig(first)), { ...first, ...later });
  });

  it("a config does not name layerTestCount while it is off, and keeps it otherwise", () => {
    const off = parseConfig({ ...settingsJson(sliding), layerTestCount: "0" });
    assert.deepEqual(settingsJson(off), settingsJson(sliding));
    assert.equal(parseSetting("layerTestCount", "0"), undefined);
    const measured = parseConfig({ ...settingsJson(sliding), layerTestCount: 200 });
    assert.equal(settingsJson(measured).layerTestCount, 200);
    assert.deepEqual(configDifferences(measured, sliding), [
      { setting: "layerTestCount", a: "200", b: "off" },
    ]);
  });

  it("checkConfig rejects a connectivity loss on plain batches and validation on every image", () => {
    const plain = { ...mnist250, sampling: "plain" as const };
    assert.doesNotThrow(() => checkConfig(plain));
    const regularized = { ...plain, topologicalWeight: linear(0, 0.1) };
    assert.throws(() => checkConfig(regularized), /plain has no sub-batches.*linear\(0, 0\.1\)/);
    assert.throws(() => checkConfig({ ...mnist250, validationCount: 250 }), /fewer than the 250/);
  });

  it("checkConfig rejects settings that contradict each other", () => {
    assert.throws(
      () => checkConfig({ ...mnist250, reportCount: 0, robustnessCount: 100 }),
      /robustnessCount 100 needs a reportCount above 0/,
    );
    assert.throws(
      () => checkConfig({ ...mnist250, reportCount: 0, layerTestCount: 100 }),
      /layerTestCount 100 needs a reportCount above 0/,
    );
    assert.throws(
      () => checkConfig({ ...mnist250, metric: "L1", zeroDeathTimes: "epsilon" }),
      /epsilon needs metric L2, got L1/,
    );
    assert.throws(() => checkConfig({ ...mnist250, nesterov: true, momentum: 0 }), /nesterov/);
    assert.throws(() => checkConfig({ ...mnist250, labelCount: 7 }), /labelCount 7/);
  });
});

describe("malformed configs", () => {
  const json = settingsJson(sliding);

  it("parseConfig takes a malformed config only with the meaning that it has", () => {
    fc.assert(
      fc.property(malformed(json), ({ json: changed, place, after }) => {
        const read = readOrRefused(() => parseConfig(changed), CONFIG_ERRORS);
        if (read === undefined || after === undefined) return;
        const value = settingsJson(read)[place];
        assert.ok(["string", "number", "boolean"].includes(typeof after), place);
        const given = String(after as string | number | boolean);
        if (typeof value === "number") assert.equal(value, Number(given));
        // A number is a constant schedule.
        else assert.ok([given, `constant(${given})`].includes(String(value)), place);
        assert.equal(JSON.stringify(parseConfig(settingsJson(read))), JSON.stringify(read));
      }),
      { numRuns: 3000 },
    );
  });

  it("checkConfig works schedules out for no more epochs than their length allows", () => {
    const long = product(...Array.from({ length: 700 }, () => constant(1)));
    assert.doesNotThrow(() => checkConfig({ ...mnist250, beta: long }));
    let calls = 0;
    const counted = Object.assign((progress: number) => (calls++, long(progress)), {
      toJSON: () => long.toJSON(),
    });
    assert.throws(
      () => checkConfig({ ...mnist250, beta: counted, epochs: 100_000 }),
      /epochs: expected at most \d+ with schedules of \d+ characters, got 100000/,
    );
    assert.equal(calls, 0);
  });

  it("checkConfig rejects a step of more than 100,000 images", () => {
    const config = { ...mnist250, labelCount: 1000, subBatchCount: 1000, subBatchSize: 101 };
    assert.throws(() => checkConfig(config), /expected at most 100000 images per step, got 101000/);
  });
});

describe("the schedules of a config", () => {
  it("checkConfig rejects a schedule that becomes negative and names the epoch", () => {
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
