import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { beatText, parseOwner } from "./lockOwner";

/** Data that the thread starts with. */
export interface HeartbeatData {
  readonly file: string;
  /** Token of the lock to keep alive. */
  readonly token: string;
  /** Milliseconds between beats. */
  readonly every: number;
}

// Thread of runLock.ts that increments a counter in the lock file, so that other hosts see that its
// process is alive, however long a step blocks the main thread. If the lock is lost, it sends a
// message and ends.
const { file, token, every } = workerData as HeartbeatData;
let beats = 0;

function beat(): void {
  let handle: number | undefined;
  try {
    // The opened file is checked and written, so that a lock that replaces this one is not touched.
    handle = openSync(file, "r+");
    const text = readFileSync(handle, "utf8");
    if (parseOwner(text)?.token !== token) return lose();
    const place = Buffer.byteLength(text.split("\n")[0]) + 1;
    writeSync(handle, beatText(++beats), place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") lose();
    // A file system that fails now may work at the next beat.
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
