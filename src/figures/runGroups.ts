import { settingsJson, type ExperimentConfig } from "../experiment/config";
import type { RunRecord } from "../experiment/record";
import type { EpochRecord } from "../experiment/train";
import { regularizerColors } from "./look";

/** Runs that differ in split or seed only: one line of a figure. */
export interface RunGroup {
  /** The regulariser; with what sets the group apart if another group has the same. */
  readonly label: string;
  readonly color: string;
  /** One or more. */
  readonly records: readonly RunRecord[];
}

/** A quantity against epochs. */
export interface Series {
  readonly epochs: readonly number[];
  readonly values: readonly number[];
}

/** What may differ between runs whose mean is taken. */
const REPEATED: readonly (keyof ExperimentConfig)[] = [
  ...(["split", "splitSeed", "seed"] as const),
  ...(["measureEvery", "testEvery", "checkpointEvery"] as const),
];
const ORDER = ["vanilla", "hofer", "sliding"];

/**
 * Groups runs that differ in nothing but split, seed and how often they were measured; vanilla,
 * hofer and sliding come first.
 *
 * @throws {RangeError} If there is no run.
 */
export function groupRuns(records: readonly RunRecord[]): RunGroup[] {
  if (records.length === 0) throw new RangeError("expected the records of 1 run or more, got 0");
  const groups = new Map<string, RunRecord[]>();
  for (const record of records) {
    const key = JSON.stringify(sharedSettings(record));
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  const members = [...groups.values()];
  const labels = members.map((group) => label(group, members));
  const colors = regularizerColors(labels);
  return members
    .map((group, i) => ({ label: labels[i], color: colors.get(labels[i])!, records: group }))
    .sort((a, b) => rank(a) - rank(b) || (a.label < b.label ? -1 : 1));
}

/**
 * The mean over a group's runs of a quantity at every epoch at which all of them have it.
 *
 * @param valueOf The quantity; undefined or null where an epoch does not have it.
 * @param scale On which the mean is taken: "log" gives the geometric mean, of positive values.
 */
export function meanSeries(
  records: readonly RunRecord[],
  valueOf: (epoch: EpochRecord) => number | null | undefined,
  scale: "linear" | "log" = "linear",
): Series {
  const runs = records.map(
    ({ epochs }) => new Map(epochs.map((epoch) => [epoch.epoch, valueOf(epoch)])),
  );
  const isDrawn = (value: number | null | undefined) =>
    typeof value === "number" && Number.isFinite(value) && (scale === "linear" || value > 0);
  const epochs = [...runs[0].keys()].filter((e) => runs.every((run) => isDrawn(run.get(e))));
  const [to, from] = scale === "log" ? [Math.log, Math.exp] : [identity, identity];
  const mean = (epoch: number) =>
    runs.reduce((sum, run) => sum + to(run.get(epoch)!), 0) / runs.length;
  return { epochs, values: epochs.map((epoch) => from(mean(epoch))) };
}

/** "MNIST-250, n = 10 splits each": what a figure's numbers come from. */
export function dataDescription(groups: readonly RunGroup[]): string {
  const sets = groups.flatMap(({ records }) =>
    records.map(({ config }) => `${config.dataset.toUpperCase()}-${config.labelCount}`),
  );
  const counts = groups.map(({ records }) => records.length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const n = least === most ? `${most}` : `${least} to ${most}`;
  return `${[...new Set(sets)].join(", ")}, n = ${n} run${most === 1 ? "" : "s"} each`;
}

function sharedSettings({ config }: RunRecord): Record<string, unknown> {
  const settings = settingsJson(config);
  for (const name of REPEATED) delete settings[name];
  return settings;
}

function label([first]: readonly RunRecord[], groups: readonly (readonly RunRecord[])[]): string {
  const { regularizer } = first.config;
  const same = groups.map(([other]) => other).filter((o) => o.config.regularizer === regularizer);
  const own = sharedSettings(first);
  const telling = Object.keys(own).filter((name) =>
    same.some((other) => sharedSettings(other)[name] !== own[name]),
  );
  return [regularizer, ...telling.map((name) => `${name} ${String(own[name])}`)].join(", ");
}

function rank({ records: [{ config }] }: RunGroup): number {
  const at = ORDER.indexOf(config.regularizer);
  return at < 0 ? ORDER.length : at;
}

const identity = (value: number) => value;
