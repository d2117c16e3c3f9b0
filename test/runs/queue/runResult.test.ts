import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { keepRun, type ModelContent } from "../../../src/runs/keepRun";
import type { RunRecord } from "../../../src/runs/record";
import type { Redis } from "../../../src/runs/queue/bullmq";
import { finishedRun, packRecord, unpackRecord } from "../../../src/runs/queue/runResult";
import { fetchResult, storeResult } from "../../../src/runs/queue/resultStore";
import { BUILD, configOf, MODEL, queued, recordOf, writeRun } from "./madeUpRuns";

const job = queued(configOf(1));
const whole = recordOf(job);
const pack = (record: object) => gzipSync(JSON.stringify(record));

describe("a record received from a worker", () => {
  it("a received record takes the names of the requested run", async () => {
    const renamed = { ...whole, config: configOf(1, { regularizer: "weight-only" }) };
    const record = await unpackRecord(await packRecord(renamed), job);
    assert.equal(record.config.regularizer, "sliding");
    assert.deepEqual(JSON.stringify(record), JSON.stringify(whole));
  });

  const [first, second] = whole.epochs;
  const { environment, split } = whole;
  const wrong: [string, object, RegExp][] = [
    ["of another format", { a: 1 }, /expected format tdnc-record/],
    ["of an unfinished run", { ...whole, status: "running" }, /expected a complete run/],
    [
      "without epochs",
      { ...whole, epochs: [] },
      /expected the 2 epochs of a complete run, got none/,
    ],
    [
      "with a missing epoch",
      { ...whole, epochs: [second] },
      /expected the 2 epochs of a complete run, got 1/,
    ],
    [
      "with a repeated epoch",
      { ...whole, epochs: [first, first] },
      /expected epoch 2 at position 2, got 1/,
    ],
    [
      "without a loss",
      { ...whole, epochs: [{ ...first, loss: null }, second] },
      /epochs\[0\]\.loss: expected a number, got null/,
    ],
    [
      "without a last test",
      { ...whole, epochs: [first, { ...second, test: undefined }] },
      /a test/,
    ],
    ["without seconds", { ...whole, seconds: null }, /seconds: expected a number from 0, got null/],
    ["of another run", { ...whole, config: configOf(2) }, /record of this run, got different run/],
    ["of other rows", { ...whole, split: { ...split, rowsHash: "x" } }, /got different rows/],
    ["of other images", { ...whole, split: { ...split, imagesHash: "x" } }, /got different images/],
    [
      "of unknown images",
      { ...whole, split: { ...split, imagesHash: undefined } },
      /different images/,
    ],
    [
      "of another backend",
      { ...whole, environment: { ...environment, backend: "cpu" } },
      /different backend/,
    ],
    [
      "without an environment",
      { ...whole, environment: undefined },
      /environment: expected an object, got nothing/,
    ],
  ];
  for (const [what, record, message] of wrong)
    it(`a received record ${what} is rejected`, async () => {
      await assert.rejects(unpackRecord(pack(record), job), message);
    });

  it("a received record loses the control characters of its texts", async () => {
    const processor = "\u001b[2J\u001b]0;owned\u0007a processor";
    const record = { ...whole, environment: { ...environment, processor } };
    const { environment: read } = await unpackRecord(pack(record), job);
    assert.equal(read.processor, " [2J ]0;owned a processor");
  });

  it("a record that is too large, packed or as JSON, is rejected", async () => {
    await assert.rejects(unpackRecord(randomBytes(1_000_001), job), /at most 1000000 bytes/);
    const bomb = gzipSync(Buffer.alloc(30_000_000, 32));
    assert.ok(bomb.length < 100_000);
    await assert.rejects(
      unpackRecord(bomb, job),
      /expected a record of at most 20000000 bytes, got more/,
    );
    const noise = randomBytes(2_000_000).toString("base64");
    await assert.rejects(
      packRecord({ ...whole, startedAt: noise }),
      /stays in the worker's folder/,
    );
  });
});

