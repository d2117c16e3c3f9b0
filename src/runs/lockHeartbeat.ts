import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { beatText, parseOwner } from "./lockOwner";

/** What the thread is given to start with. */
export interface HeartbeatData {
  readonly file: string;
  /** Of the lock that is kept alive. */
  readonly token: string;
  /** Milliseconds between two beats. */
  readonly every: number;
}

// A thread of runLock.ts: counts up in the lock file, so that other hosts see that its process is
// alive, however long a step keeps the main thread busy. It says so, and ends, when the lock is lost.
const { file, token, every } = workerData as HeartbeatData;
let beats = 0;

function beat(): void {
  let handle: number | undefined;
  try {
    // What is opened is what is checked and written: a lock that takes this one's place is left alone.
    handle = openSync(file, "r+");
    const text = readFileSync(handle, "utf8");
    if (parseOwner(text)?.token !== token) return lose();
    const place = Buffer.byteLength(text.split("\n")[0]) + 1;
    writeSync(handle, beatText(++beats), place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") lose();
    // A file system that does not answer now may at the next beat.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function lose(): void {
  clearInterval(timer);
  parentPort!.postMessage("lost");
}

const timer = setInterval(beat, every);
beat();
