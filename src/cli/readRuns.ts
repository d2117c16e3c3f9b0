import { existsSync } from "node:fs";
import { withoutCopies } from "../results/runCopies";
import { findRuns, type FoundRun } from "../runs/findRuns";
import { RECORD_FILE, type RunRecord } from "../runs/record";
import { BadArguments } from "./options";

/**
 * The runs below folders that a command was given; records that cannot be read are reported on stderr
 * and left out, so that one damaged file does not hide the others; the exit code is then 1.
 *
 * @throws {BadArguments} If a folder does not exist.
 * @throws {Error} If no record can be read.
 */
export async function readRuns(folders: readonly string[]): Promise<readonly FoundRun[]> {
  const missing = folders.filter((folder) => !existsSync(folder));
  if (missing.length > 0)
    throw new BadArguments(`expected folders of runs, got none at ${missing.join(", ")}`);
  const { runs, broken } = await findRuns(folders);
  for (const line of broken) process.stderr.write(`not read: ${line}\n`);
  if (broken.length > 0) process.exitCode = 1;
  if (runs.length > 0) return runs;
  const place = `in ${folders.join(", ")} or below`;
  throw new Error(`no ${broken.length > 0 ? "readable " : ""}${RECORD_FILE} ${place}`);
}

/**
 * The records of a study below folders, each run once; runs that are left out are reported on stderr.
 *
 * @param unfinished Whether to include incomplete runs with at least one epoch.
 * @throws {Error} If there is no such record.
 */
export async function studyRecords(
  folders: readonly string[],
  unfinished: boolean,
): Promise<RunRecord[]> {
  const found = await readRuns(folders);
  const counts = ({ status, epochs }: RunRecord) =>
    status === "complete" || (unfinished && epochs.length > 0);
  reportNotCounted(found.filter(({ record }) => !counts(record)));
  const records = withoutCopies(found.map(({ record }) => record).filter(counts));
  if (records.length === 0)
    throw new Error(
      `no ${unfinished ? "run with an epoch" : "complete run (--unfinished includes others)"} ` +
        `in ${folders.join(", ")}`,
    );
  return records;
}

/** Reports on stderr which runs are left out, and their progress. */
export function reportNotCounted(runs: readonly { folder: string; record: RunRecord }[]): void {
  for (const { folder, record } of runs)
    process.stderr.write(
      `not counted: ${folder} (${record.status}, ` +
        `${record.epochs.length} of ${record.config.epochs} epochs)\n`,
    );
}
