import { sameImages, type RunRecord } from "./record";
import { runIdentity } from "./runIdentity";

/**
 * Each run once, though its record lies in several folders: the first of those that have one name,
 * identity and backend, and the same images where both say. The order is kept.
 */
export function withoutCopies(records: readonly RunRecord[]): RunRecord[] {
  const kept = new Map<string, RunRecord[]>();
  return records.filter((record) => {
    const alike = kept.get(runKey(record)) ?? [];
    if (alike.some(({ split }) => sameImages(split, record.split))) return false;
    kept.set(runKey(record), [...alike, record]);
    return true;
  });
}

const runKey = ({ config, split, environment }: RunRecord) =>
  JSON.stringify([
    ...[config.preset, config.regularizer],
    ...[runIdentity(config, split.rowsHash), environment.backend],
  ]);
