import type { ExperimentConfig } from "../training/settings/config";
import { mnist250 } from "../training/settings/presets";
import { settingNames } from "../training/settings/settings";
import { sameImages, type RunRecord } from "../runs/record";
import { runIdentity } from "../runs/runIdentity";
import type { EpochRecord } from "../training/train";

/**
 * Each run once, though it was recorded several times: those of one name, settings, rows and backend,
 * and the same images where both say, whatever they were asked to record. A complete one is kept before
 * others, then the one that holds most, then the first, in the place of the first.
 */
export function withoutCopies(records: readonly RunRecord[]): RunRecord[] {
  const kept: RunRecord[] = [];
  const places = new Map<string, number[]>();
  for (const record of records) {
    const key = runKey(record);
    const alike = places.get(key) ?? [];
    const place = alike.find((at) => sameImages(kept[at].split, record.split));
    if (place === undefined) places.set(key, [...alike, kept.push(record) - 1]);
    else if (recorded(record) > recorded(kept[place])) kept[place] = record;
  }
  return kept;
}

const recordedAlike = Object.fromEntries(
  settingNames("recording").map((name) => [name, mnist250[name]]),
);

const runKey = (record: RunRecord) =>
  JSON.stringify([
    ...settingNames("name").map((name) => record.config[name]),
    runIdentity({ ...drawnConfig(record), ...recordedAlike }, record.split.rowsHash),
    record.environment.backend,
  ]);

/** The config, with split seed 0 where it decides nothing: a file has the rows, and all are trained on. */
export function drawnConfig({ config, split }: RunRecord): ExperimentConfig {
  const isDrawn = split.source === "seeded" || config.validationCount > 0;
  return isDrawn ? config : { ...config, splitSeed: 0 };
}

/** More than any number of epochs. */
const COMPLETE = 2 ** 50;

/** How many epochs, tests, reports and margins a record holds; of a complete one more than of others. */
function recorded({ status, epochs }: RunRecord): number {
  const count = (isThere: (epoch: EpochRecord) => unknown) => epochs.filter(isThere).length;
  return (
    (status === "complete" ? COMPLETE : 0) +
    epochs.length +
    count(({ train }) => train) +
    count(({ test }) => test) +
    count(({ report }) => report) +
    count(({ report }) => report?.margins)
  );
}
