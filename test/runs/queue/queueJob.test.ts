import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { rowsHash } from "../../../src/data/splits";
import { buildName } from "../../../src/runs/queue/build";
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

  it("survives JSON, with the rows of a file of splits", () => {
    const read = parseJob(JSON.parse(JSON.stringify(jobJson(withRows))), jobId(withRows));
    assert.deepEqual(jobJson(read), jobJson(withRows));
    assert.equal(read.config.beta(1), withRows.config.beta(1));
  });

  it("is one for two names of a run, and another for other numbers, rows, images or backends", () => {
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
    // A name without what BullMQ or a path would take for more.
    assert.match(id, /^[\da-f]{64}$/);
  });

  const config = json.config;
  const wrong: [string, unknown, RegExp][] = [
    ["nothing", undefined, /expected an object/],
    ["a list", [], /expected an object/],
    ["a field more", { ...json, folder: "/etc" }, /unknown field "folder"/],
    ["no config", { ...json, config: undefined }, /expected at most \d+ epochs/],
    [
      "a setting more",
      { ...json, config: { ...config, command: "rm" } },
      /unknown setting command/,
    ],
    [
      "a setting less",
      { ...json, config: { ...config, beta: undefined } },
      /beta: expected a number/,
    ],
    [
      "a name that is a path",
      { ...json, config: { ...config, preset: "../x" } },
      /preset: expected/,
    ],
    ["epochs without end", { ...json, config: { ...config, epochs: 1e12 } }, /at most \d+ epochs/],
    ["epochs as text", { ...json, config: { ...config, epochs: "1e12" } }, /at most \d+ epochs/],
    [
      "a long schedule for many epochs",
      {
        ...json,
        config: { ...config, epochs: 50_000, beta: `product(${Array(3000).fill(1).join()})` },
      },
      /at most [67]\d\d\d epochs of a config of [67]\d\d\d characters/,
    ],
    [
      "a long config",
      { ...json, config: { ...config, beta: "(".repeat(1e4) } },
      /at most 10000 char/,
    ],
    ["a large job", { ...json, rows: Array(400_000).fill(10) }, /expected at most 1000000 bytes/],
    ["the backend auto", { ...json, backend: "auto" }, /expected the name of a backend/],
    ["another backend", { ...json, backend: "../x" }, /expected the name of a backend/],
    ["a build that is a path", { ...json, build: "../x" }, /expected the name of a build/],
    ["a hash that is none", { ...json, split: { ...json.split, rowsHash: "x" } }, /SHA-256/],
    ["no images' hash", { ...json, split: { ...json.split, imagesHash: undefined } }, /SHA-256/],
    [
      "a source with an escape",
      { ...json, split: { ...json.split, source: "\u001b[2J" } },
      /source/,
    ],
    ["a source that is a path", { ...json, split: { ...json.split, source: "a/b" } }, /source/],
    ["too few rows", { ...json, rows: [1] }, /expected 250 rows/],
    ["rows twice", { ...json, rows: Array(250).fill(1) }, /expected different rows/],
    ["rows of another hash", { ...json, rows }, /rows that the split's hash is of/],
    ["rows that are none", { ...json, rows: rows.map((row) => row - 1) }, /expected rows from 0/],
    ["another run's id", jobJson(queued(configOf(2))), /id is not that of its run/],
  ];
  for (const [what, value, message] of wrong)
    it(`with ${what} is refused`, () => {
      assert.throws(
        () => parseJob(value, id),
        (error: Error) => error instanceof MalformedJob && message.test(error.message),
      );
    });

  it("that is any other JSON is refused with no other kind of error", () => {
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

  it("is a new one, and the next time the same under another name, without its lock", async () => {
    const first = await claimFolder(work, BUILD, id);
    writeFileSync(path.join(first, "record.json"), "1");
    writeFileSync(path.join(first, "run.lock"), "1");
    const second = await claimFolder(work, BUILD, id);
    assert.notEqual(first, second);
    assert.deepEqual(readdirSync(work), [path.basename(second)]);
    assert.deepEqual(readdirSync(second), ["record.json"]);
    assert.ok(path.basename(second).startsWith(`${id}.`));
  });

  it("is that of no other job, and never a path that a queue names", async () => {
    mkdirSync(path.join(work, `${"b".repeat(64)}.1`));
    await claimFolder(work, BUILD, id);
    assert.equal(readdirSync(work).length, 2);
    await assert.rejects(claimFolder(work, BUILD, "../x"), /expected the id of a job/);
  });

  it("is that of no other build, whose checkpoint would make a run of two", async () => {
    writeFileSync(path.join(await claimFolder(work, BUILD, id), "checkpoint"), "1");
    assert.deepEqual(readdirSync(await claimFolder(work, `${BUILD}.1`, id)), []);
    assert.deepEqual(readdirSync(await claimFolder(work, BUILD, id)), ["checkpoint"]);
  });
});

describe("a build", () => {
  it("is told by the code that decides numbers, and by no other", () => {
    const root = mkdtempSync(path.join(os.tmpdir(), "tdnc-build-"));
    for (const name of readdirSync("src"))
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
