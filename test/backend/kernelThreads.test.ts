import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { threadsOfEach, wantedThreads, THREADS_VARIABLE } from "../../src/backend/threads";
import { start } from "../cli/commandLine";

describe("threads of the training kernels", function () {
  this.timeout(120_000);
  let root: string;
  before(() => (root = mkdtempSync(path.join(os.tmpdir(), "tdnc-threads-"))));
  after(() => rmSync(root, { recursive: true, force: true }));

  /** The files of an epoch of training on some threads, and the record without its clocks. */
  async function epoch(threads: number) {
    const out = path.join(root, String(threads));
    const args = ["train", "mnist-250", "--epochs", "1", "--report-count", "0", "--out", out];
    const options = ["--backend", "wasm", "--threads", String(threads)];
    const { code, stderr } = await start(...args, ...options).finished;
    assert.equal(code, 0, stderr);
    if (threads > 1) assert.match(stderr, new RegExp(`; ${threads} threads`));
    const folder = path.join(out, "mnist-250-sliding", "split-0-seed-0");
    const files = ["checkpoint.safetensors", ...readdirSync(path.join(folder, "model"))];
    const read = (name: string) =>
      readFileSync(path.join(folder, name.startsWith("checkpoint") ? "" : "model", name));
    const record = JSON.parse(readFileSync(path.join(folder, "record.json"), "utf8")) as {
      epochs: { seconds?: unknown }[];
    };
    for (const one of record.epochs) delete one.seconds;
    return { epochs: record.epochs, files: files.map((name) => read(name).toString("base64")) };
  }

  it("an epoch gives the same weights and measures to the last bit on 1, 2 and 3 threads", async () => {
    const one = await epoch(1);
    for (const threads of [2, 3]) {
      const several = await epoch(threads);
      assert.deepEqual(several.epochs, one.epochs, `${threads} threads`);
      assert.deepEqual(several.files, one.files, `${threads} threads`);
    }
  });

  it("runs at the same time share the cores, unless TDNC_THREADS says otherwise", () => {
    const before = process.env[THREADS_VARIABLE];
    try {
      delete process.env[THREADS_VARIABLE];
      const cores = os.availableParallelism();
      assert.equal(wantedThreads(), cores);
      assert.deepEqual([1, cores, 2 * cores].map(threadsOfEach), [cores, 1, 1]);
      process.env[THREADS_VARIABLE] = "3";
      assert.deepEqual([wantedThreads(), threadsOfEach(2)], [3, 3]);
      process.env[THREADS_VARIABLE] = "many";
      assert.throws(wantedThreads, /TDNC_THREADS: expected a whole number from 1, got "many"/);
    } finally {
      if (before === undefined) delete process.env[THREADS_VARIABLE];
      else process.env[THREADS_VARIABLE] = before;
    }
  });
});
