import type { RunRecord } from "../runs/record";
import { withoutCopies } from "../results/runCopies";
import { readRuns } from "./readRuns";

/**
 * The records below folders that a study is made of, each run once; what is left out is told on stderr.
 *
 * @param unfinished Whether runs count that are not complete, if they have an epoch.
 * @throws {Error} If there is no such record.
 */
export async function studyRecords(
  folders: readonly string[],
  unfinished: boolean,
): Promise<RunRecord[]> {
  const found = await readRuns(folders);
  const counts = ({ status, epochs }: RunRecord) =>
    status === "complete" || (unfinished && epochs.length > 0);
  tellNotCounted(found.filter(({ record }) => !counts(record)));
  const records = withoutCopies(found.map(({ record }) => record).filter(counts));
  if (records.length === 0)
    throw new Error(
      `no ${unfinished ? "run with an epoch" : "complete run (--unfinished takes others)"} ` +
        `in ${folders.join(", ")}`,
    );
  return records;
}

/** Says on stderr which runs are left out, and how far they are. */
export function tellNotCounted(runs: readonly { folder: string; record: RunRecord }[]): void {
  for (const { folder, record } of runs)
    process.stderr.write(
      `not counted: ${folder} (${record.status}, ` +
        `${record.epochs.length} of ${record.config.epochs} epochs)\n`,
    );
}
