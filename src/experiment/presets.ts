import type { ExperimentConfig } from "./config";
import { constant, cosine, linear, squareRootDecay } from "./schedules";

/** MNIST-250 as `seed.md` documents it; no regulariser. */
export const mnist250: ExperimentConfig = {
  preset: "mnist-250",
  regularizer: "vanilla",
  dataset: "mnist",
  network: "SimpleCNN_MNIST",
  labelCount: 250,
  split: 0,
  splitSeed: 0,
  seed: 0,

  epochs: 310,
  subBatchCount: 8,
  subBatchSize: 16,
  withReplacement: true,

  learningRate: cosine(0.1, 0),
  momentum: 0.9,
  nesterov: false,
  weightDecay: 0.001,

  topologicalWeight: constant(0),
  beta: constant(1.1),
  metric: "L2",
  shape: "absolute",
  zeroDeathTimes: "drop",

  measureEvery: 1,
  testEvery: 10,
  checkpointEvery: 10,
};

/** MNIST-250 as the original code ran it: the L1 metric, and ten times the weight decay. */
export const mnist250AsCoded: ExperimentConfig = {
  ...mnist250,
  preset: "mnist-250-as-coded",
  metric: "L1",
  weightDecay: 0.01,
};

/** The experiments by name, each with what it is. */
export const PRESETS: Readonly<Record<string, { config: ExperimentConfig; about: string }>> = {
  "mnist-250": {
    config: mnist250,
    about: "250 labelled MNIST images, as the original documents it (L2, weight decay 0.001)",
  },
  "mnist-250-as-coded": {
    config: mnist250AsCoded,
    about: "the same as the original's code has it (L1, weight decay 0.01)",
  },
};

type Difference = Partial<ExperimentConfig>;

/** The regularisers: what each changes in a preset. */
export const REGULARIZERS: Readonly<Record<string, { difference: Difference; about: string }>> = {
  vanilla: {
    difference: { regularizer: "vanilla", topologicalWeight: constant(0) },
    about: "cross entropy alone",
  },
  hofer: {
    difference: {
      regularizer: "hofer",
      topologicalWeight: constant(0.1),
      beta: constant(1.1),
    },
    about: "Hofer et al. 2020: weight 0.1 and beta 1.1 throughout",
  },
  sliding: {
    difference: {
      regularizer: "sliding",
      topologicalWeight: linear(0, 0.1),
      beta: squareRootDecay(1.1),
    },
    about: "the weight slides up from 0 to 0.1, beta down from 1.1 to 0",
  },
};
