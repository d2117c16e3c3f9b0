import { existsSync } from "node:fs";
import { findRuns, type FoundRun, type FoundRuns } from "../runs/findRuns";
import { RECORD_FILE } from "../runs/record";
import { BadArguments } from "./badArguments";

/** What {@link findRuns} finds; records that cannot be read are told on stderr. */
export async function findRunsAndTell(folders: readonly string[]): Promise<FoundRuns> {
  const found = await findRuns(folders);
  for (const line of found.broken) process.stderr.write(`not read: ${line}\n`);
  return found;
}

/**
 * The runs below folders that a command was given; records that cannot be read are told on stderr
 * and left out, so that one damaged file does not hide the others.
 *
 * @throws {BadArguments} If a folder does not exist.
 * @throws {Error} If no record can be read: what is there.
 */
export async function readRuns(folders: readonly string[]): Promise<readonly FoundRun[]> {
  const missing = folders.filter((folder) => !existsSync(folder));
  if (missing.length > 0)
    throw new BadArguments(`expected folders of runs, got none at ${missing.join(", ")}`);
  const { runs, broken } = await findRunsAndTell(folders);
  if (runs.length > 0) return runs;
  const place = `in ${folders.join(", ")} or below`;
  throw new Error(`no ${RECORD_FILE} ${broken.length > 0 ? "that can be read " : ""}${place}`);
}
