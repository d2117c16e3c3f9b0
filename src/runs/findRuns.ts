import { readdir } from "node:fs/promises";
import path from "node:path";
import { readRecord, RECORD_FILE, type RunRecord } from "./record";
import { runningProcesses } from "./runLock";

/** Folder of a run. */
export interface FoundRun {
  readonly folder: string;
  readonly record: RunRecord;
  /** PID, on its own host, of the process that runs in it now. */
  readonly process?: number;
}

/** Runs found in folders. */
export interface FoundRuns {
  readonly runs: readonly FoundRun[];
  /** Records that cannot be read: one line with the reason for each. */
  readonly broken: readonly string[];
}

/**
 * Runs in folders and below them, in the order of their paths; each once, even if the folders are
 * nested.
 *
 * @throws {Error} If a folder cannot be read.
 */
export async function findRuns(folders: readonly string[]): Promise<FoundRuns> {
  const runs: FoundRun[] = [];
  const broken: string[] = [];
  const found = await runFolders(folders);
  // Looked up before the records, so that a run that ends in between is complete.
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
 * Folders with a record, among these and below them, in the order of {@link findRuns}.
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
