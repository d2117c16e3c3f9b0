import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import os from "node:os";

/** Process that owns a lock. */
export interface LockOwner {
  readonly host: string;
  /** Boot of that host and namespace of the PID; empty if the system has none. */
  readonly boot: string;
  readonly pidNamespace: string;
  readonly pid: number;
  /** Start time in clock ticks since the boot, which reveals a reused PID; empty if not known. */
  readonly startTime: string;
  /** Unique to this lock; empty in locks of earlier versions, which contain only a PID. */
  readonly token: string;
}

/** This process as the owner of a new lock. */
export function newOwner(): LockOwner {
  return {
    host: os.hostname(),
    boot: orEmpty(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    pidNamespace: orEmpty(() => readlinkSync("/proc/self/ns/pid")),
    pid: process.pid,
    startTime: orEmpty(() => processStat("self").startTime),
    token: randomUUID(),
  };
}

/** Digits of the counter in a lock's second line, which increases while its owner is alive. */
const BEAT_DIGITS = 12;

/** Content of a lock file. */
export const lockText = (owner: LockOwner) => `${JSON.stringify(owner)}\n${beatText(0)}`;

/** Second line of a lock file. */
export const beatText = (beats: number) => String(beats).padStart(BEAT_DIGITS, "0");

/** Owner named in a lock file; undefined if the file is empty, truncated or something else. */
export function parseOwner(text: string): LockOwner | undefined {
  const unknown = { host: "", boot: "", pidNamespace: "", startTime: "", token: "" };
  if (/^[1-9]\d*$/.test(text)) return { ...unknown, pid: Number(text) };
  try {
    const owner = JSON.parse(text.split("\n")[0]) as LockOwner;
    const isOwner = Number.isInteger(owner.pid) && owner.pid > 0 && owner.token.length > 0;
    return isOwner ? { ...unknown, ...owner } : undefined;
  } catch {
    return undefined;
  }
}

/** Description of an owner for a message. */
export function describeOwner(owner: LockOwner): string {
  const here = newOwner();
  const { pid, host } = owner;
  if (owner.token === "" || isSamePlace(owner, here)) return `process ${pid}`;
  const isOtherContainer = host === here.host && owner.boot === here.boot;
  return `process ${pid}${isOtherContainer ? " of another container" : ""} on ${host}`;
}

const isSamePlace = (a: LockOwner, b: LockOwner) =>
  a.host === b.host && a.boot === b.boot && a.pidNamespace === b.pidNamespace;

/** Tokens of the locks that this thread holds. */
export const heldTokens = new Set<string>();

/** Whether an owner is alive, as far as an observer can tell. */
export type OwnerState = "alive" | "dead" | "unknown";

/**
 * Whether the owner of a lock is alive, judged by its PID: `unknown` for processes of another host,
 * boot or PID namespace, and for other threads of this process.
 */
export function ownerState(owner: LockOwner | undefined): OwnerState {
  if (owner === undefined) return "unknown";
  // This version does not write such a lock, so its PID was reused.
  if (owner.token === "") return owner.pid !== process.pid && isAlive(owner) ? "alive" : "dead";
  const here = newOwner();
  if (!isSamePlace(owner, here)) return "unknown";
  if (owner.pid !== process.pid) return isAlive(owner) ? "alive" : "dead";
  if (owner.startTime !== here.startTime) return "dead";
  return heldTokens.has(owner.token) ? "alive" : "unknown";
}

function isAlive({ pid, startTime }: LockOwner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  // The /proc of another namespace has other PIDs.
  if (orEmpty(() => readlinkSync("/proc/self")) !== String(process.pid)) return true;
  try {
    const stat = processStat(pid);
    if (stat.state === "Z" || stat.state === "X") return false;
    return startTime === "" || stat.startTime === startTime;
  } catch {
    return true;
  }
}

/** @throws {Error} If the system does not provide it. */
function processStat(pid: number | "self"): { state: string; startTime: string } {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // Fields 3 and 22, counted after the name, which can contain any characters.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0], startTime: fields[19] };
}

function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
