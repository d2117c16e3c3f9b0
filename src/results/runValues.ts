import type { RunRecord } from "../runs/record";
import { comparePaired, type PairedComparison } from "../statistics/comparePaired";
import { mean } from "../statistics/summary";
import { epochValueOf } from "./epochValue";
import { pairsOfRuns } from "./pairedRuns";

/** A number of a run, such as its test accuracy after the last epoch. */
export type RunValue = (run: RunRecord) => number;

/** The runs of a regularizer, in the order of their splits and seeds. */
export function runsOf(records: readonly RunRecord[], regularizer: string): RunRecord[] {
  return records
    .filter(({ config }) => config.regularizer === regularizer)
    .sort(({ config: a }, { config: b }) => a.split - b.split || a.seed - b.seed);
}

/**
 * Runs of a regularizer beside another's on the same draw, as of {@link pairsOfRuns}.
 */
export function runPairsOf(
  records: readonly RunRecord[],
  regularizer: string,
  baseline: string,
): [own: RunRecord, other: RunRecord][] {
  return pairsOfRuns(runsOf(records, regularizer), runsOf(records, baseline));
}

/**
 * Any number of the runs of two regularizers, compared on the draws that they share.
 *
 * @returns The difference, the first less the baseline; null if they share fewer than 2 draws.
 */
export function compareRunValues(
  records: readonly RunRecord[],
  regularizer: string,
  baseline: string,
  value: RunValue,
): PairedComparison | null {
  const pairs = runPairsOf(records, regularizer, baseline);
  if (pairs.length < 2) return null;
  return comparePaired(
    pairs.map(([own]) => value(own)),
    pairs.map(([, other]) => value(other)),
  );
}

/** The epoch at which a mean over runs is lowest. */
export interface LowestMean {
  readonly lowest: number;
  readonly epoch: number;
  /** The mean after the last epoch. */
  readonly end: number;
}

/**
 * Where the mean over runs of a measure of the training images is lowest, of the epochs at which all
 * of them have it.
 *
 * @param measure One of those that are recorded after each measured epoch, such as "selfDuality".
 * @throws {RangeError} If there is no such epoch.
 */
export function lowestMean(runs: readonly RunRecord[], measure: string): LowestMean {
  const valueOf = epochValueOf(measure, "train");
  const values = runs.map(
    ({ epochs }) => new Map(epochs.map((record) => [record.epoch, valueOf(record)])),
  );
  const means = [...(values[0]?.keys() ?? [])].flatMap((epoch) => {
    const own = values.flatMap((run) => run.get(epoch) ?? []);
    return own.length === runs.length ? [{ epoch, value: mean(own) }] : [];
  });
  if (means.length === 0) throw new RangeError(`expected runs with ${measure}, got none`);
  const best = means.reduce((a, b) => (b.value < a.value ? b : a));
  return { lowest: best.value, epoch: best.epoch, end: means[means.length - 1].value };
}
