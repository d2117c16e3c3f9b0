import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import * as tf from "@tensorflow/tfjs";
import { newRecord, parseRecord } from "../../src/runs/record";
import { mnist250 } from "../../src/training/settings/presets";
import { findRecords } from "../../src/runs/findRecords";
import { assertFinite, CONFIG_ERRORS, malformed, readOrRefused } from "../support/malformed";
import { measuredRun, testedRun } from "../support/records";

/** What a record's file holds, with some fields set to other values. */
function edited(changes: Readonly<Record<string, unknown>>): unknown {
  const json = JSON.parse(JSON.stringify(testedRun("sliding", 0, 0.9))) as Record<string, unknown>;
  for (const [place, value] of Object.entries(changes)) {
    const names = place.split(".");
    const last = names.pop()!;
    const parent = names.reduce((at, name) => at[name] as Record<string, unknown>, json);
    parent[last] = value;
  }
  return json;
}

/** A record with all that one can have. */
const full = () => {
  const quantiles = [0, 1, 2, 3, 4, 5, 6] as const;
  const epoch = { test: 0.5, testReport: { selfDuality: 1 }, classQuantiles: [quantiles, null] };
  const { epochs, ...record } = measuredRun("sliding", [epoch, epoch]);
  const margins = { images: 2, mean: 1, median: 1, meanRelativeNorm: null, notFooled: 1 };
  const whole = epochs.map((one) => ({ ...one, report: { ...one.report!, margins }, penalty: 1 }));
  return JSON.parse(JSON.stringify({ ...record, error: "why", epochs: whole })) as object;
};

/** Places that may be null, that may be missing, and those of settings. */
const MAY_BE_NULL =
  /^terminalPhaseEpoch$|deathTimes$|deathTimes\.[01]$|\.(train|test)\.(?!accuracy)\w+$|\.collapse\.\w+$|margins\.me\w+$/;
const MAY_BE_MISSING =
  /^error$|^epochs\.\d\.(penalty|train|test|report)$|\.margins$|\.(train|test)\.(?!accuracy|collapse|deathTimes)\w+$|\.collapse\.\w+$/;

