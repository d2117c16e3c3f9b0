import { randomUUID } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../../files/atomicWrite";
import { LOCK_FILE } from "../runLock";

/**
 * The folder that a job's run goes on in, which from now on is nobody else's: one that an earlier
 * try left there gets a new name, so that a process that still writes to it, on a machine that lost
 * its connection, finds it gone.
 *
 * @param work Holds a folder a run; one of several machines if they share it.
 * @param build That computes the run: what another one left is not gone on with.
 * @param id Of the job, hexadecimal digits.
 */
export async function claimFolder(work: string, build: string, id: string): Promise<string> {
  if (!/^[\da-f]{64}$/.test(id)) throw new RangeError("expected the id of a job");
  await makeFolder(work);
  const own = path.join(work, `${id}.${build}.${randomUUID().slice(0, 8)}`);
  const earlier = (await readdir(work)).filter(
    (name) => path.parse(name).name === `${id}.${build}`,
  );
  for (const name of earlier) if (await renamed(path.join(work, name), own)) break;
  await makeFolder(own);
  // The queue has given up its owner, which finds the folder gone and stops.
  await rm(path.join(own, LOCK_FILE), { force: true });
  return own;
}

/** Whether it was this rename that moved the folder; another worker may have been faster. */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
