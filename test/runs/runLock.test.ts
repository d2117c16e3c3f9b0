import assert from "node:assert/strict";
import { execFileSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { beatText, lockText, newOwner, type LockOwner } from "../../src/runs/lockOwner";
import { LOCK_FILE, lockRun, LockLost, runningProcesses } from "../../src/runs/runLock";
import { BY_PID, startLockProcess, told, UNSHARE } from "./lockProcess";

/** A silent owner is given up quickly; a living one keeps its lock immediately. */
const BY_HEART = { ...BY_PID, looks: 5 };
const NO_PROCESS = 4_194_305;

describe("the lock of a folder", () => {
  let folder: string;
  let processes: ChildProcess[] = [];
  const file = () => path.join(folder, LOCK_FILE);
  const write = (owner: Partial<LockOwner>) =>
    writeFileSync(file(), lockText({ ...newOwner(), ...owner }));
  const elsewhere = { host: "elsewhere", pid: 7 };
  const start = async (prefix?: readonly string[]) => {
    const child = await startLockProcess(prefix);
    processes.push(child);
    return child;
  };
  const kill = async (child: ChildProcess) => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  /** The lock can be taken, and is given back. */
  async function isFree(timing = BY_PID): Promise<void> {
    const lock = await lockRun(folder, { timing });
    assert.ok(lock);
    await lock.release();
    assert.deepEqual(readdirSync(folder), []);
  }

  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), "tdnc-lock-"))));
  afterEach(() => {
    for (const child of processes) child.kill("SIGKILL");
    processes = [];
    rmSync(folder, { recursive: true });
  });

  it("lockRun rejects a folder in which a process runs, and takes it after the process was killed", async () => {
    const child = await start();
    assert.equal(await told(child, folder), "held");
    await assert.rejects(lockRun(folder, { timing: BY_PID }), {
      message: `process ${child.pid} is running there; wait until it ends, or stop it`,
    });
    assert.deepEqual(await runningProcesses([folder]), [child.pid]);
    await kill(child);
    assert.deepEqual(await runningProcesses([folder]), [undefined]);
    await isFree();
  });

  it("lockRun takes a lock with a reused PID, of this process or another", async () => {
    for (const pid of [process.pid, process.ppid]) {
      write({ pid, startTime: "1" });
      await isFree();
    }
  });

  it("lockRun rejects a lock that this process holds", async () => {
    const lock = await lockRun(folder, { timing: BY_PID });
    await assert.rejects(lockRun(folder, { timing: BY_PID }), /process \d+ is running there/);
    await lock!.release();
    await isFree();
  });

  it("lockRun judges a lock of this process that it does not know by its heartbeat", async () => {
    // As of another thread.
    write({});
    const stopped = { stop: { aborted: true }, timing: BY_PID };
    assert.equal(await lockRun(folder, stopped), undefined);
    await isFree(BY_HEART);
  });

  it("lockRun respects a lock of an earlier version as long as its process lives", async () => {
    writeFileSync(file(), String(process.ppid));
    await assert.rejects(lockRun(folder, { timing: BY_PID }), {
      message: `process ${process.ppid} is running there; if it is not a run of this project, remove ${file()}`,
    });
    // A container's PIDs are the same after it was started again.
    for (const pid of [NO_PROCESS, process.pid]) {
      writeFileSync(file(), String(pid));
      await isFree();
    }
  });

  it("a process in another PID namespace is judged by its heartbeat", async function () {
    try {
      execFileSync(UNSHARE[0], [...UNSHARE.slice(1), "true"], { stdio: "ignore" });
    } catch {
      console.log("      skipped: PID namespaces are not permitted here");
      this.skip();
    }
    const [near, far] = [await start(), await start(UNSHARE)];
    assert.equal(await told(far, folder), "held");
    const { pid } = JSON.parse(readFileSync(file(), "utf8").split("\n")[0]) as LockOwner;
    assert.equal(
      await told(near, folder),
      `process ${pid} of another container on ${os.hostname()} is running there; wait until it ends, or stop it`,
    );
    assert.deepEqual(await runningProcesses([folder], BY_PID), [pid]);
    await kill(far);
    await isFree(BY_HEART);
    // And the other way round.
    const farther = await start(UNSHARE);
    assert.equal(await told(near, folder), "held");
    assert.match(
      await told(farther, folder),
      new RegExp(`^process ${near.pid} of another container`),
    );
  });

  it("an owner with a heartbeat keeps its lock, and one without loses it, whatever the clocks show", async () => {
    const now = Date.now;
    const said: string[] = [];
    const onWait = (text: string) => said.push(text);
    let beats = 0;
    const heart = setInterval(
      () =>
        writeFileSync(
          file(),
          lockText({ ...newOwner(), ...elsewhere, token: "a" }).replace(/\d+$/, beatText(++beats)),
        ),
      20,
    );
    try {
      write({ ...elsewhere, token: "a" });
      // A clock that is set back by an hour at every look.
      let hours = 0;
      Date.now = () => now() - 3_600_000 * ++hours;
      await assert.rejects(
        lockRun(folder, { onWait, timing: BY_PID }),
        /^Error: process 7 on elsewhere is running there; wait until it ends, or stop it$/,
      );
      assert.match(
        said.join(),
        /^waiting up to \d+ s to see whether process 7 on elsewhere is still/,
      );
      clearInterval(heart);
      utimesSync(file(), 4e9, 4e9);
      await isFree(BY_HEART);
    } finally {
      clearInterval(heart);
      Date.now = now;
    }
  });

  it("a lock file that is empty or cut short is taken when nobody completes it", async () => {
    for (const text of ["", '{"host": "else']) {
      writeFileSync(file(), text);
      await isFree(BY_HEART);
    }
  });

  it("locks work on a file system without hard links", async () => {
    const { link } = fs;
    try {
      for (const code of ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]) {
        fs.link = () => Promise.reject(Object.assign(new Error(code), { code }));
        const lock = await lockRun(folder, { timing: BY_PID });
        await assert.rejects(lockRun(folder, { timing: BY_PID }), /is running there/);
        assert.deepEqual(readdirSync(folder), [LOCK_FILE]);
        await lock!.release();
        write({ startTime: "1" });
        await isFree();
      }
    } finally {
      fs.link = link;
    }
  });

  it("of processes that race for the lock of a dead one exactly one gets it", async function () {
    this.timeout(120_000);
    const racers = await Promise.all([start(), start(), start()]);
    for (let round = 0; round < 30; round++) {
      const place = path.join(folder, String(round));
      mkdirSync(place);
      writeFileSync(path.join(place, LOCK_FILE), lockText({ ...newOwner(), startTime: "1" }));
      const answers = await Promise.all(racers.map((racer) => told(racer, place)));
      assert.equal(answers.filter((answer) => answer === "held").length, 1, answers.join("\n"));
      assert.equal(answers.filter((answer) => /is running there/.test(answer)).length, 2);
      const winner = racers[answers.indexOf("held")];
      const { pid } = JSON.parse(
        readFileSync(path.join(place, LOCK_FILE), "utf8").split("\n")[0],
      ) as LockOwner;
      assert.equal(pid, winner.pid);
      await told(winner, "release");
      assert.deepEqual(readdirSync(place), []);
    }
  });

  it("a process that lost its lock learns of it and leaves the new lock", async () => {
    for (const [text, message] of [
      [lockText({ ...newOwner(), ...elsewhere }), /lost its lock to process 7 on elsewhere/],
      [undefined, /lost its lock, .*run\.lock, and stopped/],
    ] as const) {
      const lock = (await lockRun(folder, { timing: BY_PID }))!;
      await lock.check();
      lock.keepAlive();
      if (text === undefined) rmSync(file());
      else writeFileSync(file(), text);
      // The heartbeat's thread reports it.
      while (!lock.isLost) await new Promise((resolve) => setTimeout(resolve, 5));
      await assert.rejects(
        lock.check(),
        (error) => error instanceof LockLost && message.test(error.message),
      );
      await lock.release();
      assert.deepEqual(readdirSync(folder), text === undefined ? [] : [LOCK_FILE]);
      rmSync(file(), { force: true });
    }
  });
});
