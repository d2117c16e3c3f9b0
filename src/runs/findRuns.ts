import { readdir } from "node:fs/promises";
import path from "node:path";
import { readRecord, RECORD_FILE, type RunRecord } from "./record";
import { runningProcesses } from "./runLock";

/** A folder of a run. */
export interface FoundRun {
  readonly folder: string;
  readonly record: RunRecord;
  /** The process that runs in it now, by its number on its own host. */
  readonly process?: number;
}

/** Runs found in folders. */
export interface FoundRuns {
  readonly runs: readonly FoundRun[];
  /** Records that cannot be read: why, a line each. */
  readonly broken: readonly string[];
}

/**
 * The runs in folders and in the folders below them, in the order of their paths; each once, though
 * the folders lie in one another.
 *
 * @throws {Error} If a folder cannot be read.
 */
export async function findRuns(folders: readonly string[]): Promise<FoundRuns> {
  const runs: FoundRun[] = [];
  const broken: string[] = [];
  const found = await runFolders(folders);
  // Before the records: a run that ends meanwhile is complete.
  const processes = await runningProcesses(found);
  for (const [i, folder] of found.entries())
    try {
      const process = processes[i];
      const record = await readRecord(folder);
      if (record !== undefined) runs.push({ folder, record, ...(process && { process }) });
    } catch (error) {
      broken.push((error as Error).message);
    }
  return { runs, broken };
}

/**
 * The folders, these and those below, that hold a record; as {@link findRuns} orders them.
 *
 * @throws {Error} If a folder cannot be read.
 */
export async function runFolders(folders: readonly string[]): Promise<string[]> {
  const found = new Map<string, string>();
  for (const root of folders) {
    const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(
      (error: Error) => {
        throw new Error(`${root}: expected a folder of runs, got: ${error.message}`);
      },
    );
    const records = entries.filter((entry) => entry.isFile() && entry.name === RECORD_FILE);
    for (const folder of records.map(({ parentPath }) => path.normalize(parentPath)).sort())
      found.set(path.resolve(folder), folder);
  }
  return [...found.values()];
}
