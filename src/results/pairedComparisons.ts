import type { RunRecord } from "../runs/record";
import { comparePaired, type PairedComparison } from "../statistics/comparePaired";
import { runPairs, type RunPair } from "./pairedRuns";
import { completeGroups, type RunGroup } from "./runGroups";

/** Two experiments on their common draws. Differences are in percentage points. */
export interface ExperimentComparison extends PairedComparison {
  /** Differences are this experiment's test accuracy minus the baseline's. */
  readonly experiment: string;
  readonly baseline: string;
}

/** Two groups of runs, their pairs, and the comparison. */
export interface ComparedGroups {
  readonly group: RunGroup;
  readonly baseline: RunGroup;
  /** Two or more. */
  readonly pairs: readonly RunPair[];
  readonly comparison: PairedComparison;
}

/**
 * The test accuracies of experiments compared with their preset's baseline, on the same splits with
 * the same seeds: vanilla with the same settings if it exists, else the first vanilla by label,
 * else the first experiment. Vanilla with other settings is compared with the first.
 *
 * Experiments that share fewer than 2 runs with the baseline are left out, and so are runs whose
 * splits have different rows or images.
 */
export function pairedComparisons(records: readonly RunRecord[]): ExperimentComparison[] {
  return comparedGroups(records).map(({ group, baseline, comparison }) => ({
    experiment: group.label,
    baseline: baseline.label,
    ...comparison,
  }));
}

/** Groups that {@link pairedComparisons} compares. */
export function comparedGroups(records: readonly RunRecord[]): ComparedGroups[] {
  const groups = completeGroups(records);
  return groups.flatMap((group) => {
    const baseline = baselineOf(group, groups);
    const pairs = group === baseline ? [] : runPairs(group, baseline);
    if (pairs.length < 2) return [];
    const comparison = comparePaired(
      pairs.map(({ accuracy }) => accuracy),
      pairs.map(({ baselineAccuracy }) => baselineAccuracy),
    );
    return [{ group, baseline, pairs, comparison }];
  });
}

function baselineOf(group: RunGroup, groups: readonly RunGroup[]): RunGroup {
  const own = groups.filter(({ preset }) => preset === group.preset);
  const vanilla = own
    .filter(({ regularizer }) => regularizer === "vanilla")
    .sort((a, b) => (a.label < b.label ? -1 : 1));
  const settings = JSON.stringify(group.settings);
  const isAlike = (other: RunGroup) => JSON.stringify(other.settings) === settings;
  const same = group.regularizer === "vanilla" ? undefined : vanilla.find(isAlike);
  return same ?? vanilla[0] ?? own[0];
}
