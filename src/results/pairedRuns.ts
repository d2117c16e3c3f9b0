import { sameImages, type SplitOrigin } from "../runs/record";
import type { Experiment } from "./resultTable";

/** Test accuracy of a run behind its last epoch, in percent. */
export interface RunAccuracy {
  readonly split: number;
  readonly accuracy: number;
}

/** A run and the baseline's on the same split, with the same seed; accuracies in percent. */
export interface RunPair extends RunAccuracy {
  readonly baselineAccuracy: number;
}

/** The test accuracies of an experiment's runs, of those that were tested. */
export function runAccuracies({ runs }: Experiment): RunAccuracy[] {
  return testedRuns(runs).map(({ config: { split }, accuracy }) => ({ split, accuracy }));
}

/**
 * The runs of an experiment beside the baseline's that differ in nothing but the experiment: split,
 * its rows and images, and seed are the same. Runs without such a partner are left out.
 */
export function runPairs(experiment: Experiment, baseline: Experiment): RunPair[] {
  const partners = testedRuns(baseline.runs);
  return testedRuns(experiment.runs).flatMap((own) => {
    const partner = partners.find((other) => isSameDraw(own, other));
    if (partner === undefined) return [];
    const { accuracy: baselineAccuracy } = partner;
    return [{ split: own.config.split, accuracy: own.accuracy, baselineAccuracy }];
  });
}

type Run = Experiment["runs"][number];

const testedRuns = (runs: readonly Run[]) =>
  runs.flatMap(({ config, split, epochs }) => {
    const test = epochs.at(-1)?.test;
    return test === undefined ? [] : [{ config, origin: split, accuracy: 100 * test.accuracy }];
  });

type Draw = Pick<Run, "config"> & { readonly origin: SplitOrigin };

const isSameDraw = (a: Draw, b: Draw) =>
  a.config.split === b.config.split &&
  a.config.seed === b.config.seed &&
  a.origin.rowsHash === b.origin.rowsHash &&
  sameImages(a.origin, b.origin);

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
