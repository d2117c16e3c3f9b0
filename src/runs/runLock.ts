import { link, open, readFile, rename, rm, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { builtFile } from "../backend/trainingBuild";
import { temporaryName, writeFailure } from "../files/atomicWrite";
import type { HeartbeatData } from "./lockHeartbeat";
import {
  describeOwner,
  heldTokens,
  lockText,
  newOwner,
  ownerState,
  parseOwner,
  type LockOwner,
  type OwnerState,
} from "./lockOwner";

/** File that names the process that runs in a folder. */
export const LOCK_FILE = "run.lock";

/** Waiting times of locks, in milliseconds. */
export interface LockTiming {
  /** Interval between heartbeats of an owner. */
  readonly beat: number;
  /** Interval between checks of an owner that is only visible by its heartbeat. */
  readonly look: number;
  /** Number of checks without a heartbeat after which that owner counts as dead. */
  readonly looks: number;
  /** Time for a living owner to end; a killed one needs a moment. */
  readonly patience: number;
}

const TIMING: LockTiming = { beat: 5000, look: 1000, looks: 60, patience: 3000 };
/** Number of checks of an observer; half of them suffice to see a living owner. */
const STATUS_LOOKS = 12;

/**
 * Memory limit of the heartbeat's thread in megabytes; a default thread reserves half a gigabyte of
 * address space.
 */
const SMALL = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 8 };

/** Options for waiting for a lock. */
export interface LockOptions {
  /** Ends the waiting. */
  readonly stop?: { readonly aborted: boolean };
  /** Called with a message if waiting can take a minute. */
  readonly onWait?: (text: string) => void;
  readonly timing?: LockTiming;
}

/** Error: this process lost its lock to another. */
export class LockLost extends Error {
  override readonly name = "LockLost";
}

/** Lock of a folder, until it is released or lost. */
export class RunLock {
  private thread?: Worker;
  private hasLost = false;

  constructor(
    private readonly file: string,
    private readonly owner: LockOwner,
    private readonly timing: LockTiming,
  ) {}

  /** Whether the lock is known to be lost. */
  get isLost(): boolean {
    return this.hasLost;
  }

  /**
   * Shows other hosts that this process is alive, for locks that are held for more than a moment.
   * If its thread ends, other hosts take the lock, and {@link check} stops this process.
   */
  keepAlive(): void {
    const program = builtFile("runs", "lockHeartbeat.js");
    const { token } = this.owner;
    const workerData: HeartbeatData = { file: this.file, token, every: this.timing.beat };
    this.thread = new Worker(program, { workerData, execArgv: [], env: {}, resourceLimits: SMALL });
    this.thread.unref();
    this.thread.on("error", () => undefined);
    this.thread.on("message", () => (this.hasLost = true));
  }

  /**
   * Checks the lock before writing.
   *
   * @throws {LockLost} If this process no longer has the lock.
   */
  async check(): Promise<void> {
    const text = await readLock(this.file);
    const there = text === undefined ? undefined : parseOwner(text);
    if (!this.hasLost && there?.token === this.owner.token) return;
    this.hasLost = true;
    throw new LockLost(
      there === undefined || there.token === this.owner.token
        ? `this run lost its lock, ${this.file}, and stopped`
        : `this run lost its lock to ${describeOwner(there)}, which now runs there, and stopped`,
    );
  }

  /** Releases the lock if this process still has it. */
  async release(): Promise<void> {
    await this.thread?.terminate();
    await removeOwn(this.file, this.owner);
  }
}

/**
 * Keeps other processes from running in a folder until the lock is released. The lock of a dead
 * process is ignored: a process of this host, boot and PID namespace is judged by its PID and start
 * time, any other by its heartbeat, whose changes are observed. No clock is read, so clocks that
 * are set back or differ between hosts do no harm.
 *
 * Written by hand because proper-lockfile does less: it compares the lock's time stamp with the
 * observer's clock, beats on the main thread, and does not know which process an owner is.
 *
 * @returns Undefined if the waiting was stopped.
 * @throws {Error} If another process runs there; the message names it.
 */
export async function lockRun(
  folder: string,
  { timing = TIMING, ...options }: LockOptions = {},
): Promise<RunLock | undefined> {
  const file = path.join(folder, LOCK_FILE);
  const owner = newOwner();
  const isTaken = await take(file, owner, { ...options, timing });
  return isTaken ? new RunLock(file, owner, timing) : undefined;
}

