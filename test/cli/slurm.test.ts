import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import {
  ranges,
  slurmScript,
  writeSlurmJob,
  type SlurmJob,
} from "../../src/runs/sweeps/slurmScript";
import { mnist250 } from "../../src/training/settings/presets";
import { parseRunList, runListJson } from "../../src/runs/sweeps/runList";
import { expandSweep } from "../../src/runs/sweeps/sweep";
import { planInPlace } from "../../src/runs/sweeps/sweepPlan";
import { parseOwner } from "../../src/runs/lockOwner";
import type { RunRecord } from "../../src/runs/record";
import { tdnc } from "./commandLine";
import { sbatch } from "./sbatch";

/** The record in a run's folder. */
function readRunIn(folder: string): RunRecord | undefined {
  const file = path.join(folder, "record.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as RunRecord) : undefined;
}

/** A run's record without times, its checkpoint and its weights. */
function numbersIn(folder: string): unknown {
  const { startedAt: _, seconds: __, epochs, ...rest } = readRunIn(folder)!;
  const [checkpoint, weights] = ["checkpoint.safetensors", "model/weights.bin"].map((name) =>
    readFileSync(path.join(folder, name), "hex"),
  );
  return { ...rest, epochs: epochs.map(({ seconds: ___, ...one }) => one), checkpoint, weights };
}

describe("a list of runs", () => {
  it("parseRunList restores a list and rejects outside folders and invalid runs", () => {
    const runs = expandSweep({ preset: "mnist-250", grid: { beta: [1, 2] } });
    const list = JSON.parse(runListJson(runs)) as { runs: { folder: string }[] };
    assert.equal(runListJson(parseRunList(list)), runListJson(runs));
    for (const folder of ["/etc", "../x", "a/../../x", "", 7])
      assert.throws(
        () => parseRunList({ runs: [{ folder, config: mnist250 }] }),
        /run 0 of the list: folder: expected /,
      );
    assert.throws(() => parseRunList({ runs: [] }), /expected a list of runs/);
    assert.throws(
      () => parseRunList({ runs: [{ folder: "a" }] }),
      /run 0 .*config: expected an object, got nothing/,
    );
  });
});

describe("a Slurm script", () => {
  it("a Slurm script gives its task numbers as ranges", () => {
    assert.equal(ranges([0, 1, 2, 3, 7, 9, 10]), "0-3,7,9-10");
    assert.equal(ranges([4]), "4");
  });

  it("a Slurm script passes each word of its command on unchanged", () => {
    const words = ["a b", "it's", "$HOME", "`x`", "plain", 'q"q'];
    const script = slurmScript(new Map([[5, [5]]]), ["printf", "%s|", ...words], "/tmp");
    const env = { ...process.env, SLURM_ARRAY_TASK_ID: "5" };
    const stdout = execFileSync("bash", ["-c", script], { encoding: "utf8", env });
    assert.equal(stdout, `${words.join("|")}|--task|5|`);
  });
});

describe("writeSlurmJob", function () {
  this.timeout(180_000);
  let root: string;
  const at = (...names: string[]) => path.join(root, ...names);
  const runs = expandSweep({ preset: "mnist-250", splits: "0-9", seeds: "0-149" });
  const split = { source: "seeded", rowsHash: "0".repeat(64), imagesHash: "1".repeat(64) };
  before(() => {
    root = mkdtempSync(path.join(os.tmpdir(), "tdnc slurm-"));
    // In place of tdnc: keeps the word after --task.
    writeFileSync(at("recorder.sh"), `printf '%s\\n' "\${@: -1}" >> '${at("tasks")}'`);
  });
  after(() => rmSync(root, { recursive: true }));

  /** Writes the job of these runs, but for some that are done, and submits it. */
  async function submitted(settings: Partial<SlurmJob>, done: readonly number[], limit?: number) {
    rmSync(at("tasks"), { force: true });
    const checked = runs.map((run) => ({ ...run, split, rows: [] }));
    const plan = planInPlace(checked, at("out")).map((run, i) =>
      done.includes(i) ? { ...run, state: "done" as const } : run,
    );
    const where = { program: ["bash", at("recorder.sh")], out: at("out"), folder: at("job") };
    const steps = await writeSlurmJob(runs, plan, { ...where, backend: "wasm", ...settings });
    const job = await sbatch(at("job", "job.sh"), limit);
    const tasks = readFileSync(at("tasks"), "utf8").trim().split("\n");
    const executed = tasks.flatMap((task) => task.split(",").map(Number));
    return { ...job, steps, executed: executed.sort((a, b) => a - b) };
  }

  it("an array of Slurm's own size executes each of 1,500 runs once", async () => {
    const { largest, steps, executed } = await submitted({}, []);
    assert.equal(largest, 1000);
    assert.deepEqual(executed, [...runs.keys()]);
    assert.match(steps, /^A task executes up to 2 runs, one after the other/m);
  });

  it("an array of another size executes each pending run once, within the limit of concurrent tasks", async () => {
    const done = [...runs.keys()].filter((i) => i % 7 === 0 || i > 200);
    const settings = { maxArraySize: 14, maxRunning: 3 };
    const { largest, atOnce, executed } = await submitted(settings, done, 14);
    assert.deepEqual([largest, atOnce], [13, 3]);
    const todo = [...runs.keys()].filter((i) => !done.includes(i));
    assert.deepEqual(executed, todo);
  });

  it("the stand-in for sbatch rejects an array that is too large for its cluster", async () => {
    await assert.rejects(
      submitted({ maxArraySize: 20 }, [], 14),
      /Invalid job array specification/,
    );
    assert.ok(!existsSync(at("tasks")));
  });
});

describe("tdnc sweep --slurm", function () {
  this.timeout(180_000);
  let root: string;
  const at = (...names: string[]) => path.join(root, ...names);
  const SETTINGS = [
    ...["--label-count", "30", "--sub-batch-count", "10", "--sub-batch-size", "3"],
    ...["--epochs", "1", "--test-every", "1", "--report-count", "0", "--grid", "beta=0.5,1.1"],
  ];
  before(() => (root = mkdtempSync(path.join(os.tmpdir(), "tdnc slurm-"))));
  after(() => rmSync(root, { recursive: true }));

  it("task n of the script executes run n, and a complete run is not submitted again", async () => {
    const args = [...SETTINGS, "--out", at("out"), "--slurm", at("job")];
    const { code, stdout, stderr } = await tdnc("sweep", "mnist-250", ...args);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^2 runs, 0 of them done or duplicates; wrote .*runs\.json and .*job\.sh$/m,
    );
    assert.match(stdout, /^submit: +sbatch '.*job\/job\.sh'$/m);
    assert.ok(!existsSync(at("out")));
    const script = readFileSync(at("job", "job.sh"), "utf8");
    assert.match(script, /^#SBATCH --array=0-1$/m);
    const env = { ...process.env, SLURM_ARRAY_TASK_ID: "1" };
    const task = spawnSync(at("job", "job.sh"), { encoding: "utf8", env });
    assert.equal(task.status, 0, task.stderr);
    const record = JSON.parse(
      readFileSync(
        at("out", "mnist-250-sliding", "beta=1.1", "split-0-seed-0", "record.json"),
        "utf8",
      ),
    ) as RunRecord;
    assert.equal(record.status, "complete");
    assert.equal(record.config.beta as unknown, "constant(1.1)");
    assert.ok(!existsSync(at("out", "mnist-250-sliding", "beta=0.5")));
    // What is done is not submitted again; the list has all runs.
    const again = await tdnc("sweep", "mnist-250", ...args);
    assert.match(again.stdout, /^2 runs, 1 of them done or duplicates/);
    assert.match(readFileSync(at("job", "job.sh"), "utf8"), /^#SBATCH --array=0$/m);
  });

  it("a task of several runs executes each once", async () => {
    const splits = ["--splits", "0-2", ...SETTINGS.slice(0, -2), "--out", at("several")];
    const size = ["--max-array-size", "2", "--max-running", "1"];
    const job = await tdnc("sweep", "mnist-250", ...splits, "--slurm", at("packed"), ...size);
    assert.match(job.stdout, /^A task executes up to 2 runs/m, job.stderr);
    const { largest, atOnce } = await sbatch(at("packed", "job.sh"), 2);
    assert.deepEqual([largest, atOnce], [1, 1]);
    const logs = [0, 1].map((task) => readFileSync(at("packed", `task-${task}.log`), "utf8"));
    assert.deepEqual(
      logs.map((log) =>
        [...log.matchAll(/split-(\d)-seed-0: complete/g)].map(([, split]) => split),
      ),
      [["0", "2"], ["1"]],
      logs.join("\n"),
    );
    for (const split of [0, 1, 2]) {
      const record = readRunIn(at("several", "mnist-250-sliding", `split-${split}-seed-0`));
      assert.equal(record?.status, "complete");
    }
  });

  it("the options of an array are counts and need --slurm", async () => {
    const refused: [string[], RegExp][] = [
      [["--max-running", "2"], /--max-array-size and --max-running need --slurm/],
      [["--slurm", at("x"), "--max-running", "0"], /--max-running: expected a whole number from 1/],
      [["--slurm", at("x"), "--max-array-size", ""], /--max-array-size: expected a whole number/],
      [["--slurm", "/dev/null"], /--slurm: expected a folder, got the file \/dev\/null/],
    ];
    for (const [args, message] of refused) {
      const { code, stderr } = await tdnc("sweep", "mnist-250", ...args);
      assert.equal(code, 2);
      assert.match(stderr, message);
    }
  });

  it("a list of runs is executed whole or by task, and other settings are rejected", async () => {
    const list = at("job", "runs.json");
    const dry = ["--out", at("out"), "--dry-run", "--no-trial"];
    const whole = await tdnc("sweep", list, ...dry);
    assert.match(whole.stdout, /2 runs: 1 done, 0 running, 0 to resume, 1 to do/, whole.stderr);
    const one = await tdnc("sweep", list, ...dry, "--task", "1");
    assert.match(one.stdout, /1 runs: 1 done/);
    const refused: [string[], RegExp][] = [
      [["--task", "2"], /--task: expected numbers from 0 to 1, got "2"/],
      // A variable that is not set.
      [["--task", ""], /--task: expected numbers from 0 to 1, got ""/],
      [["--epochs", "3"], /a list of runs cannot be changed by options: remove epochs/],
    ];
    for (const [args, message] of refused) {
      const { code, stderr } = await tdnc("sweep", list, ...dry, ...args);
      assert.equal(code, 2);
      assert.match(stderr, message);
    }
    writeFileSync(at("bad.json"), '{"runs": [{"folder": "../x", "config": {}}]}');
    const bad = await tdnc("sweep", at("bad.json"), ...dry);
    assert.match(bad.stderr, /run 0 of the list: folder: expected one inside the sweep's/);
  });

  it("tasks of one run that are killed again and again leave it whole, once, and with its numbers", async () => {
    const longer = [...SETTINGS.slice(0, -2), "--epochs", "12", "--checkpoint-every", "1"];
    const run = ["mnist-250-sliding", "split-0-seed-0"];
    await tdnc("sweep", "mnist-250", ...longer, "--out", at("shared"), "--slurm", at("pair"));
    const list = ["sweep", at("pair", "runs.json"), "--workers", "1"];
    const record = (out: string) => readRunIn(at(out, ...run));
    /** One of two tasks of the run, submitted again until it is done. */
    async function submitted(): Promise<void> {
      const codes = new Set<unknown>();
      while (!codes.has(0)) {
        const { code, stderr } = await tdnc(...list, "--out", at("shared"), "--task", "0");
        assert.match(
          stderr,
          code === 0 ? /complete|1 of them done/ : /is running there|ended with SIGKILL/,
        );
        codes.add(code);
      }
    }
    const tasks = Promise.all([submitted(), submitted()]);
    let isDone = false;
    void tasks.finally(() => (isDone = true)).catch(() => undefined);
    for (let epochs = 2; epochs < 12; epochs += 3) {
      while (!isDone && (record("shared")?.epochs.length ?? 0) < epochs)
        await new Promise((resolve) => setTimeout(resolve, 5));
      const lock = path.join(at("shared", ...run), "run.lock");
      const owner = existsSync(lock) ? parseOwner(readFileSync(lock, "utf8")) : undefined;
      if (owner !== undefined) spawnSync("kill", ["-9", String(owner.pid)]);
    }
    await tasks;
    await tdnc(...list, "--out", at("alone"), "--task", "0");
    assert.deepEqual(numbersIn(at("shared", ...run)), numbersIn(at("alone", ...run)));
    for (const folder of [run, [...run, "model"]])
      assert.deepEqual(readdirSync(at("shared", ...folder)), readdirSync(at("alone", ...folder)));
  });

  it("tdnc sweep --slurm refuses to overwrite the list of another sweep", async () => {
    const list = readFileSync(at("job", "runs.json"), "utf8");
    const { code, stderr } = await tdnc("sweep", "mnist-250", "--slurm", at("job"));
    assert.equal(code, 1);
    assert.match(stderr, /runs\.json lists other runs, whose tasks may be waiting/);
    assert.equal(readFileSync(at("job", "runs.json"), "utf8"), list);
  });

  it("tdnc sweep --slurm prints a gather command that includes the splits file", async () => {
    const rows = Array.from({ length: 250 }, (_, i) => i);
    const file = at("splits.json");
    writeFileSync(file, JSON.stringify({ dataset: "mnist", labelled: 250, splits: [rows] }));
    const args = ["--sub-batch-count", "125", "--splits-file", file];
    const { stdout, stderr } = await tdnc("sweep", "mnist-250", ...args, "--slurm", at("rows"));
    assert.match(stdout, /^gather: .* --splits-file '.*splits\.json' --dry-run/m, stderr);
  });

  it("tdnc sweep --slurm rejects a folder name with a line break and writes nothing", async () => {
    const folder = at("a\nb");
    const { code, stderr } = await tdnc("sweep", "mnist-250", "--slurm", folder);
    assert.deepEqual([code, existsSync(folder)], [2, false]);
    assert.match(stderr, /expected names without control characters/);
  });

  it("tdnc sweep --slurm rejects --queue and --dry-run and writes nothing", async () => {
    for (const other of ["--dry-run", "--queue"]) {
      const { code, stderr } = await tdnc("sweep", "mnist-250", "--slurm", at("none"), other);
      assert.equal(code, 2);
      assert.match(stderr, /--slurm only writes a job: remove --queue and --dry-run/);
      assert.ok(!existsSync(at("none")));
    }
  });
});
