import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, truncateSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { measureRun } from "../../src/training/evaluation/measureRun";
import type { RunRecord } from "../../src/runs/record";
import { loadRunData } from "../../src/runs/runData";
import { loadRecordedData, loadSavedNetwork, readSavedRun } from "../../src/runs/savedRun";
import { tinyData, tinyRun } from "../support/tinyRun";

describe("a saved run", () => {
  let root: string;
  let record: RunRecord;
  const at = (name: string) => path.join(root, name);

  before(async () => {
    root = mkdtempSync(path.join(os.tmpdir(), "tdnc-saved-"));
    record = await tinyRun(at("run"));
  });
  after(() => rmSync(root, { recursive: true }));

  it("a saved network has the measures that its record gives for the last epoch", async () => {
    const network = await loadSavedNetwork(at("run"));
    const { config, epochs } = await readSavedRun(at("run"));
    const rows = await measureRun(network, tinyData(), { config, draws: 5 });
    network.dispose();
    const { train, test } = epochs[epochs.length - 1];
    assert.ok(train!.withinClassVariability! > 0);
    for (const [set, measures] of Object.entries({ train, test }))
      for (const [name, value] of Object.entries(measures!)) {
        const own = rows.filter((row) => row.set === set && row.name === name);
        assert.deepEqual([own.length, own[0].value], [1, value], name);
      }
  });

  it("a run without a model is rejected with the status of its record", async () => {
    cpSync(at("run"), at("bare"), { recursive: true });
    rmSync(at("bare/model"), { recursive: true });
    await assert.rejects(
      readSavedRun(at("bare")),
      /bare\/model\/model\.json: expected the trained model.*complete, 4 of 4 epochs/,
    );
  });

  it("readSavedRun rejects a folder without a record", async () => {
    await assert.rejects(readSavedRun(root), /expected the folder of a run, found no record\.json/);
  });

  it("a run with truncated weights is rejected and leaves no tensor in memory", async () => {
    cpSync(at("run"), at("short"), { recursive: true });
    truncateSync(at("short/model/weights.bin"), 100);
    const before = tf.memory().numTensors;
    await assert.rejects(loadSavedNetwork(at("short")), /expected \d+ bytes of weights, got 100/);
    assert.equal(tf.memory().numTensors, before);
  });

  it("loadRecordedData gives the run's images and rejects other rows and images", async () => {
    const { split, train } = await loadRunData(record.config);
    const seeded = { ...record, split };
    const data = await loadRecordedData(seeded, {});
    assert.deepEqual(data.train.pixels, train.pixels);
    const other = { ...split, rowsHash: "0".repeat(64) };
    await assert.rejects(
      loadRecordedData({ ...record, split: other }, {}),
      /rows of the project's own splits \(SHA-256 0{12}\.\.\.\), got different ones .*leave out --splits-file/,
    );
    await assert.rejects(
      loadRecordedData({ ...record, split: { ...split, imagesHash: "0".repeat(64) } }, {}),
      /images of the project's own splits \(SHA-256 0{12}\.\.\.\), got different ones .* folder with --data/,
    );
    const { imagesHash: _, ...ofBefore } = split;
    assert.ok(await loadRecordedData({ ...record, split: ofBefore }, {}));
    await assert.rejects(
      loadRecordedData({ ...record, split: { ...split, source: "splits-250.json" } }, {}),
      /the splits file "splits-250\.json", got no splits file; name that file with --splits-file/,
    );
  });
});
