import { createHash } from "node:crypto";
import { settingsJson, type ExperimentConfig } from "../training/settings/config";
import { settingNames } from "../training/settings/settings";

/** Number of digits of an identity that are printed. */
export const IDENTITY_DIGITS = 16;

/** Settings that do not affect a record: names for tables, and the interval of checkpoints. */
const NOT_DECIDING: readonly string[] = settingNames("name", "bookkeeping");

/**
 * Identity of a run, independent of its name: the SHA-256, as 64 hexadecimal digits, of all
 * settings that determine its record and of the rows it trains on. Two runs with the same identity
 * and backend give the same numbers, so one is enough.
 *
 * The settings are written as JSON, sorted by name; a later version of this project that has more
 * settings gives every run another identity, so identities are compared, not kept.
 *
 * @param rowsHash Hash of the split's rows, as in records.
 */
export function runIdentity(config: ExperimentConfig, rowsHash: string): string {
  const settings = Object.entries(settingsJson(config))
    .filter(([name]) => !NOT_DECIDING.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify({ settings, rowsHash })).digest("hex");
}
