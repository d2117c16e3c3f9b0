import type { ExperimentConfig } from "../training/settings/config";
import { measuresDue } from "../training/evaluation/measuresDue";
import type { RunRecord } from "./record";

/** Durations of the parts of a run, in seconds. */
export interface RunCosts {
  /** An epoch's steps. */
  readonly training: number;
  /** Measuring the training set once. */
  readonly measuring: number;
  /** A test, beyond that. */
  readonly testing: number;
  /** Every measure of both sets, beyond that. */
  readonly reporting: number;
}

/**
 * The config of a short run that shows what each part of a run takes: its first epoch is measured,
 * the second tested too, and a third, if the config asks for reports, has every measure.
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
 * @param record Of a complete run of {@link trialConfig}.
 */
export function runCosts({ epochs, config }: RunRecord): RunCosts {
  const [first, second, third] = epochs.map(({ seconds }) => seconds.measuring);
  const beyond = (seconds: number, part: number) => Math.max(0, seconds - part);
  return {
    // In the first epoch the engine still compiles.
    training: epochs[epochs.length - 1].seconds.training,
    measuring: first,
    testing: beyond(second, first),
    reporting: config.reportCount > 0 ? beyond(third, second) : 0,
  };
}

/**
 * Time left of a run, in seconds: its epochs, and the measures that are due in them.
 *
 * @param costs Of a run of `tried`; training is taken to be in proportion to the images of an epoch.
 * @param done Epochs that are done.
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

/** Images that an epoch's steps hold, each as often as it is drawn. */
function imagesPerEpoch(config: ExperimentConfig): number {
  const { labelCount, validationCount, subBatchCount, subBatchSize } = config;
  return Math.floor((labelCount - validationCount) / subBatchCount) * subBatchCount * subBatchSize;
}
