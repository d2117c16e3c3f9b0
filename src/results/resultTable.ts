import type { RunRecord } from "../runs/record";
import { mean, median, populationStd, sampleStd } from "../statistics/summary";
import { completeGroups, type RunGroup } from "./runGroups";

/** The complete runs of one experiment together. Accuracies are percentages. */
export interface ResultRow extends Pick<RunGroup, "label" | "preset" | "regularizer" | "settings"> {
  /** Complete runs. */
  readonly n: number;
  readonly testAccuracy: Spread;
  /** tr(S_W S_B^+) / C of the training set after the last epoch. */
  readonly withinClassVariability: Spread;
  readonly epochs: number;
  /** Median over the runs, including measurements. */
  readonly seconds: number;
}

/** Mean and standard deviations; null where a number is not defined, as the deviations of one run. */
export interface Spread {
  readonly mean: number | null;
  readonly sampleStd: number | null;
  readonly populationStd: number | null;
}

/**
 * Result table of runs: a row for each group ({@link completeGroups}). Runs that are not complete
 * do not count.
 */
export function resultTable(records: readonly RunRecord[]): ResultRow[] {
  return completeGroups(records).map(rowOf);
}

function rowOf({ label, preset, regularizer, settings, runs }: RunGroup): ResultRow {
  const last = runs.map(({ epochs }) => epochs[epochs.length - 1]);
  const defined = (values: (number | null | undefined)[]) =>
    values.filter((value) => value !== null && value !== undefined);
  return {
    label,
    preset,
    regularizer,
    settings,
    n: runs.length,
    testAccuracy: spread(defined(last.map(({ test }) => test && 100 * test.accuracy))),
    withinClassVariability: spread(defined(last.map(({ train }) => train?.withinClassVariability))),
    epochs: runs[0].config.epochs,
    seconds: median(runs.map(({ seconds }) => seconds)),
  };
}

function spread(values: readonly number[]): Spread {
  if (values.length === 0) return { mean: null, sampleStd: null, populationStd: null };
  return {
    mean: mean(values),
    sampleStd: sampleStd(values),
    populationStd: values.length > 1 ? populationStd(values) : null,
  };
}
