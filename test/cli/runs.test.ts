import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseOwner } from "../../src/runs/lockOwner";
import type { RunRecord } from "../../src/runs/record";
import { MAIN, start, startWith, tdnc, type Finished } from "./commandLine";

/** Six epochs of three steps, a test at the end: seconds. */
const SETTINGS = [
  ...["--label-count", "30", "--sub-batch-count", "10", "--sub-batch-size", "3"],
  ...["--epochs", "6", "--test-every", "6", "--checkpoint-every", "2", "--backend", "wasm"],
];
/** The same with twelve epochs: time enough to be stopped in. */
const LONGER = [...SETTINGS, "--epochs", "12"];
const RUN = path.join("mnist-250-sliding", "split-0-seed-0");

function readRun(out: string, run = RUN): RunRecord | undefined {
  const file = path.join(out, run, "record.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as RunRecord) : undefined;
}

/** The numbers of a run: its record without times, and its checkpoint. */
function numbers(out: string, run = RUN): unknown {
  const { startedAt: _, seconds: __, epochs, ...rest } = readRun(out, run)!;
  const checkpoint = readFileSync(path.join(out, run, "checkpoint.safetensors"), "hex");
  return { ...rest, epochs: epochs.map(({ seconds: ___, ...epoch }) => epoch), checkpoint };
}

/** Waits until a run's record holds so many epochs. */
async function reach(out: string, epochs: number): Promise<void> {
  while ((readRun(out)?.epochs.length ?? 0) < epochs)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("tdnc train", function () {
  this.timeout(180_000);
  let root: string;
  let whole: Finished;
  const at = (name: string) => path.join(root, name);

  before(async () => {
    root = mkdtempSync(path.join(os.tmpdir(), "tdnc-train-"));
    whole = await tdnc("train", ...SETTINGS, "--out", at("whole"));
    await tdnc("train", ...LONGER, "--out", at("longer"));
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it("tdnc train records a run and prints its table to stdout and its progress to stderr", () => {
    assert.equal(whole.code, 0, whole.stderr);
    assert.match(whole.stdout, /^mnist-250, 6 epochs\nregularizer .*\nsliding +1 +\d+\.\d\d +- /);
    assert.match(whole.stderr, /^backend wasm: /);
    assert.match(whole.stderr, /split-0-seed-0: starts, 6 epochs/);
    assert.match(whole.stderr, /epoch 6\/6, loss [\d.]+, train [\d.]+%, test [\d.]+%/);
    const record = readRun(at("whole"))!;
    assert.equal(record.status, "complete");
    assert.equal(record.environment.backend, "wasm");
    assert.equal(record.split.rowsHash.length, 64);
    assert.equal(record.config.beta as unknown, "squareRootDecay(1.1)");
  });

  it("a repeated tdnc train reports a complete run and leaves its record unchanged", async () => {
    const bytes = () => readFileSync(path.join(at("whole"), RUN, "record.json"), "utf8");
    const before = bytes();
    const again = await tdnc("train", ...SETTINGS, "--out", at("whole"));
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /split-0-seed-0: already complete/);
    assert.equal(again.stdout, whole.stdout);
    assert.equal(bytes(), before);
  });

  it("a run killed with SIGKILL resumes to the numbers of an uninterrupted run", async () => {
    const running = start("train", ...LONGER, "--out", at("killed"));
    // The record of epoch 4 is written after the checkpoint of epoch 2, and before its own.
    await reach(at("killed"), 4);
    running.signalGroup("SIGKILL");
    assert.equal((await running.finished).code, null);
    assert.notEqual(readRun(at("killed"))!.status, "complete");
    const resumed = await tdnc("train", ...LONGER, "--out", at("killed"));
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.match(resumed.stderr, /resumes after epoch \d+ of 12/);
    assert.deepEqual(numbers(at("killed")), numbers(at("longer")));
  });

  for (const [name, signal, toGroup] of [
    ["Ctrl-C in a terminal", "SIGINT", true],
    ["SIGTERM to the command alone", "SIGTERM", false],
    ["a terminal that closes", "SIGHUP", true],
  ] as const)
    it(`tdnc train stopped by ${name} exits with 130 and resumes exactly`, async () => {
      const out = at(signal);
      const running = start("train", ...LONGER, "--out", out);
      await reach(out, 2);
      running[toGroup ? "signalGroup" : "signal"](signal);
      const { code, stderr } = await running.finished;
      assert.equal(code, 130, stderr);
      assert.match(
        stderr,
        /interrupted; 0 of 1 runs are complete\. Give the same command to resume/,
      );
      const stopped = readRun(out)!;
      assert.equal(stopped.status, "interrupted");
      assert.ok(stopped.epochs.length < 12);
      assert.deepEqual(readdirSync(path.join(out, RUN)).sort(), [
        "checkpoint.safetensors",
        "record.json",
      ]);
      const resumed = await tdnc("train", ...LONGER, "--out", out);
      assert.equal(resumed.code, 0, resumed.stderr);
      assert.deepEqual(numbers(out), numbers(at("longer")));
    });

  for (const [name, command] of [
    ["nohup", 'nohup "$0" "$@"'],
    ["a shell that ignores the signal", 'trap "" HUP; "$0" "$@"; exit $?'],
  ])
    it(`tdnc train started by ${name} continues when the terminal closes`, async () => {
      const out = at(name.split(" ")[0]);
      const train = ["train", ...LONGER, "--report-count", "0", "--out", out];
      const child = spawn("bash", ["-c", command, process.execPath, MAIN, ...train], {
        detached: true,
        stdio: "ignore",
      });
      const exit = new Promise((resolve) => child.once("exit", resolve));
      await reach(out, 2);
      process.kill(-child.pid!, "SIGHUP");
      assert.equal(await exit, 0);
      assert.equal(readRun(out)!.status, "complete");
    });

  it("tdnc train stopped by Ctrl-C while a run's process is loading exits with 130", async () => {
    // Holds that process before it installs signal handlers, and marks that it got there.
    const [preload, marker] = [at("preload.cjs"), at("loading")];
    writeFileSync(
      preload,
      `if (process.argv[1].endsWith("runProcess.js")) {
        require("node:fs").writeFileSync(${JSON.stringify(marker)}, "");
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30_000);
      }`,
    );
    const variables = { NODE_OPTIONS: `--require ${preload}` };
    const running = startWith(variables, "train", ...SETTINGS, "--out", at("early"));
    while (!existsSync(marker)) await new Promise((resolve) => setTimeout(resolve, 5));
    running.signalGroup("SIGINT");
    const { code, stderr } = await running.finished;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /interrupted; 0 of 1 runs are complete/);
    assert.ok(!stderr.includes("failed"), stderr);
  });

  it("a run whose command is killed ends as interrupted and leaves no process", async () => {
    const out = at("orphan");
    const running = start("train", ...SETTINGS, "--epochs", "400", "--out", out);
    await reach(out, 2);
    const { pid } = parseOwner(readFileSync(path.join(out, RUN, "run.lock"), "utf8"))!;
    running.signal("SIGKILL");
    await running.finished;
    const isAlive = () => existsSync(`/proc/${pid}/status`);
    while (isAlive()) await new Promise((go) => setTimeout(go, 25));
    assert.equal(readRun(out)!.status, "interrupted");
  });

  it("tdnc train rejects a folder with another run and lists what differs", async () => {
    const before = numbers(at("whole"));
    const { code, stderr, stdout } = await tdnc(
      "train",
      ...SETTINGS,
      "--epochs",
      "7",
      "--out",
      at("whole"),
    );
    assert.equal(code, 1);
    assert.match(stderr, /holds another run \(complete\)[^]*epochs: 6 there, 7 here/);
    assert.equal(stdout, "");
    assert.deepEqual(numbers(at("whole")), before);
  });

  it("tdnc train executes the other runs if one fails and reports all as JSON", async () => {
    const out = at("several");
    // A run of another config in the folder of the first.
    await tdnc("train", ...SETTINGS, "--epochs", "1", "--regularizer", "vanilla", "--out", out);
    const { code, stdout, stderr } = await tdnc(
      ...["train", ...SETTINGS, "--regularizer", "vanilla,sliding", "--splits", "0,1"],
      // Once more: named twice, it runs once.
      ...["--regularizer", "sliding"],
      ...["--workers", "2", "--json", "--out", out],
    );
    assert.equal(code, 1);
    assert.match(stderr, /failed: .*mnist-250-vanilla\/split-0-seed-0: .*holds another run/);
    const results = JSON.parse(stdout) as {
      status: string;
      test?: { accuracy: number };
      folder: string;
      config: { split: number };
    }[];
    assert.deepEqual(
      results.map(({ status }) => status),
      ["failed", "complete", "complete", "complete"],
    );
    assert.deepEqual(
      results.map(({ config }) => config.split),
      [0, 1, 0, 1],
    );
    assert.ok(results[3].test!.accuracy > 0.05);
    assert.deepEqual(numbers(out), numbers(at("whole")));
  });

  it("tdnc train reports a full disk and leaves no half-written file", async function () {
    const disk = at("disk");
    mkdirSync(disk);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1100k", "tmpfs", disk], {
        stdio: "ignore",
      });
    } catch {
      console.log("      skipped: a small disk cannot be mounted here");
      this.skip();
    }
    try {
      const { code, stderr } = await tdnc("train", ...SETTINGS, "--out", disk);
      assert.equal(code, 1);
      assert.match(stderr, /could not write .*: the disk is full/);
      const files = readdirSync(path.join(disk, RUN));
      assert.deepEqual(
        files.filter((file) => file.endsWith(".tmp")),
        [],
      );
      assert.ok(readRun(disk)!.epochs.length < 6);
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});

describe("tdnc start", function () {
  this.timeout(120_000);

  it("tdnc start compares three regularizers in a table and on a page", async () => {
    const out = mkdtempSync(path.join(os.tmpdir(), "tdnc-start-"));
    const first = await tdnc("start", "--epochs", "1", "--out", out);
    assert.equal(first.code, 0, first.stderr);
    for (const name of ["vanilla", "hofer", "sliding"])
      assert.match(first.stdout, new RegExp(`^${name} +1 +\\d+\\.\\d\\d`, "m"));
    assert.match(first.stdout, /npx tdnc train mnist-250 --regularizer vanilla,hofer,sliding/);
    assert.match(first.stdout, /shortened to 1 of 310 epochs/);
    assert.match(
      readFileSync(path.join(out, "comparison.html"), "utf8"),
      /<h1>Regularizers compared/,
    );
    // A second time nothing is trained, and the results are the same.
    const again = await tdnc("start", "--epochs", "1", "--out", out, "--json");
    const results = JSON.parse(again.stdout) as { status: string; seconds: number }[];
    assert.deepEqual(
      results.map(({ status }) => status),
      ["complete", "complete", "complete"],
    );
    assert.doesNotMatch(again.stderr, /starts, 1 epochs/);
    rmSync(out, { recursive: true });
  });
});