/** Acquires a lock file for an owner; false if the waiting was stopped. */
async function take(
  file: string,
  owner: LockOwner,
  { stop, onWait, timing }: LockOptions & { readonly timing: LockTiming },
): Promise<boolean> {
  const giveUpAt = performance.now() + timing.patience;
  const observer = new OwnerObserver(timing.looks);
  let [isTaken, hasWaited] = [false, false];
  heldTokens.add(owner.token);
  try {
    while (!isTaken) {
      const text = await readLock(file);
      if (text === undefined) {
        isTaken = await created(file, lockText(owner));
        continue;
      }
      const there = parseOwner(text);
      // A network file system can report a success as a failure.
      if (there?.token === owner.token) return (isTaken = true);
      const state = observer.judge(text);
      if (state === "dead") {
        await removeDead(file, text, timing);
        continue;
      }
      if (state === "alive" && performance.now() >= giveUpAt)
        throw new Error(heldText(file, there!));
      if (stop?.aborted) return false;
      if (state === "unknown" && !hasWaited) onWait?.(waitText(there, timing));
      hasWaited ||= state === "unknown";
      await setTimeout(state === "unknown" ? timing.look : 50);
    }
    return true;
  } finally {
    if (!isTaken) heldTokens.delete(owner.token);
  }
}

/** Judges the owner of a lock by comparing consecutive contents of its file. */
class OwnerObserver {
  private seen?: string;
  private quietLooks = 0;

  /** @param looks Number of checks without a heartbeat after which an owner counts as dead. */
  constructor(private readonly looks: number) {}

  judge(text: string): OwnerState {
    const owner = parseOwner(text);
    const state = ownerState(owner);
    if (state !== "unknown") return state;
    const before = this.seen;
    this.seen = text;
    if (text === before) return ++this.quietLooks >= this.looks ? "dead" : "unknown";
    this.quietLooks = 0;
    const isSame = owner !== undefined && before !== undefined;
    return isSame && parseOwner(before)?.token === owner.token ? "alive" : "unknown";
  }
}

/**
 * Removes the lock of a dead owner. This requires another lock, so that no process removes a lock
 * that was just created.
 */
async function removeDead(file: string, dead: string, timing: LockTiming): Promise<void> {
  const claim = `${file}.claim`;
  const owner = newOwner();
  await take(claim, owner, { timing: { ...timing, patience: timing.look * timing.looks } });
  try {
    await removeLock(file, (text) => text === dead);
  } finally {
    await removeOwn(claim, owner);
  }
}

async function removeOwn(file: string, { token }: LockOwner): Promise<void> {
  heldTokens.delete(token);
  await removeLock(file, (text) => parseOwner(text)?.token === token);
}

/** Removes a lock file if it is the expected one. */
async function removeLock(file: string, isRight: (text: string) => boolean): Promise<void> {
  const text = await readLock(file);
  if (text === undefined || !isRight(text)) return;
  const aside = temporaryName(file);
  if (!(await renamed(file, aside))) return;
  // An owner that seemed dead may have resumed and made room for another one.
  const moved = await readLock(aside);
  if (moved !== undefined && !isRight(moved)) await created(file, moved);
  await rm(aside, { force: true });
}

async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** Content of a lock file; undefined if the file does not exist. */
async function readLock(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Creates a lock file, atomically if the file system has hard links; false if one exists. */
async function created(file: string, content: string): Promise<boolean> {
  const whole = temporaryName(file);
  try {
    if (!(await createdInPlace(whole, content))) return false;
    await link(whole, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    return await createdInPlace(file, content);
  } finally {
    await rm(whole, { force: true }).catch(() => undefined);
  }
}

/** @throws {Error} If it cannot be created although none exists. */
async function createdInPlace(file: string, content: string): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(file, "wx");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw writeFailure(file, error);
  }
  try {
    await handle.writeFile(content);
    return true;
  } catch (error) {
    await rm(file, { force: true });
    throw writeFailure(file, error);
  } finally {
    await handle.close();
  }
}

function heldText(file: string, owner: LockOwner): string {
  const remedy =
    owner.token === ""
      ? `if it is not a run of this project, remove ${file}`
      : "wait until it ends, or stop it";
  return `${describeOwner(owner)} is running there; ${remedy}`;
}

function waitText(owner: LockOwner | undefined, { look, looks }: LockTiming): string {
  const seconds = Math.ceil((look * looks) / 1000);
  const who = owner === undefined ? "the process that holds the lock" : describeOwner(owner);
  return `waiting up to ${seconds} s to see whether ${who} is still running there`;
}

/**
 * PIDs, on their own hosts, of the processes that run in folders now. Processes of other hosts are
 * observed for some seconds.
 *
 * @returns Undefined for a folder without a running process.
 */
export async function runningProcesses(
  folders: readonly string[],
  { look } = TIMING,
): Promise<(number | undefined)[]> {
  const running: (number | undefined)[] = folders.map(() => undefined);
  const observers = new Map(folders.map((_, i) => [i, new OwnerObserver(STATUS_LOOKS)]));
  for (;;) {
    // One after the other, because each opens a file.
    for (const [i, observer] of observers) {
      const text = await readLock(path.join(folders[i], LOCK_FILE)).catch(() => undefined);
      const state = text === undefined ? "dead" : observer.judge(text);
      if (state === "alive") running[i] = parseOwner(text!)!.pid;
      if (state !== "unknown") observers.delete(i);
    }
    if (observers.size === 0) return running;
    await setTimeout(look);
  }
}
