import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";

/** The file, in a folder that a process runs in, that says which. */
export const LOCK_FILE = "run.lock";

/** How long a process that was killed may take to be gone, in milliseconds. */
const PATIENCE = 3000;

/**
 * Keeps other processes from running in a folder until the function that it returns is called. A
 * lock whose process is gone, after a crash, does not count.
 *
 * Written by hand because it asks whether the owner is alive: proper-lockfile frees the lock of a
 * killed owner only when the lock's time stamp is old, and takes a busy event loop for a dead owner.
 *
 * @throws {Error} If a living process of this machine runs there.
 */
export async function lockRun(folder: string): Promise<() => Promise<void>> {
  const file = path.join(folder, LOCK_FILE);
  const own = `${file}.${randomUUID().slice(0, 8)}`;
  const giveUpAt = performance.now() + PATIENCE;
  // Written before it gets the lock's name: nobody sees a lock without its owner.
  await writeFile(own, String(process.pid));
  try {
    for (;;) {
      if (await linked(own, file)) return () => rm(file, { force: true });
      const owner = await ownerOf(file);
      if (!isAlive(owner)) await removeStale(file, owner);
      else if (performance.now() < giveUpAt) await setTimeout(50);
      else throw new Error(`process ${owner} is running there; if it is not, remove ${file}`);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** Gives a file a second name, unless that is taken. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

const ownerOf = async (file: string) => Number(await readFile(file, "utf8").catch(() => ""));

/** Removes a lock if it is still that of `owner`: another process may have taken it meanwhile. */
async function removeStale(file: string, owner: number): Promise<void> {
  const aside = `${file}.${randomUUID().slice(0, 8)}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if ((await ownerOf(aside)) !== owner) await linked(aside, file);
  await rm(aside, { force: true });
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The process of this machine that runs in a folder; undefined if none does. */
export async function runningProcess(folder: string): Promise<number | undefined> {
  const owner = await ownerOf(path.join(folder, LOCK_FILE));
  return isAlive(owner) ? owner : undefined;
}
