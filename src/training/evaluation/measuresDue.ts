import type { ExperimentConfig } from "../settings/config";

/** Measurements due after an epoch. */
export interface MeasuresDue {
  readonly train: boolean;
  readonly test: boolean;
  /** Every measure of both sets. */
  readonly report: boolean;
}

/** Measurements that a config requests after each epoch, from 1. */
export function measuresDue(
  config: Pick<ExperimentConfig, "epochs" | "measureEvery" | "testEvery" | "reportCount">,
): (epoch: number) => MeasuresDue {
  const { epochs, measureEvery, testEvery, reportCount } = config;
  const reports = new Set(logSpacedEpochs(epochs, reportCount));
  return (epoch) => {
    const isDue = (every: number) => epoch % every === 0 || epoch === epochs;
    const report = reports.has(epoch);
    return { train: isDue(measureEvery), test: isDue(testEvery) || report, report };
  };
}

/**
 * Epochs from 1 to `epochs`, at most `count` of them, spread evenly on a log scale; the first and
 * the last are included.
 */
export function logSpacedEpochs(epochs: number, count: number): number[] {
  // From here on, every epoch is included.
  const points = Math.min(count, 2 + Math.ceil(2 * epochs * Math.log(epochs)));
  const at = (i: number) => Math.round(epochs ** (points === 1 ? 1 : i / (points - 1)));
  return [...new Set(Array.from({ length: points }, (_, i) => at(i)))];
}
