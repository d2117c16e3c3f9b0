import { comparePaired, type PairedComparison } from "../statistics/comparePaired";
import { experimentName, runPairs } from "./pairedRuns";
import type { RunRecord } from "../runs/record";
import { experimentsOf, type Experiment } from "./resultTable";

/** Two experiments on the runs that they have in common. Differences are in percentage points. */
export interface ExperimentComparison extends PairedComparison {
  /** The differences are this experiment's test accuracy, less the baseline's. */
  readonly experiment: string;
  readonly baseline: string;
}

/**
 * The test accuracies of experiments compared with their preset's baseline, on the same splits with
 * the same seeds: the first experiment of the preset that is called vanilla, else the first of all.
 *
 * Experiments that share fewer than 2 runs with the baseline are left out, and so are runs whose
 * splits have other rows or images.
 */
export function pairedComparisons(records: readonly RunRecord[]): ExperimentComparison[] {
  const experiments = experimentsOf(records);
  return experiments.flatMap((experiment) => {
    const baseline = baselineOf(experiment, experiments);
    return experiment === baseline ? [] : compare(experiment, baseline, experiments);
  });
}

function baselineOf({ preset }: Experiment, experiments: readonly Experiment[]): Experiment {
  const own = experiments.filter((other) => other.preset === preset);
  return own.find(({ regularizer }) => regularizer === "vanilla") ?? own[0];
}

function compare(
  experiment: Experiment,
  baseline: Experiment,
  all: readonly Experiment[],
): ExperimentComparison[] {
  const pairs = runPairs(experiment, baseline);
  if (pairs.length < 2) return [];
  const comparison = comparePaired(
    pairs.map(({ accuracy }) => accuracy),
    pairs.map(({ baselineAccuracy }) => baselineAccuracy),
  );
  const [name, baselineName] = [experiment, baseline].map((one) => experimentName(one, all));
  return [{ experiment: name, baseline: baselineName, ...comparison }];
}
