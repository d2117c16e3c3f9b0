import type { Experiment } from "./resultTable";

/** Test accuracy of a run behind its last epoch, in percent. */
export interface RunAccuracy {
  readonly split: number;
  readonly accuracy: number;
}

/** The test accuracies of an experiment by what two of its runs can be paired by: split and seed. */
export function accuracyByRun({ runs }: Experiment): Map<string, RunAccuracy> {
  const entries = runs.flatMap(({ config: { split, seed }, split: { rowsHash }, epochs }) => {
    const test = epochs.at(-1)?.test;
    const key = JSON.stringify([split, seed, rowsHash]);
    return test === undefined ? [] : [[key, { split, accuracy: 100 * test.accuracy }] as const];
  });
  return new Map(entries);
}

/** Regulariser and what sets an experiment apart from the others. */
export function experimentName({ regularizer, settings }: Experiment): string {
  const differences = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  return [regularizer, ...differences].join(", ");
}
