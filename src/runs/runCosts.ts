import type { ExperimentConfig } from "../training/settings/config";
import { measuresDue } from "../training/evaluation/measuresDue";
import type { RunRecord } from "./record";

/** Durations of the parts of a run, in seconds. */
export interface RunCosts {
  /** Steps of an epoch. */
  readonly training: number;
  /** Measuring the training set once. */
  readonly measuring: number;
  /** A test, in addition. */
  readonly testing: number;
  /** Every measure of both sets, in addition. */
  readonly reporting: number;
}

/**
 * Config of a short run for measuring the parts of a run: its first epoch is measured, the second
 * tested too, and a third, if the config asks for reports, has every measure.
 */
export function trialConfig(config: ExperimentConfig): ExperimentConfig {
  const reports = config.reportCount > 0;
  return {
    ...config,
    epochs: reports ? 3 : 2,
    measureEvery: 1,
    testEvery: 2,
    reportCount: reports ? 1 : 0,
    checkpointEvery: 1,
  };
}

/**
 * Durations of the parts of a run, from the record of a trial.
 *
 * @param record Record of a complete run of {@link trialConfig}.
 */
export function runCosts({ epochs, config }: RunRecord): RunCosts {
  const [first, second, third] = epochs.map(({ seconds }) => seconds.measuring);
  const beyond = (seconds: number, part: number) => Math.max(0, seconds - part);
  return {
    // The engine still compiles during the first epoch.
    training: epochs[epochs.length - 1].seconds.training,
    measuring: first,
    testing: beyond(second, first),
    reporting: config.reportCount > 0 ? beyond(third, second) : 0,
  };
}

/**
 * Time left of a run, in seconds: its epochs, and the measures that are due in them.
 *
 * @param costs Costs of a run of `tried`; training is assumed proportional to the images of an
 *   epoch.
 * @param done Number of completed epochs.
 */
export function secondsLeft(
  config: ExperimentConfig,
  costs: RunCosts,
  tried: ExperimentConfig,
  done = 0,
): number {
  const due = measuresDue(config);
  const training = (costs.training * imagesPerEpoch(config)) / imagesPerEpoch(tried);
  let seconds = 0;
  for (let epoch = done + 1; epoch <= config.epochs; epoch++) {
    const { train, test, report } = due(epoch);
    seconds += training;
    if (train) seconds += costs.measuring;
    if (test) seconds += costs.testing;
    if (report) seconds += costs.reporting;
  }
  return seconds;
}

/** Images in the steps of an epoch, counted each time they are drawn. */
function imagesPerEpoch(config: ExperimentConfig): number {
  const { labelCount, validationCount, subBatchCount, subBatchSize } = config;
  return Math.floor((labelCount - validationCount) / subBatchCount) * subBatchCount * subBatchSize;
}
