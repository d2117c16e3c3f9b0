import { sameImages, type RunRecord } from "../runs/record";
import { settingNames } from "../training/settings/settings";
import { drawnConfig } from "./runCopies";
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
  return testedRuns(runs).map(({ run, accuracy }) => ({ split: run.config.split, accuracy }));
}

/**
 * Pairs of a group's runs and the baseline's runs of the same draw: split, rows, images and seeds
 * agree. Runs without such a partner are left out.
 */
export function runPairs(group: RunGroup, baseline: RunGroup): RunPair[] {
  const partners = testedRuns(baseline.runs);
  return testedRuns(group.runs).flatMap(({ run, accuracy }) => {
    const partner = partners.find((other) => isSameDraw(run, other.run));
    if (partner === undefined) return [];
    return [{ split: run.config.split, accuracy, baselineAccuracy: partner.accuracy }];
  });
}

/** Draws and rows of a run, as text. */
export function drawOf(record: RunRecord): string {
  const config = drawnConfig(record);
  return JSON.stringify([
    ...settingNames("draw").map((name) => config[name]),
    record.split.rowsHash,
  ]);
}

const testedRuns = (runs: readonly RunRecord[]) =>
  runs.flatMap((run) => {
    const test = run.epochs.at(-1)?.test;
    return test === undefined ? [] : [{ run, accuracy: 100 * test.accuracy }];
  });

const isSameDraw = (a: RunRecord, b: RunRecord) =>
  drawOf(a) === drawOf(b) && sameImages(a.split, b.split);
