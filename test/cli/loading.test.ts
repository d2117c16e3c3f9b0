import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { startWith, type Finished } from "./commandLine";

/** Writes to a file, when the command ends, which packages of tfjs it loaded, and how often it read images. */
const WATCH = `
const fs = require("node:fs");
let reads = 0;
const read = fs.promises.readFile;
fs.promises.readFile = function (file, ...rest) {
  if (/train-images-idx3-ubyte(\\.gz)?$/.test(file) && fs.existsSync(file)) reads++;
  return read.call(this, file, ...rest);
};
if (process.argv[1].endsWith("main.js"))
  process.on("exit", () => {
    const loaded = Object.keys(require.cache).filter((file) => file.includes("@tensorflow/"));
    const packages = loaded.filter((file) => !file.endsWith("package.json"));
    fs.writeFileSync(process.env.TDNC_TEST_SEEN, JSON.stringify({ packages, reads }));
  });
`;

interface Seen {
  readonly packages: readonly string[];
  readonly reads: number;
}

describe("what a command loads and reads", function () {
  this.timeout(120_000);
  let root: string;
  const at = (name: string) => path.join(root, name);
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
    ["choose", "data/studies"],
  ])
    it(`"tdnc ${args.join(" ")}" does not load tfjs`, async () => {
      const { stdout, packages } = await watched(...args);
      assert.ok(stdout !== "" || args[0] === "choose");
      assert.deepEqual(packages, []);
    });

  /** One epoch of three steps. */
  const SHORT = ["--label-count", "30", "--sub-batch-count", "10", "--sub-batch-size", "3"];
  const QUICK = ["--epochs", "1", "--report-count", "0", "--test-every", "1"];

  it("a sweep over label counts, split seeds and splits reads the images once", async () => {
    const grid = ["--grid", "labelCount=60,250,500", "--grid", "splitSeed=0,1", "--splits", "0-1"];
    const args = ["mnist-250", ...grid, "--out", at("sweep"), "--dry-run", "--no-trial"];
    const { stdout, packages, reads } = await watched("sweep", ...args);
    assert.match(stdout, /12 runs: 0 done/);
    assert.notEqual(packages.length, 0, "the watcher sees tfjs where it is loaded");
    assert.equal(reads, 1);
  });

  it("tdnc train reads the images once in its own process, for several regularizers and splits", async () => {
    const which = ["--regularizer", "vanilla,sliding", "--splits", "0-1", "--quiet"];
    const args = ["mnist-250", ...SHORT, ...QUICK, ...which, "--out", at("train")];
    const { code, stderr, reads } = await watched("train", ...args);
    assert.equal(code, 0, stderr);
    assert.equal(reads, 1);
  });

  it("tdnc measure reads the images once for several runs", async () => {
    const folders = [0, 1].map((split) =>
      path.join(at("train"), "mnist-250-vanilla", `split-${split}-seed-0`),
    );
    const { code, stderr, reads } = await watched("measure", ...folders, "--json");
    assert.equal(code, 0, stderr);
    assert.equal(reads, 1);
  });
});
