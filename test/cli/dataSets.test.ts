import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { selectBackend } from "../../src/backend/selectBackend";
import type { RunRecord } from "../../src/runs/record";
import { loadSavedNetwork } from "../../src/runs/savedRun";
import { tdnc } from "./commandLine";

const SIZE = 28 * 28;

function idxFile(shape: readonly number[], values: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x0800 + shape.length);
  shape.forEach((length, axis) => header.writeUInt32BE(length, 4 + 4 * axis));
  return Buffer.concat([header, values]);
}

/** Files in MNIST's format: classes 1 to `classCount`, an image of class c filled with 5 c. */
function writeFiles(folder: string, classCount: number): void {
  mkdirSync(folder);
  for (const [part, count] of Object.entries({ train: 120, t10k: 60 })) {
    const labels = Uint8Array.from({ length: count }, (_, i) => 1 + (i % classCount));
    const pixels = Buffer.concat([...labels].map((label) => Buffer.alloc(SIZE, 5 * label)));
    const images = gzipSync(idxFile([count, 28, 28], pixels));
    writeFileSync(path.join(folder, `${part}-images-idx3-ubyte.gz`), images);
    writeFileSync(path.join(folder, `${part}-labels.idx1-ubyte`), idxFile([count], labels));
  }
}

describe("other data in MNIST's format", function () {
  this.timeout(120_000);
  let root: string;
  const at = (...names: string[]) => path.join(root, ...names);
  const TINY = [
    ...["mnist-50", "--epochs", "1", "--label-count", "36", "--sub-batch-size", "3"],
    ...["--report-count", "1"],
  ];
  before(() => {
    root = mkdtempSync(path.join(os.tmpdir(), "tdnc data-"));
    writeFiles(at("twelve"), 12);
    writeFiles(at("three"), 3);
  });
  after(() => rmSync(root, { recursive: true }));

  it("--data-set trains on it: the record names it, and the network has its classes", async () => {
    const data = ["--data", at("twelve"), "--data-set", "made-up"];
    const { code, stderr } = await tdnc("train", ...TINY, ...data, "--out", at("runs"));
    assert.equal(code, 0, stderr);
    const run = at("runs", "mnist-50-sliding", "dataset=made-up", "split-0-seed-0");
    const text = readFileSync(path.join(run, "record.json"), "utf8");
    const { config, split, epochs } = JSON.parse(text) as RunRecord;
    assert.equal(config.dataset, "made-up");
    assert.match(split.imagesHash!, /^[\da-f]{64}$/);
    assert.equal(epochs[0].report!.train.deathTimes.length, 12);
    await selectBackend("wasm");
    const network = await loadSavedNetwork(run);
    assert.equal(network.architecture.classCount, 12);
    network.dispose();
    // Measuring needs no name: the record has it.
    const noise = ["--out-of-distribution", at("three"), "--csv"];
    const measured = await tdnc("measure", run, "--data", at("twelve"), ...noise);
    assert.equal(measured.code, 0, measured.stderr);
    const lost = await tdnc("measure", run);
    assert.deepEqual([lost.code, lost.stdout], [2, ""]);
    assert.match(lost.stderr, /data set made-up: expected its folder, named with --data/);
    const other = await tdnc("measure", run, "--data", at("three"));
    assert.equal(other.code, 2);
    assert.match(
      other.stderr,
      /expected the (rows|images) of the project's own splits .*got different ones/,
    );
  });

  it("it is refused without a name, without a folder, and with the network of other images", async () => {
    const named = ["--data-set", "made-up"];
    const folder = ["--data", at("twelve")];
    const refused: [string[], RegExp][] = [
      [["mnist-50", ...folder], /expected the official file of MNIST .*--data-set NAME accepts/],
      [["mnist-50", ...named], /data set made-up: expected its folder, named with --data/],
      [["svhn-250", ...folder, ...named], /dataset made-up needs network SimpleCNN_MNIST/],
      [
        ["mnist-50", ...folder, "--data-set", "../x"],
        /dataset: expected mnist, svhn, cifar10, or a/,
      ],
    ];
    for (const [args, message] of refused)
      for (const command of ["train", "sweep"]) {
        const { code, stderr } = await tdnc(command, ...args, "--out", at("none"));
        assert.equal(code, 2, stderr);
        assert.match(stderr, message);
        assert.ok(!existsSync(at("none")));
      }
  });
});
