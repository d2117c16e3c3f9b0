import { comparePaired, type PairedComparison } from "../statistics/comparePaired";
import { accuracyByRun, experimentName } from "./pairedRuns";
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
  const pairs = [...accuracyByRun(experiment)].flatMap(([run, own]) => {
    const other = accuracies.get(run);
    return other === undefined ? [] : [[own.accuracy, other.accuracy] as const];
  });
  if (pairs.length < 2) return [];
  const comparison = comparePaired(
    pairs.map(([own]) => own),
    pairs.map(([, other]) => other),
  );
  return [
    { experiment: experimentName(experiment), baseline: experimentName(baseline), ...comparison },
  ];
}
