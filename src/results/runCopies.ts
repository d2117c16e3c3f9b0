import type { ExperimentConfig } from "../training/settings/config";
import { mnist250 } from "../training/settings/presets";
import { settingNames } from "../training/settings/settings";
import { sameImages, type RunRecord } from "../runs/record";
import { runIdentity } from "../runs/runIdentity";
import type { EpochRecord } from "../training/train";

/**
 * Removes repeated records of a run: records with equal name, settings, rows, backend and (if
 * known) images are copies, whatever they recorded. The complete one is kept, then the one with
 * most content, then the first, at the position of the first.
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

/**
 * Config, with split seed 0 if it has no effect: the rows come from a file, and all are trained on.
 */
export function drawnConfig({ config, split }: RunRecord): ExperimentConfig {
  const isDrawn = split.source === "seeded" || config.validationCount > 0;
  return isDrawn ? config : { ...config, splitSeed: 0 };
}

/** More than any number of epochs. */
const COMPLETE = 2 ** 50;

/**
 * Score of the content of a record: epochs, tests, reports and margins; higher for complete runs.
 */
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
