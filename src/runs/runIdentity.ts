import { createHash } from "node:crypto";
import { BOOKKEEPING, settingsJson, type ExperimentConfig } from "../training/settings/config";

/** Digits of an identity that are shown: enough to tell any number of runs apart. */
export const IDENTITY_DIGITS = 16;

/** Settings that decide no number: names for tables, and how often a run is saved. */
const NOT_DECIDING = ["preset", "regularizer", ...BOOKKEEPING];

/**
 * What a run is, whatever it is called: the SHA-256, as 64 hexadecimal digits, of all settings that
 * decide its numbers and of the rows it trains on. Two runs of one identity on one backend give the
 * same numbers, so that one of them is enough.
 *
 * The settings are written as JSON, sorted by name; a later version of this project that has more
 * settings gives every run another identity, so identities are compared, not kept.
 *
 * @param rowsHash Of the split's rows, as records have it.
 */
export function runIdentity(config: ExperimentConfig, rowsHash: string): string {
  const settings = Object.entries(settingsJson(config))
    .filter(([name]) => !NOT_DECIDING.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify({ settings, rowsHash })).digest("hex");
}
