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

/**
 * What an experiment is called among others: its regulariser, the settings that set it apart, and
 * its preset where there are several. No two of `all` have one name.
 */
export function experimentName(
  { preset, regularizer, settings }: Experiment,
  all: readonly Experiment[],
): string {
  const isPresetShown = all.some((other) => other.preset !== preset);
  const differences = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  return [isPresetShown ? `${preset} ${regularizer}` : regularizer, ...differences].join(", ");
}
