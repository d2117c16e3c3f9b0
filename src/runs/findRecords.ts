import { runFolders } from "./findRuns";
import { readRecord, RECORD_FILE, type RunRecord } from "./record";

/**
 * Records in folders and below them, in the order of their paths; each once, even if the folders
 * are nested.
 *
 * @throws {Error} If a folder cannot be read, a record is broken, or no record is found.
 */
export async function findRecords(
  folders: readonly string[],
): Promise<{ folder: string; record: RunRecord }[]> {
  const found: { folder: string; record: RunRecord }[] = [];
  for (const folder of await runFolders(folders))
    found.push({ folder, record: (await readRecord(folder))! });
  if (found.length === 0) throw new Error(`no ${RECORD_FILE} in ${folders.join(", ")} or below`);
  return found;
}
