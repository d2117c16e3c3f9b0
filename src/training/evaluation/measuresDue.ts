import type { ExperimentConfig } from "../settings/config";
import { logSpacedEpochs } from "./epochReport";

/** What is measured behind an epoch. */
export interface MeasuresDue {
  readonly train: boolean;
  readonly test: boolean;
  /** Every measure of both sets. */
  readonly report: boolean;
}

/** Of each epoch, from 1, what a config asks to be measured behind it. */
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
