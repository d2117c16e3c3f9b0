import { randomUUID } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { makeFolder } from "../../files/atomicWrite";
import { LOCK_FILE } from "../runLock";

/**
 * Folder in which a job's run resumes, for this worker only. The folder of an earlier try is
 * renamed, so that a process on a disconnected machine that still writes to it finds it gone.
 *
 * @param work Contains one folder per run; several machines may share it.
 * @param build Build that computes the run; a folder of another build is not resumed.
 * @param id Id of the job, in hexadecimal.
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
  // The queue considers its owner lost; the owner finds the folder gone and stops.
  await rm(path.join(own, LOCK_FILE), { force: true });
  return own;
}

/** Whether this rename moved the folder; another worker could have been faster. */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
