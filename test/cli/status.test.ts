import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { runStatuses, statusSummary } from "../../src/runs/runStatus";
import { madeUpRun, PLAIN_EPOCH, type MadeUpRun } from "../support/records";
import { tdnc } from "./commandLine";

/** A made-up run of 10 epochs, `done` of them at a pace. */
const madeUp = (status: MadeUpRun["status"], done: number, pace: number, rest: MadeUpRun = {}) =>
  madeUpRun({
    status,
    config: { epochs: 10 },
    seconds: done * pace,
    epochs: Array.from({ length: done }, (_, i) => ({ epoch: i + 1, ...PLAIN_EPOCH })),
    ...rest,
  });

describe("runStatuses and statusSummary", () => {
  const running = { folder: "b", record: madeUp("running", 4, 3), process: 1 };
  const runs = [
    { folder: "a", record: madeUp("complete", 10, 1) },
    running,
    { folder: "c", record: madeUp("running", 5, 2) },
    { folder: "d", record: madeUp("interrupted", 0, 0) },
    { folder: "e", record: madeUp("failed", 1, 2, { error: "diverged" }) },
  ];

  it("a run's state depends on its record and on whether its process is alive", () => {
    const states = runStatuses(runs).map(({ state }) => state);
    assert.deepEqual(states, ["done", "running", "interrupted", "interrupted", "failed"]);
    const again = { folder: "e", record: madeUp("failed", 1, 2), process: 1 };
    const complete = { folder: "a", record: madeUp("complete", 10, 1), process: 1 };
    const [one, other] = runStatuses([again, complete]);
    assert.deepEqual([one.state, other.state], ["running", "done"]);
  });

  it("the time left uses the run's pace or, without one, the mean pace of the other runs", () => {
    const [a, b, c, d, e] = runStatuses(runs);
    assert.deepEqual([a.secondsLeft, b.secondsLeft, c.secondsLeft], [0, 18, 10]);
    // The paces are 1, 3, 2 and 2.
    assert.deepEqual([d.secondsPerEpoch, d.secondsLeft], [null, 20]);
    assert.equal(e.error, "diverged");
    const [alone] = runStatuses([{ folder: "d", record: madeUp("interrupted", 0, 0) }]);
    assert.equal(alone.secondsLeft, null);
  });

  it("the summary gives the longest running time and the time to finish interrupted runs", () => {
    assert.deepEqual(statusSummary(runStatuses(runs)), {
      counts: { done: 1, running: 1, interrupted: 2, failed: 1 },
      // 18 for the running run; 10 and 20 one after the other.
      runningSecondsLeft: 18,
      interruptedSecondsLeft: 30,
    });
    const faster = { folder: "f", record: madeUp("running", 9, 3), process: 1 };
    const two = statusSummary(runStatuses([...runs, faster]));
    assert.equal(two.runningSecondsLeft, 18);
    assert.ok(two.interruptedSecondsLeft! < 30);
  });
});

describe("tdnc status", function () {
  this.timeout(60_000);
  let folder: string;
  const write = (name: string, record: object, pid?: number) => {
    mkdirSync(path.join(folder, name), { recursive: true });
    writeFileSync(path.join(folder, name, "record.json"), JSON.stringify(record));
    if (pid !== undefined) writeFileSync(path.join(folder, name, "run.lock"), String(pid));
  };
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "tdnc-status-"));
    const gone = spawnSync(process.execPath, ["--version"]).pid;
    write("runs/a", madeUp("complete", 10, 1));
    write("runs/b", madeUp("running", 4, 3), process.pid);
    write("runs/c", madeUp("running", 5, 2), gone);
    write("runs/d", madeUp("failed", 1, 2, { error: "diverged\nat length" }));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("tdnc status prints state, epochs and time left of each run, and the totals", async () => {
    const { code, stdout, stderr } = await tdnc("status", folder);
    assert.equal(code, 0, stderr);
    const lines = stdout.trimEnd().split("\n");
    assert.match(lines[1], /runs.a +done +10\/10 +1\.00$/);
    assert.match(lines[2], /runs.b +running +4\/10 +3\.00 +18 s$/);
    assert.match(lines[3], /runs.c +interrupted +5\/10 +2\.00 +10 s$/);
    assert.match(lines[4], /runs.d +failed +1\/10 +2\.00 +18 s +diverged$/);
    const sums = "1 done, 1 running (18 s left), 1 interrupted (10 s to resume), 1 failed";
    assert.equal(lines.at(-1), sums);
  });

  it("tdnc status --json prints full errors, the counts and the time left", async () => {
    const { stdout } = await tdnc("status", folder, "--json");
    const { runs, counts, runningSecondsLeft } = JSON.parse(stdout) as {
      runs: { state: string; error?: string }[];
      counts: object;
      runningSecondsLeft: number;
    };
    assert.equal(runs.length, 4);
    assert.equal(runs[3].error, "diverged\nat length");
    assert.deepEqual(counts, { done: 1, running: 1, interrupted: 1, failed: 1 });
    assert.equal(runningSecondsLeft, 18);
  });

  it("tdnc status names a record that it cannot read and fails if there is no record", async () => {
    write("other/e", { format: "other" });
    write("other/f", madeUp("complete", 10, 1));
    const { code, stdout, stderr } = await tdnc("status", path.join(folder, "other"));
    assert.equal(code, 1);
    assert.match(stdout, /other.f +done +10\/10/);
    assert.match(stderr, /not read: .*e.record\.json: expected the record of a run/);
    const empty = path.join(folder, "empty");
    mkdirSync(empty);
    const none = await tdnc("status", empty);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /no record\.json in .*empty or below/);
  });
});