describe("a result in Redis", () => {
  /** A Redis that holds one key, for what is stored and fetched. */
  const fake = () => {
    const held: Record<string, Buffer> = {};
    const part = {
      hset: (_: string, values: Record<string, Buffer>) =>
        Promise.resolve(Object.assign(held, values)),
      expire: () => Promise.resolve(1),
      hstrlen: (_: string, field: string) => Promise.resolve(held[field]?.length ?? 0),
      hmgetBuffer: (_: string, ...fields: string[]) =>
        Promise.resolve(fields.map((field) => held[field] ?? null)),
    };
    return { redis: part as unknown as Redis, held };
  };
  const model: ModelContent = {
    "model.json": Buffer.from(JSON.stringify(MODEL)),
    "weights.bin": Buffer.alloc(4),
  };
  const stored = async (content: ModelContent | undefined) => {
    const { redis } = fake();
    await storeResult(redis, BUILD, "id", await packRecord(whole), content);
    return fetchResult(redis, "id", job);
  };

  it("a stored result has the record and, if one was sent, the model", async () => {
    const both = (await stored(model))!;
    assert.deepEqual(both.model, model);
    assert.equal(both.record.config.seed, 1);
    assert.equal((await stored(undefined))!.model, undefined);
    assert.equal(await fetchResult(fake().redis, "id", job), undefined);
  });

  const manifest = MODEL.weightsManifest[0];
  const named = (paths: string[]) => ({ ...MODEL, weightsManifest: [{ ...manifest, paths }] });
  for (const [what, json, weights, message] of [
    ["names another file", named(["../../secret"]), 4, /paths\[0\]: expected weights\.bin/],
    ["names extra files", { ...MODEL, weightsManifest: [manifest, manifest] }, 4, /of one group/],
    ["has too few weights", MODEL, 3, /expected 4 bytes of weights, got 3/],
    ["has another format", { ...MODEL, format: "other" }, 4, /format: expected layers-model/],
    ["has no format", null, 4, /model\.json: expected a model of tfjs: expected an object/],
  ] as const)
    it(`a result is rejected with a model that ${what}`, async () => {
      const content = { "model.json": Buffer.from(JSON.stringify(json)) };
      await assert.rejects(stored({ ...content, "weights.bin": Buffer.alloc(weights) }), message);
    });

  it("a result with a part that is too large is rejected", async () => {
    const large = { ...model, "weights.bin": Buffer.alloc(1_000_001) };
    await assert.rejects(stored(large), /weights\.bin of at most 1000000 bytes, got 1000001/);
  });
});

describe("the folder of a run computed elsewhere", () => {
  let root: string;
  const at = (...names: string[]) => path.join(root, ...names);
  beforeEach(() => (root = mkdtempSync(path.join(os.tmpdir(), "tdnc-keep-"))));
  afterEach(() => rmSync(root, { recursive: true }));

  it("finishedRun omits a large model and rejects a run that is not complete", async () => {
    writeRun(at("a"), whole);
    assert.equal((await finishedRun(at("a"))).model!["weights.bin"].length, 4);
    writeFileSync(at("a", "model", "weights.bin"), Buffer.alloc(1_000_001));
    assert.equal((await finishedRun(at("a"))).model, undefined);
    writeRun(at("b"), { ...whole, status: "interrupted" });
    await assert.rejects(finishedRun(at("b")), /expected a complete run, got interrupted/);
  });

  it("keepRun writes record and model and removes an earlier try's checkpoint", async () => {
    writeRun(at("a"), { ...whole, status: "interrupted", epochs: [] } as RunRecord);
    rmSync(at("a", "model"), { recursive: true });
    writeFileSync(at("a", "checkpoint.safetensors"), "old");
    const { model } = await finishedRun(kept("other"));
    await keepRun(at("a"), whole, model);
    assert.deepEqual(readdirSync(at("a")).sort(), ["model", "record.json"]);
    assert.deepEqual(readdirSync(at("a", "model")).sort(), ["model.json", "weights.bin"]);
  });

  it("keepRun does not change a folder with a complete run or with another run", async () => {
    const before = readFileSync(path.join(kept("a"), "record.json"), "utf8");
    await keepRun(at("a"), { ...whole, seconds: 99 }, undefined);
    await assert.rejects(
      keepRun(at("a"), recordOf(queued(configOf(2))), undefined),
      /holds another run \(complete\)[^]*seed: 1 there, 2 here/,
    );
    assert.equal(readFileSync(at("a", "record.json"), "utf8"), before);
    assert.ok(!existsSync(at("a", "run.lock")));
  });

  const kept = (name: string) => {
    writeRun(at(name), whole);
    return at(name);
  };
});
