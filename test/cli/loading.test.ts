import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { startWith, type Finished } from "./commandLine";

/** Counts reads of the training images, and writes them at the end with the files of tfjs in the cache. */
const WATCH = `
if (process.argv[1].endsWith("main.js")) {
  const fs = require("node:fs");
  const { createReadStream } = fs;
  let reads = 0;
  fs.createReadStream = (file, ...rest) => {
    if (/train-images-idx3-ubyte(\\.gz)?$/.test(file)) reads++;
    return createReadStream(file, ...rest);
  };
  process.on("exit", () => {
    const files = Object.keys(require.cache).filter((file) => file.includes("@tensorflow/"));
    const tfjs = files.filter((file) => !file.endsWith("package.json"));
    fs.writeFileSync(process.env.TDNC_TEST_SEEN, JSON.stringify({ tfjs, reads }));
  });
}
`;

interface Seen {
  readonly tfjs: readonly string[];
  readonly reads: number;
}

describe("imports and reads of a command", function () {
  this.timeout(180_000);
  let root: string;
  const at = (...names: string[]) => path.join(root, ...names);
  before(() => {
    root = mkdtempSync(path.join(os.tmpdir(), "tdnc-loading-"));
    writeFileSync(at("watch.cjs"), WATCH);
  });
  after(() => rmSync(root, { recursive: true }));

  async function watched(...args: string[]): Promise<Finished & Seen> {
    const variables = {
      NODE_OPTIONS: `--require ${at("watch.cjs")}`,
      TDNC_TEST_SEEN: at("seen.json"),
    };
    const finished = await startWith(variables, ...args).finished;
    return { ...finished, ...(JSON.parse(readFileSync(at("seen.json"), "utf8")) as Seen) };
  }

  for (const args of [
    ["--help"],
    ["train", "--help"],
    ["sweep", "--help"],
    ["presets"],
    ["status", "data/records"],
    ["table", "data/records"],
  ])
    it(`"tdnc ${args.join(" ")}" does not load tfjs`, async () => {
      const { code, tfjs, stderr } = await watched(...args);
      assert.equal(code, 0, stderr);
      assert.deepEqual(tfjs, []);
    });

  it("the index loads neither playwright-core nor danfojs-node, nor Node's fetch", () => {
    // Node's fetch instantiates a WebAssembly module when its classes are first named.
    const code = `
      const names = ["Headers", "Request", "Response"];
      const named = [];
      for (const name of names)
        Object.defineProperty(globalThis, name, { get: () => named.push(name) });
      require("./dist");
      const loaded = Object.keys(require.cache).filter((f) => /playwright|danfojs|tslab/.test(f));
      console.log(JSON.stringify([named, loaded]));`;
    const output = execFileSync(process.execPath, ["-e", code], { encoding: "utf8" });
    assert.deepEqual(JSON.parse(output), [[], []]);
  });

  it("tdnc sweep reads the images once for all label counts, split seeds and splits", async () => {
    const grid = ["--grid", "labelCount=60,250,500", "--grid", "splitSeed=0,1", "--splits", "0-1"];
    const args = ["mnist-250", ...grid, "--out", at("sweep"), "--dry-run", "--no-trial"];
    const { stdout, stderr, tfjs, reads } = await watched("sweep", ...args);
    assert.match(stdout, /12 runs: 0 done/, stderr);
    assert.notEqual(tfjs.length, 0, "tfjs is seen where it is loaded");
    assert.equal(reads, 1);
  });

  it("tdnc train reads the images once for several regularizers and splits", async () => {
    const small = ["--label-count", "30", "--sub-batch-count", "10", "--sub-batch-size", "3"];
    const short = ["--epochs", "1", "--report-count", "0", "--test-every", "1"];
    const runs = ["--regularizer", "vanilla,sliding", "--splits", "0-1", "--out", at("train")];
    const { code, stderr, reads } = await watched("train", ...small, ...short, ...runs);
    assert.equal(code, 0, stderr);
    assert.equal(reads, 1);
  });

  it("tdnc measure reads the images once for several runs", async () => {
    const folders = [0, 1].map((split) =>
      at("train", "mnist-250-vanilla", `split-${split}-seed-0`),
    );
    const { code, stderr, reads } = await watched("measure", ...folders, "--json");
    assert.equal(code, 0, stderr);
    assert.equal(reads, 1);
  });
});
