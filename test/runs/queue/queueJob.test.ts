import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { rowsHash } from "../../../src/data/splits";
import { buildName, DECIDING_FOLDERS } from "../../../src/runs/queue/build";
import {
  jobId,
  jobJson,
  MalformedJob,
  parseJob,
  type QueueJob,
} from "../../../src/runs/queue/queueJob";
import { claimFolder } from "../../../src/runs/queue/workFolder";
import { BUILD, configOf, queued } from "./madeUpRuns";

describe("a job of a queue", () => {
  const job = queued(configOf(1));
  const json = jobJson(job) as Record<string, Record<string, unknown>>;
  const id = jobId(job);
  const rows = Array.from({ length: 250 }, (_, i) => 3 * i);
  const withRows: QueueJob = { ...job, rows, split: { ...job.split, rowsHash: rowsHash(rows) } };

  it("a job with the rows of a splits file survives JSON", () => {
    const read = parseJob(JSON.parse(JSON.stringify(jobJson(withRows))), jobId(withRows));
    assert.deepEqual(jobJson(read), jobJson(withRows));
    assert.equal(read.config.beta(1), withRows.config.beta(1));
  });

  it("a job's id ignores a run's names and depends on settings, rows, images and backend", () => {
    const named = queued(
      configOf(1, { preset: "other", regularizer: "named", checkpointEvery: 7 }),
    );
    assert.equal(jobId(named), id);
    const split = job.split;
    const others: QueueJob[] = [
      queued(configOf(2)),
      { ...job, backend: "cpu" },
      { ...job, split: { ...split, rowsHash: "0".repeat(64) } },
      { ...job, split: { ...split, imagesHash: "0".repeat(64) } },
    ];
    assert.equal(new Set([id, ...others.map(jobId)]).size, 5);
    // The id has no characters that are special in BullMQ or in a path.
    assert.match(id, /^[\da-f]{64}$/);
  });

  const config = json.config;
  const wrong: [string, unknown, RegExp][] = [
    ["no data", undefined, /expected an object/],
    ["a list in place of an object", [], /expected an object/],
    ["an extra field", { ...json, folder: "/etc" }, /unknown field folder; there are build/],
    ["no config", { ...json, config: undefined }, /expected a config, .* got nothing/],
    [
      "an extra setting",
      { ...json, config: { ...config, command: "rm" } },
      /unknown setting command/,
    ],
    [
      "a missing setting",
      { ...json, config: { ...config, beta: undefined } },
      /beta: expected a number/,
    ],
    [
      "a name that is a path",
      { ...json, config: { ...config, preset: "../x" } },
      /preset: expected/,
    ],
    ["too many epochs", { ...json, config: { ...config, epochs: 1e12 } }, /from 1 to 100000/],
    ["epochs as text", { ...json, config: { ...config, epochs: "1e12" } }, /from 1 to 100000/],
    [
      "a long schedule for many epochs",
      {
        ...json,
        config: { ...config, epochs: 50_000, beta: `product(${Array(3000).fill(1).join()})` },
      },
      /at most 1280 with schedules of 39035 characters/,
    ],
    [
      "a long config",
      { ...json, config: { ...config, beta: "(".repeat(1e4) } },
      /at most 10000 char/,
    ],
    ["too much data", { ...json, rows: Array(400_000).fill(10) }, /expected at most 1000000 bytes/],
    ["the backend auto", { ...json, backend: "auto" }, /backend: expected tensorflow, wasm/],
    ["another backend", { ...json, backend: "../x" }, /backend: expected tensorflow, wasm/],
    ["a build that is a path", { ...json, build: "../x" }, /expected the name of a build/],
    ["an invalid hash", { ...json, split: { ...json.split, rowsHash: "x" } }, /SHA-256/],
    [
      "no hash of the images",
      { ...json, split: { ...json.split, imagesHash: undefined } },
      /SHA-256/,
    ],
    [
      "an escape character in its source",
      { ...json, split: { ...json.split, source: "\u001b[2J" } },
      /source/,
    ],
    ["a source that is a path", { ...json, split: { ...json.split, source: "a/b" } }, /source/],
    ["too few rows", { ...json, rows: [1] }, /expected 250 rows/],
    ["repeated rows", { ...json, rows: Array(250).fill(1) }, /expected different rows/],
    ["rows that do not match their hash", { ...json, rows }, /rows that match the split's hash/],
    ["negative rows", { ...json, rows: rows.map((row) => row - 1) }, /expected rows from 0/],
    ["another run's id", jobJson(queued(configOf(2))), /id does not match its run/],
  ];
  for (const [what, value, message] of wrong)
    it(`a job with ${what} is rejected`, () => {
      assert.throws(
        () => parseJob(value, id),
        (error: Error) => error instanceof MalformedJob && message.test(error.message),
      );
    });

  it("any other JSON is rejected as a malformed job", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, name) => {
        assert.throws(() => parseJob(value, name), MalformedJob);
        const field = { ...json, [name]: value };
        if (name in json) assert.throws(() => parseJob(field, "no id"), MalformedJob);
      }),
    );
  });
});

