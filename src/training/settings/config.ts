import type { Augmentation } from "../../data/augmentation";
import type { ConnectivityOptions } from "../../regularizer/connectivityLoss";
import type { Schedule } from "./schedules";

/**
 * Everything that decides what a run computes. Two runs of the same config on the same backend give
 * the same numbers. Build one from a preset:
 * `{ ...mnist250, ...REGULARIZERS.sliding.difference, epochs: 20 }`.
 */
export interface ExperimentConfig {
  /** The preset the run started from; for tables. */
  readonly preset: string;
  /** The regulariser it was given; for tables. */
  readonly regularizer: string;
  readonly dataset: "mnist" | "svhn" | "cifar10";
  readonly network: "SimpleCNN_MNIST" | "SimpleCNN13";
  /** Factor on every number of channels of SimpleCNN13: its square is the share of the work. */
  readonly width: number;
  /** Labelled training images. */
  readonly labelCount: number;
  /** Which split of the data's splits, from 0. */
  readonly split: number;
  /** Seed of the project's own splits; of no effect with a splits file. */
  readonly splitSeed: number;
  /** Seed of the initial weights, the sampler, dropout and augmentation. */
  readonly seed: number;

  readonly epochs: number;
  /** Anchors a step, and the examples that each of them brings with itself (8 x 16). */
  readonly subBatchCount: number;
  readonly subBatchSize: number;
  readonly withReplacement: boolean;
  /** What a step draws: sub-batches, or as many distinct images without regard to class. */
  readonly sampling: "subBatches" | "plain";
  /** Labelled images, drawn by class, that are kept from training, to choose settings by. */
  readonly validationCount: number;
  /** subset: less the mean, over the standard deviation, of the training images' pixels. */
  readonly normalization: "none" | "subset";
  /** What a step does to each image that it draws. */
  readonly augmentation: Augmentation;

  /** Taken at (e - 1) / epochs in epoch e = 1, 2, ...: PyTorch's CosineAnnealingLR. */
  readonly learningRate: Schedule;
  readonly momentum: number;
  readonly nesterov: boolean;
  /** Added to the gradient of every parameter, as a factor of the parameter. */
  readonly weightDecay: number;

  /** Factor of the connectivity loss, taken at e / epochs. */
  readonly topologicalWeight: Schedule;
  /** The target death time, taken at e / epochs. */
  readonly beta: Schedule;
  readonly metric: ConnectivityOptions["metric"];
  readonly shape: ConnectivityOptions["shape"];
  readonly zeroDeathTimes: ConnectivityOptions["zeroDeathTimes"];

  /** Added to the cross entropy; {@link penaltyOf}. The baselines of Hofer et al., and centre loss. */
  readonly penalty:
    | "none"
    | "decov"
    | "variance"
    | "classWiseCovariance"
    | "classWiseVariance"
    | "jacobian"
    | "center";
  /** Factor of the penalty. */
  readonly penaltyWeight: number;
  /** Share of the target that all classes get alike, 0 to below 1. */
  readonly labelSmoothing: number;
  /** simplex: the classifier's weights stay those of a random simplex ETF, its biases 0. */
  readonly classifier: "learned" | "simplex";

  /** Epochs from one measurement of the training set to the next; the last epoch always is. */
  readonly measureEvery: number;
  /** Epochs from one test to the next; the last epoch always is. */
  readonly testEvery: number;
  /** Epochs, spread evenly on a log scale, behind which every measure is taken; also tested. */
  readonly reportCount: number;
  /** Test images, the first of the set, whose margins each of these reports measures by DeepFool. */
  readonly robustnessCount: number;
  /** Epochs from one checkpoint to the next. */
  readonly checkpointEvery: number;
}

/** Settings as JSON has them: schedules as text. */
export function settingsJson(settings: Partial<ExperimentConfig>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(settings)) as Record<string, unknown>;
}

/** Settings that change no number of a run: it may go on with another value of them. */
export const BOOKKEEPING: readonly string[] = ["checkpointEvery"];

/**
 * Settings of what a record holds of a run: they change none of the numbers that it has anyway, but
 * for its seconds, and for its terminal phase, which begins with the first measured epoch without an
 * error.
 */
export const RECORDING = ["measureEvery", "testEvery", "reportCount", "robustnessCount"] as const;

/**
 * The names of the settings in which two configs differ, with both values as text; checkpointing,
 * which changes no number, does not count.
 */
export function configDifferences(
  a: ExperimentConfig,
  b: ExperimentConfig,
): { setting: string; a: string; b: string }[] {
  const [left, right] = [a, b].map(settingsJson);
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((setting) => !BOOKKEEPING.includes(setting) && left[setting] !== right[setting])
    .map((setting) => ({ setting, a: String(left[setting]), b: String(right[setting]) }));
}
