import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { ImageSet } from "../../../src/data/imageSet";
import { splitsReader } from "../../../src/runs/runData";
import type { RunJob, Runner } from "../../../src/runs/runner";
import { checkRuns, runSweep } from "../../../src/runs/sweeps/runSweep";
import { expandSweep } from "../../../src/runs/sweeps/sweep";
import { planInPlace, planSweep } from "../../../src/runs/sweeps/sweepPlan";
import { parseConfig } from "../../../src/training/settings/parseConfig";
import { madeUpRun, PLAIN_EPOCH } from "../../support/records";

/** 600 images of one pixel in ten classes. */
const set: ImageSet = {
  pixels: Uint8Array.from({ length: 600 }, (_, row) => row % 251),
  labels: Uint8Array.from({ length: 600 }, (_, row) => row % 10),
  imageShape: [1, 1, 1],
  classCount: 10,
};
const mnist = () => Promise.resolve({ train: set, test: set });
const control = {
  onMessage: () => undefined,
  stop: new AbortController().signal,
  kill: new AbortController().signal,
};

describe("the runs of a sweep", () => {
  let out: string;
  beforeEach(() => (out = mkdtempSync(path.join(os.tmpdir(), "tdnc-run-sweep-"))));
  afterEach(() => rmSync(out, { recursive: true }));

  const settings = () => ({ out, backend: "wasm", source: { dataFolder: "data" } });
  const check = (definition: object) =>
    checkRuns(
      expandSweep({ preset: "mnist-250", settings: { robustnessCount: 0 }, ...definition }),
      settings(),
      splitsReader({}, { mnist }),
    );

  it("checkRuns rejects an invalid run and names it if there are several", async () => {
    await assert.rejects(check({ splits: "10" }), /^Error: split 10: expected 0 to 9/);
    const several = new RegExp(`^Error: ${out}.mnist-250-sliding.split-10-seed-0: split 10: `);
    await assert.rejects(check({ splits: "9-10" }), several);
  });

  it("the jobs of a sweep carry their config, split and rows", async () => {
    const checked = await check({ splits: "0-1" });
    const asked: RunJob[] = [];
    const runner: Runner = (jobs) => {
      asked.push(...jobs);
      return Promise.resolve(jobs.map((job) => ({ job, status: "interrupted" })));
    };
    const results = await runSweep(planInPlace(checked, out), settings(), runner, control);
    assert.deepEqual(
      results.map(({ status, record }) => [status, record]),
      [
        ["interrupted", undefined],
        ["interrupted", undefined],
      ],
    );
    for (const [i, { config, source, split, folder }] of asked.entries()) {
      assert.equal(parseConfig(config).split, i);
      assert.deepEqual(split, checked[i].split);
      assert.equal(folder, path.join(out, checked[i].folder));
      assert.deepEqual(source, {
        dataFolder: "data",
        rows: { source: "seeded", rows: Array.from(checked[i].rows) },
      });
    }
    assert.notDeepEqual(asked[0].source.rows, asked[1].source.rows);
    assert.deepEqual(JSON.parse(JSON.stringify(asked)), asked);
  });

  it("a run with two names goes to the runner once, and both names get its result", async () => {
    const runs = await check({ regularizers: ["hofer", "hofer-l1"], grid: { metric: ["L1"] } });
    const plan = planSweep(runs, [], { out, backend: "wasm" });
    const runner: Runner = (jobs) => {
      for (const { folder, config } of jobs) {
        mkdirSync(folder, { recursive: true });
        const record = madeUpRun({
          config: { ...parseConfig(config), epochs: 1 },
          epochs: [{ epoch: 1, ...PLAIN_EPOCH }],
        });
        writeFileSync(path.join(folder, "record.json"), JSON.stringify(record));
      }
      assert.equal(jobs.length, 1);
      return Promise.resolve(jobs.map((job) => ({ job, status: "complete" })));
    };
    const [hofer, named] = await runSweep(plan, settings(), runner, control);
    assert.equal(named.run.state, "same");
    assert.deepEqual(
      [hofer, named].map(({ record }) => record!.config.regularizer),
      ["hofer", "hofer-l1"],
    );
    assert.deepEqual(named.record!.epochs, hofer.record!.epochs);
  });
});