describe("the folder of a job", () => {
  let work: string;
  const id = "a".repeat(64);
  beforeEach(() => (work = mkdtempSync(path.join(os.tmpdir(), "tdnc-work-"))));
  afterEach(() => rmSync(work, { recursive: true }));

  it("claimFolder makes a new folder and later renames it and removes its lock", async () => {
    const first = await claimFolder(work, BUILD, id);
    writeFileSync(path.join(first, "record.json"), "1");
    writeFileSync(path.join(first, "run.lock"), "1");
    const second = await claimFolder(work, BUILD, id);
    assert.notEqual(first, second);
    assert.deepEqual(readdirSync(work), [path.basename(second)]);
    assert.deepEqual(readdirSync(second), ["record.json"]);
    assert.ok(path.basename(second).startsWith(`${id}.`));
  });

  it("claimFolder leaves another job's folder and rejects an id that is a path", async () => {
    mkdirSync(path.join(work, `${"b".repeat(64)}.1`));
    await claimFolder(work, BUILD, id);
    assert.equal(readdirSync(work).length, 2);
    await assert.rejects(claimFolder(work, BUILD, "../x"), /expected the id of a job/);
  });

  it("claimFolder does not take the folder of another build", async () => {
    writeFileSync(path.join(await claimFolder(work, BUILD, id), "checkpoint"), "1");
    assert.deepEqual(readdirSync(await claimFolder(work, `${BUILD}.1`, id)), []);
    assert.deepEqual(readdirSync(await claimFolder(work, BUILD, id)), ["checkpoint"]);
  });
});

describe("a build", () => {
  it("a build covers every folder of src except those that only show results", () => {
    const rooms = readdirSync("src", { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const showing = [
      "cli",
      "figures",
      "notebook",
      "play",
      "results",
      "tfjs-node-shim",
      "tfjs-wasm-training",
    ];
    assert.deepEqual([...DECIDING_FOLDERS, ...showing].sort(), rooms.sort());
  });

  it("the name of a build depends only on the code that determines numbers", () => {
    const root = mkdtempSync(path.join(os.tmpdir(), "tdnc-build-"));
    for (const name of [...DECIDING_FOLDERS, "cli"])
      mkdirSync(path.join(root, name, "deep"), { recursive: true });
    const write = (name: string, text: string) => writeFileSync(path.join(root, name), text);
    const first = buildName(root);
    assert.match(first, /^\d+\.\d+\.\d+-[\da-f]{12}$/);
    write("cli/a.js", "1");
    write("model/a.js.map", "1");
    write("model/a.d.ts", "1");
    assert.equal(buildName(root), first);
    write("model/deep/a.js", "1");
    const second = buildName(root);
    write("model/deep/a.js", "2");
    const names = [first, second, buildName(root)];
    write("kernels/a.wasm", "1");
    assert.equal(new Set([...names, buildName(root)]).size, 4);
    rmSync(root, { recursive: true });
  });
});
