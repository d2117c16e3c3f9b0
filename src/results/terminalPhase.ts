import type { RunRecord } from "../runs/record";
import { mean, median } from "../statistics/summary";
import type { EpochRecord } from "../training/train";
import { runsOf } from "./runValues";

/** What the runs of a regularizer gain in the terminal phase, which begins without training errors. */
export interface PhaseChange {
  /** Runs that came into the phase and have the value there. */
  readonly n: number;
  /** The epoch of the first value in the phase, the median over the runs. */
  readonly fromEpoch: number;
  /** A value a run: the first one in the phase, and the last one. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Test accuracy in percent at the first tested epoch of the terminal phase and at the last one. */
export function terminalPhaseAccuracy(records: readonly RunRecord[], name: string): PhaseChange {
  return phaseChange(runsOf(records, name), ({ test }) => test && 100 * test.accuracy);
}

/** The mean relative margin |r| / |x| at the first reported epoch of the phase and at the last one. */
export function terminalPhaseMargins(records: readonly RunRecord[], name: string): PhaseChange {
  return phaseChange(runsOf(records, name), ({ report }) => report?.margins?.meanRelativeNorm);
}

function phaseChange(
  runs: readonly RunRecord[],
  valueOf: (epoch: EpochRecord) => number | null | undefined,
): PhaseChange {
  const ends = runs.flatMap(({ epochs, terminalPhaseEpoch }) => {
    const phase = epochs.flatMap((record) => {
      const value = valueOf(record);
      const isIn = record.epoch >= (terminalPhaseEpoch ?? Infinity);
      return isIn && typeof value === "number" ? [{ epoch: record.epoch, value }] : [];
    });
    return phase.length === 0 ? [] : [{ first: phase[0], last: phase[phase.length - 1] }];
  });
  if (ends.length === 0) throw new RangeError("expected a run in the terminal phase, got none");
  return {
    n: ends.length,
    fromEpoch: median(ends.map(({ first }) => first.epoch)),
    starts: ends.map(({ first }) => first.value),
    ends: ends.map(({ last }) => last.value),
  };
}

/** Geometric mean over the runs of the last value divided by the first one. */
export function geometricGrowth({ starts, ends }: PhaseChange): number {
  return Math.exp(mean(ends.map((end, i) => Math.log(end / starts[i]))));
}
