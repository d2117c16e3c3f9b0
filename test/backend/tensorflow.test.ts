import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../src/backend/selectBackend";
import { recordDifferences, type RunRecord } from "../../src/runs/record";
import { networkOutputs } from "../../src/training/evaluation/outputs";
import { train } from "../../src/training/train";
import { disposeState, initialState } from "../../src/training/trainingState";
import { startWith } from "../cli/commandLine";
import { hasTfjsNode } from "../support/backend";
import { madeUpRun } from "../support/records";
import { tinyConfig, tinyData } from "../support/tinyRun";

describe("the backend that was selected", () => {
  it("training and evaluation stop with a sentence on any other", async () => {
    await selectBackend("wasm");
    const data = tinyData();
    const state = initialState(tinyConfig, data.train.labels);
    try {
      const epochs = train(state, data, tinyConfig);
      assert.equal((await epochs.next()).done, false);
      // As a package does when it is loaded.
      await tf.setBackend("cpu");
      const message =
        /expected the backend wasm, which was selected, got cpu: .*selectBackend\("wasm"\)/;
      await assert.rejects(epochs.next(), message);
      await assert.rejects(networkOutputs(state.network, data.test), message);
      await selectBackend("wasm");
      await networkOutputs(state.network, data.test);
    } finally {
      await selectBackend("wasm");
      disposeState(state);
    }
  });

  it("danfojs does not switch it, and its epochs stay the same to the last bit", function () {
    if (!hasTfjsNode()) return this.skip();
    const program = `
      const [, isLoaded] = process.argv;
      const { selectBackend, train, initialState, loadRunData, mnist250 } = require("./dist");
      (async () => {
        await selectBackend("wasm");
        if (isLoaded) require("danfojs-node");
        const config = { ...mnist250, epochs: 1, reportCount: 0 };
        const data = await loadRunData(config);
        const state = initialState(config, data.train.labels);
        for await (const { seconds, ...epoch } of train(state, data, config))
          console.log(require("@tensorflow/tfjs").getBackend(), JSON.stringify(epoch));
      })();`;
    const [alone, beside] = ["", "danfojs"].map((loaded) =>
      execFileSync(process.execPath, ["-e", program, loaded], { encoding: "utf8" }),
    );
    assert.match(alone, /^wasm \{/);
    assert.equal(beside, alone);
  }).timeout(120_000);
});

describe("a run on tensorflow", function () {
  this.timeout(180_000);
  let out: string;
  before(() => (out = mkdtempSync(path.join(os.tmpdir(), "tdnc-tensorflow-"))));
  after(() => rmSync(out, { recursive: true }));

  const recordIn = (folder: string) => {
    const file = path.join(out, folder, "mnist-250-sliding", "split-0-seed-0", "record.json");
    return JSON.parse(readFileSync(file, "utf8")) as RunRecord;
  };
  const SETTINGS = ["--label-count", "30", "--sub-batch-count", "10", "--sub-batch-size", "3"];
  const run = (folder: string, ...args: string[]) => {
    const where = ["--backend", "tensorflow", "--out", path.join(out, folder)];
    const command = ["train", "mnist-250", ...SETTINGS, "--report-count", "0", ...where, ...args];
    return startWith({ TDNC_BACKEND: "" }, ...command);
  };

  it("it records TensorFlow and its threads, prints no log lines, resumes and can be measured", async function () {
    if (!hasTfjsNode()) return this.skip();
    const long = ["--epochs", "6", "--checkpoint-every", "1", "--threads", "2"];
    const stopped = run("stopped", ...long);
    const text = () => {
      try {
        return recordIn("stopped").epochs.length;
      } catch {
        return 0;
      }
    };
    while (text() < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    stopped.signalGroup("SIGINT");
    await stopped.finished;
    const { environment, status } = recordIn("stopped");
    if (status === "interrupted") {
      const other = await run("stopped", ...long.slice(0, -1), "1").finished;
      assert.equal(other.code, 1);
      assert.match(other.stderr, /threads of tensorflow \(--threads\): 2 there, 1 here/);
    }
    assert.match(environment.versions.tensorflow!, /^\d+\.\d+/);
    assert.equal(environment.threads, 2);
    const { code, stderr } = await run("stopped", ...long).finished;
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /tensorflow\/|oneDNN|rebuild/);
    await run("whole", ...long).finished;
    const numbers = (folder: string) =>
      recordIn(folder).epochs.map(({ seconds: _, ...own }) => own);
    assert.deepEqual(numbers("stopped"), numbers("whole"));
    const folder = path.join(out, "whole", "mnist-250-sliding", "split-0-seed-0");
    const measured = await startWith({}, "measure", folder, "--backend", "tensorflow").finished;
    assert.equal(measured.code, 0, measured.stderr);
    assert.match(measured.stderr, /^backend tensorflow: tfjs-node 4.*; as asked/m);
  });

  it("its threads are 1 unless they are given", async function () {
    if (!hasTfjsNode()) return this.skip();
    const { code, stderr } = await run("short", "--epochs", "1").finished;
    assert.equal(code, 0, stderr);
    assert.equal(recordIn("short").environment.threads, 1);
  });

  it("a run resumes only with the same number of threads, if both are known", () => {
    const record = madeUpRun();
    const on = (threads?: number): RunRecord => ({
      ...record,
      environment: { ...record.environment, backend: "tensorflow", ...(threads && { threads }) },
    });
    assert.deepEqual(recordDifferences(on(2), on(1)), [
      "threads of tensorflow (--threads): 2 there, 1 here",
    ]);
    for (const other of [on(2), on()]) assert.deepEqual(recordDifferences(other, on(2)), []);
  });
});
