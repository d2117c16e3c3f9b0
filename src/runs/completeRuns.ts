import { findRecords } from "./findRecords";
import type { RunRecord } from "./record";

/** Which runs. */
export interface RunSelection {
  readonly preset?: string;
  readonly regularizers?: readonly string[];
}

/**
 * The complete runs in a folder and below, those of a preset and of regularizers where these are
 * given, each with its folder.
 *
 * @throws {Error} As {@link findRecords}, or if no run is left: which were asked for.
 */
export async function completeRuns(
  folder: string,
  { preset, regularizers }: RunSelection = {},
): Promise<{ folder: string; record: RunRecord }[]> {
  const found = (await findRecords([folder])).filter(
    ({ record: { config, status } }) =>
      status === "complete" &&
      (preset === undefined || config.preset === preset) &&
      (regularizers === undefined || regularizers.includes(config.regularizer)),
  );
  const asked = [preset, ...(regularizers ?? [])].filter((text) => text !== undefined).join(", ");
  if (found.length === 0)
    throw new Error(`expected complete runs${asked && ` of ${asked}`} in ${folder}, got none`);
  return found;
}
