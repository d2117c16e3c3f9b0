import { readdir } from "node:fs/promises";
import path from "node:path";
import { readRecord, RECORD_FILE, type RunRecord } from "./record";

/**
 * The records in folders and in the folders below them, in the order of their paths; each once,
 * though the folders lie in one another.
 *
 * @throws {Error} If a folder cannot be read, a record is broken, or there is none.
 */
export async function findRecords(
  folders: readonly string[],
): Promise<{ folder: string; record: RunRecord }[]> {
  const found = new Map<string, { folder: string; record: RunRecord }>();
  for (const root of folders) {
    const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(
      (error: Error) => {
        throw new Error(`${root}: expected a folder of runs, got: ${error.message}`);
      },
    );
    const runs = entries.filter((entry) => entry.isFile() && entry.name === RECORD_FILE);
    for (const folder of runs.map(({ parentPath }) => path.normalize(parentPath)).sort())
      found.set(path.resolve(folder), { folder, record: (await readRecord(folder))! });
  }
  if (found.size === 0) throw new Error(`no ${RECORD_FILE} in ${folders.join(", ")} or below`);
  return [...found.values()];
}
