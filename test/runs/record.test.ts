import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { newRecord, parseRecord } from "../../src/runs/record";
import { mnist250 } from "../../src/training/settings/presets";
import { testedRun } from "../support/records";

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
    [{ "epochs.0.epoch": 2 }, /expected epoch 1 in place 1, got 2/],
    [{ "epochs.0.test.accuracy": null }, /epochs\[0\]\.test\.accuracy: expected .*, got null/],
    [
      { "epochs.0.train.accuracy": 93 },
      /epochs\[0\]\.train\.accuracy: expected a number from 0 to 1, got 93/,
    ],
    [{ "config.epochs": undefined }, /config without epochs/],
  ];
  for (const [changes, message] of wrong)
    it(`parseRecord rejects a record with ${inspect(changes)}`, () => {
      // In JSON an undefined field is missing.
      const json = JSON.parse(JSON.stringify(edited(changes))) as unknown;
      assert.throws(() => parseRecord(json), message);
    });
});
