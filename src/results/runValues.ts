import type { RunRecord } from "../runs/record";
import { comparePaired, type PairedComparison } from "../statistics/comparePaired";
import { mean } from "../statistics/summary";
import type { EpochRecord } from "../training/train";
import { drawOf } from "./pairedRuns";

/** A number of a run, such as its test accuracy after the last epoch. */
export type RunValue = (run: RunRecord) => number;

/**
 * The last epoch of a run.
 *
 * @throws {RangeError} If it has none.
 */
export function lastEpoch({ epochs }: RunRecord): EpochRecord {
  const last = epochs.at(-1);
  if (last === undefined) throw new RangeError("expected a run with epochs, got none");
  return last;
}

/** Test accuracy after the last epoch, in percent; NaN if it was not tested. */
export function testAccuracy(run: RunRecord): number {
  return 100 * (lastEpoch(run).test?.accuracy ?? NaN);
}

/** The runs of a regularizer, in the order of their splits and seeds. */
export function runsOf(records: readonly RunRecord[], regularizer: string): RunRecord[] {
  return records
    .filter(({ config }) => config.regularizer === regularizer)
    .sort(({ config: a }, { config: b }) => a.split - b.split || a.seed - b.seed);
}

/**
 * Runs of a regularizer beside another's on the same draw: split, rows and seeds are the same. Runs
 * without a partner are left out.
 */
export function runPairsOf(
  records: readonly RunRecord[],
  regularizer: string,
  baseline: string,
): [own: RunRecord, other: RunRecord][] {
  const others = new Map(runsOf(records, baseline).map((run) => [drawOf(run), run]));
  return runsOf(records, regularizer).flatMap((own) => {
    const other = others.get(drawOf(own));
    return other === undefined ? [] : [[own, other]];
  });
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
  const values = runs.map(
    ({ epochs }) =>
      new Map(epochs.map(({ epoch, train }) => [epoch, train?.[measure as "selfDuality"]])),
  );
  const means = [...(values[0]?.keys() ?? [])].flatMap((epoch) => {
    const own = values.flatMap((run) => run.get(epoch) ?? []);
    return own.length === runs.length ? [{ epoch, value: mean(own) }] : [];
  });
  if (means.length === 0) throw new RangeError(`expected runs with ${measure}, got none`);
  const best = means.reduce((a, b) => (b.value < a.value ? b : a));
  return { lowest: best.value, epoch: best.epoch, end: means[means.length - 1].value };
}