describe("the record of a run", () => {
  it("parseRecord reads a record as it was written", () => {
    const record = parseRecord(edited({}));
    assert.equal(record.epochs[0].test!.accuracy, 0.9);
    assert.equal(record.config.beta.toJSON(), "squareRootDecay(1.1)");
  });

  it("a new record names the version of tfjs that computes", () => {
    const split = { source: "seeded", rowsHash: "0" };
    const { versions } = newRecord(mnist250, split, { name: "cpu", summary: "" }).environment;
    assert.equal(versions.tfjs, tf.version_core);
  });

  const wrong: [changes: Record<string, unknown>, message: RegExp][] = [
    [{ format: "other" }, /expected format tdnc-record/],
    [{ formatVersion: 2 }, /expected format version 1, got 2/],
    [{ status: "garbage" }, /status: expected running, .*complete, got "garbage"/],
    [{ status: undefined }, /status: expected running, .*, got nothing/],
    [{ seconds: null }, /seconds: expected a number from 0, got null/],
    [{ split: undefined }, /split: expected an object, got nothing/],
    [{ "split.rowsHash": 7 }, /split\.rowsHash: expected a text .*, got 7/],
    [{ environment: undefined }, /environment: expected an object, got nothing/],
    [{ epochs: {} }, /epochs: expected a list, got \{\}/],
    [{ epochs: [] }, /expected the 1 epochs of a complete run, got none/],
    [{ "config.epochs": 60 }, /expected the 60 epochs of a complete run, got 1/],
    [{ epochs: [null] }, /epochs\[0\]: expected an object, got null/],
    [{ epochs: [3] }, /epochs\[0\]: expected an object, got 3/],
    [{ "epochs.0.epoch": 2 }, /expected epoch 1 at position 1, got 2/],
    [{ "epochs.0.test.accuracy": null }, /epochs\[0\]\.test\.accuracy: expected .*, got null/],
    [
      { "epochs.0.train.accuracy": 93 },
      /epochs\[0\]\.train\.accuracy: expected a number from 0 to 1, got 93/,
    ],
    [{ "config.epochs": undefined }, /config without epochs/],
    [{ "config.epochs": 1e9, status: "running" }, /epochs: expected a whole number from 1 to 1000/],
    [{ "config.momentum": null }, /momentum: expected a number .*, got null/],
    [{ "config.seed": [] }, /seed: expected a whole number from 0, got \[\]/],
    [{ "config.beta": [1] }, /beta: expected a number or a schedule .*, got \[1\]/],
    [{ seconds: "x" }, /seconds: expected a number from 0, got "x"/],
    [{ terminalPhaseEpoch: -1 }, /terminalPhaseEpoch: expected a whole number from 1, got -1/],
    [{ terminalPhaseEpoch: 2 }, /terminalPhaseEpoch: expected one of the 1 epochs, got 2/],
    [{ "environment.cores": {} }, /environment\.cores: expected a whole number from 0, got \{\}/],
    [{ "epochs.0.loss": "x" }, /epochs\[0\]\.loss: expected a number, got "x"/],
    [{ "epochs.0.loss": undefined }, /epochs\[0\]\.loss: expected a number, got nothing/],
    [{ "epochs.0.test": null }, /epochs\[0\]\.test: expected an object, got null/],
    [{ "epochs.0.train.meansEquinorm": "x" }, /train\.meansEquinorm: expected a number, got "x"/],
    [{ "epochs.0.train.constructor": "x" }, /train: expected no field named .*constructor/],
    [{ "epochs.0.stepAccuracy": -1 }, /stepAccuracy: expected a number from 0 to 1, got -1/],
    [{ "epochs.0.deathTimes": {} }, /deathTimes\.mean: expected a number from 0, got nothing/],
    [{ "epochs.0.report": {} }, /epochs\[0\]\.report\.train: expected an object, got nothing/],
    [{ "epochs.0.seconds.training": -1 }, /seconds\.training: expected a number from 0, got -1/],
  ];
  it("parseRecord accepts a malformed record only if every value still has its type", () => {
    fc.assert(
      fc.property(malformed(full()), ({ json, place, before, after }) => {
        const read = readOrRefused(() => parseRecord(json), CONFIG_ERRORS);
        if (read === undefined) return;
        assertFinite(read);
        // Settings may be texts: parseConfig has a test of its own.
        if (place.startsWith("config.") || before === undefined) return;
        if (before === null && (typeof after === "number" || Array.isArray(after))) return;
        const isOfItsKind =
          (typeof after === typeof before && Array.isArray(after) === Array.isArray(before)) ||
          (after === undefined && MAY_BE_MISSING.test(place));
        assert.ok(after === null ? MAY_BE_NULL.test(place) : isOfItsKind, place);
      }),
      { numRuns: 5000 },
    );
  });

  it("commands print records without control characters", () => {
    const escapes = "\u001b[2J\u001b]0;owned\u0007 \u009b2J";
    const read = parseRecord(
      edited({ "split.source": escapes, "environment.processor": escapes, error: `a\n${escapes}` }),
    );
    const texts = [read.split.source, read.environment.processor, ...read.error!.split("\n")];
    for (const text of texts) assert.match(text, /^\P{Cc}+$/u);
    assert.throws(() => parseRecord(edited({ "split.rowsHash": escapes })), /without control char/);
  });

  it("parseRecord reads every record of this repository", async () => {
    const found = await findRecords(["data/records"]);
    assert.ok(found.length > 50);
    for (const { folder, record } of found) {
      const json = JSON.parse(readFileSync(path.join(folder, "record.json"), "utf8")) as object;
      const { config: _, ...rest } = record;
      const { config: __, ...stored } = json as { config: unknown };
      assert.equal(JSON.stringify(rest), JSON.stringify(stored));
    }
  });

  for (const [changes, message] of wrong)
    it(`parseRecord rejects a record with ${inspect(changes)}`, () => {
      // In JSON an undefined field is missing.
      const json = JSON.parse(JSON.stringify(edited(changes))) as unknown;
      assert.throws(() => parseRecord(json), message);
    });
});
