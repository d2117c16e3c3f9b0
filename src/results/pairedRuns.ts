import { sameImages, type RunRecord } from "../runs/record";
import { settingNames } from "../training/settings/settings";
import { drawnConfig } from "./runCopies";
import type { EpochRecord } from "../training/train";
import type { RunGroup } from "./runGroups";

/** Test accuracy of a run after its last epoch, in percent. */
export interface RunAccuracy {
  readonly split: number;
  readonly accuracy: number;
}

/** A run and the baseline's run of the same draw; accuracies in percent. */
export interface RunPair extends RunAccuracy {
  readonly baselineAccuracy: number;
}

/** Test accuracies of a group's runs; runs without a test are left out. */
export function runAccuracies({ runs }: RunGroup): RunAccuracy[] {
  return runs
    .filter(isTested)
    .map((run) => ({ split: run.config.split, accuracy: testAccuracy(run) }));
}

/**
 * Pairs of a group's runs and the baseline's runs of the same draw: split, rows, images and seeds
 * agree. Runs without such a partner are left out.
 */
export function runPairs(group: RunGroup, baseline: RunGroup): RunPair[] {
  const [own, others] = [group, baseline].map(({ runs }) => runs.filter(isTested));
  return pairsOfRuns(own, others).map(([run, partner]) => ({
    split: run.config.split,
    accuracy: testAccuracy(run),
    baselineAccuracy: testAccuracy(partner),
  }));
}

/** Each run beside the first of the others with the same draw; runs without such a partner are left out. */
export function pairsOfRuns(
  runs: readonly RunRecord[],
  others: readonly RunRecord[],
): [own: RunRecord, other: RunRecord][] {
  return runs.flatMap((own): [RunRecord, RunRecord][] => {
    const partner = others.find((other) => isSameDraw(own, other));
    return partner === undefined ? [] : [[own, partner]];
  });
}

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

/** Whether a run was tested after its last epoch. */
export const isTested = ({ epochs }: RunRecord) => epochs.at(-1)?.test !== undefined;

/** Test accuracy after the last epoch, in percent; NaN if it was not tested. */
export function testAccuracy(run: RunRecord): number {
  return 100 * (lastEpoch(run).test?.accuracy ?? NaN);
}

/** Draws and rows of a run, as text. */
export function drawOf(record: RunRecord): string {
  const config = drawnConfig(record);
  return JSON.stringify([
    ...settingNames("draw").map((name) => config[name]),
    record.split.rowsHash,
  ]);
}

const isSameDraw = (a: RunRecord, b: RunRecord) =>
  drawOf(a) === drawOf(b) && sameImages(a.split, b.split);
