import { comparePaired, type PairedComparison } from "../statistics/comparePaired";
import type { RunRecord } from "./record";
import { experimentsOf, type Experiment } from "./resultTable";

/** Two experiments on the runs that they have in common. Differences are in percentage points. */
export interface ExperimentComparison extends PairedComparison {
  /** The differences are this experiment's test accuracy, less the baseline's. */
  readonly experiment: string;
  readonly baseline: string;
}

/**
 * The test accuracies of experiments compared with a baseline's, on the same splits with the same
 * seeds: the first experiment that is called vanilla, else the first of all.
 *
 * Experiments that share fewer than 2 runs with the baseline are left out, and so are runs whose
 * splits have other rows.
 */
export function pairedComparisons(records: readonly RunRecord[]): ExperimentComparison[] {
  const experiments = experimentsOf(records);
  if (experiments.length === 0) return [];
  const baseline =
    experiments.find(({ regularizer }) => regularizer === "vanilla") ?? experiments[0];
  return experiments
    .filter((experiment) => experiment !== baseline)
    .flatMap((experiment) => compare(experiment, baseline));
}

function compare(experiment: Experiment, baseline: Experiment): ExperimentComparison[] {
  const accuracies = accuracyByRun(baseline);
  const pairs = [...accuracyByRun(experiment)].flatMap(([run, accuracy]) => {
    const other = accuracies.get(run);
    return other === undefined ? [] : [[accuracy, other] as const];
  });
  if (pairs.length < 2) return [];
  const comparison = comparePaired(
    pairs.map(([own]) => own),
    pairs.map(([, other]) => other),
  );
  return [{ experiment: nameOf(experiment), baseline: nameOf(baseline), ...comparison }];
}

/** Test accuracy in percent behind the last epoch, by split, its rows and the seed. */
function accuracyByRun({ runs }: Experiment): Map<string, number> {
  const entries = runs.flatMap(({ config: { split, seed }, split: { rowsHash }, epochs }) => {
    const { test } = epochs[epochs.length - 1];
    const key = JSON.stringify([split, seed, rowsHash]);
    return test === undefined ? [] : [[key, 100 * test.accuracy] as const];
  });
  return new Map(entries);
}

/** Regulariser and the settings that set an experiment apart from the others of its table. */
function nameOf({ regularizer, settings }: Experiment): string {
  const differences = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  return [regularizer, ...differences].join(", ");
}
