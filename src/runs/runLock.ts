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

/** The file, in a folder that a process runs in, that says which. */
export const LOCK_FILE = "run.lock";

/** Waiting times of locks, in milliseconds. */
export interface LockTiming {
  /** From one heartbeat of an owner to the next. */
  readonly beat: number;
  /** From one look at an owner that only its heartbeat shows to the next. */
  readonly look: number;
  /** Looks without a heartbeat after which that owner is dead. */
  readonly looks: number;
  /** How long an owner that is seen to live may take to end; one that was killed takes a moment. */
  readonly patience: number;
}

const TIMING: LockTiming = { beat: 5000, look: 1000, looks: 60, patience: 3000 };
/** Looks of whoever only wants to know: an owner that lives is seen in half of them. */
const STATUS_LOOKS = 12;

/** Megabytes of the heartbeat's thread: a usual one takes half a gigabyte of addresses. */
const SMALL = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 8 };

/** How a lock is waited for. */
export interface LockOptions {
  /** Ends the waiting. */
  readonly stop?: { readonly aborted: boolean };
  /** Called with a sentence if the waiting may take a minute. */
  readonly onWait?: (text: string) => void;
  readonly timing?: LockTiming;
}

/** A lock that this process had and another one has now. */
export class LockLost extends Error {
  override readonly name = "LockLost";
}

/** The lock of a folder, until it is released or lost. */
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
   * Shows other hosts that this process is alive, for locks that are held for more than a moment. If
   * its thread ended, other hosts would take the lock, and {@link check} would stop this process.
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
   * Before anything is written.
   *
   * @throws {LockLost} If the lock is not this process's any more.
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

  /** Gives the lock back, if it is still this process's. */
  async release(): Promise<void> {
    await this.thread?.terminate();
    await removeOwn(this.file, this.owner);
  }
}

/**
 * Keeps other processes from running in a folder until the lock is released. A lock whose process is
 * gone does not count: a process of this host, boot and PID namespace is judged by its PID and start
 * time, any other by its heartbeat, whose change is observed. No clock is read, so clocks that are
 * set back or differ between hosts do no harm.
 *
 * Written by hand because proper-lockfile does less: it compares the lock's time stamp with the
 * observer's clock, beats on the main thread, and does not know which process an owner is.
 *
 * @returns Undefined if the waiting was stopped.
 * @throws {Error} If another process runs there: which.
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

/** Makes a lock file an owner's; false if the waiting was stopped. */
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
      // A network file system may report a success as a failure.
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

/** Judges the owner of a lock from one look at its file to the next. */
class OwnerObserver {
  private seen?: string;
  private quietLooks = 0;

  /** @param looks Looks without a heartbeat after which an owner is dead. */
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
 * Removes the lock of a dead owner. Whoever does holds a lock of its own for it, so that nobody
 * removes what another one has put there meanwhile.
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

/** Removes a lock file if it is the right one. */
async function removeLock(file: string, isRight: (text: string) => boolean): Promise<void> {
  const text = await readLock(file);
  if (text === undefined || !isRight(text)) return;
  const aside = temporaryName(file);
  if (!(await renamed(file, aside))) return;
  // An owner that was taken for dead may have woken up and made room for another one just now.
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

/** The content of a lock file; undefined if there is none. */
async function readLock(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Creates a lock file, whole where the file system has hard links; false if there is one. */
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

/** @throws {Error} If it cannot be created for another reason than that there is one. */
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
 * The processes that run in folders now, by the numbers that they have on their own hosts. Those of
 * other hosts are looked at for some seconds.
 *
 * @returns Undefined for a folder in which none runs.
 */
export async function runningProcesses(
  folders: readonly string[],
  { look } = TIMING,
): Promise<(number | undefined)[]> {
  const running: (number | undefined)[] = folders.map(() => undefined);
  const observers = new Map(folders.map((_, i) => [i, new OwnerObserver(STATUS_LOOKS)]));
  for (;;) {
    // One behind the other: each opens a file.
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
