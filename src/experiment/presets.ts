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
  sampling: "subBatches",
  validationCount: 0,
  normalization: "none",

  learningRate: cosine(0.1, 0),
  momentum: 0.9,
  nesterov: false,
  weightDecay: 0.001,

  topologicalWeight: constant(0),
  beta: constant(1.1),
  metric: "L2",
  shape: "absolute",
  zeroDeathTimes: "drop",

  penalty: "none",
  penaltyWeight: 0,
  labelSmoothing: 0,
  classifier: "learned",

  measureEvery: 1,
  testEvery: 10,
  reportCount: 20,
  checkpointEvery: 10,
};

/** MNIST-250 as the original code ran it: the L1 metric, and ten times the weight decay. */
export const mnist250AsCoded: ExperimentConfig = {
  ...mnist250,
  preset: "mnist-250-as-coded",
  metric: "L1",
  weightDecay: 0.01,
};

/** MNIST-250 with what Hofer et al. had and the original had not: Nesterov, normalised images. */
export const mnist250AsHofer: ExperimentConfig = {
  ...mnist250,
  preset: "mnist-250-as-hofer",
  nesterov: true,
  normalization: "subset",
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
  "mnist-250-as-hofer": {
    config: mnist250AsHofer,
    about: "the same with Nesterov's momentum and normalised images, as Hofer et al. had them",
  },
};

type Difference = Partial<ExperimentConfig>;

const unregularized: Difference = { topologicalWeight: constant(0) };

/** The baselines of Hofer et al. and centre loss; the weights are this project's choice. */
const penalized = (penalty: ExperimentConfig["penalty"], penaltyWeight: number): Difference => ({
  ...unregularized,
  ...{ penalty, penaltyWeight },
});

const hofer: Difference = {
  regularizer: "hofer",
  topologicalWeight: constant(0.1),
  beta: constant(1.1),
};

const sliding: Difference = {
  regularizer: "sliding",
  topologicalWeight: linear(0, 0.1),
  beta: squareRootDecay(1.1),
};

/** The regularisers: what each changes in a preset. */
export const REGULARIZERS: Readonly<Record<string, { difference: Difference; about: string }>> = {
  vanilla: {
    difference: { ...unregularized, regularizer: "vanilla" },
    about: "cross entropy alone",
  },
  hofer: {
    difference: hofer,
    about: "Hofer et al. 2020: weight 0.1 and beta 1.1 throughout",
  },
  sliding: {
    difference: sliding,
    about: "the weight slides up from 0 to 0.1, beta down from 1.1 to 0",
  },
  "vanilla-plain": {
    difference: { ...unregularized, regularizer: "vanilla-plain", sampling: "plain" },
    about: "cross entropy on batches of 128 distinct images, without regard to class",
  },
  "hofer-l1": {
    difference: { ...hofer, regularizer: "hofer-l1", metric: "L1" },
    about: "hofer with the L1 distance",
  },
  "sliding-l1": {
    difference: { ...sliding, regularizer: "sliding-l1", metric: "L1" },
    about: "sliding with the L1 distance, as in the original's code",
  },
  "weight-only": {
    difference: { ...sliding, regularizer: "weight-only", beta: constant(1.1) },
    about: "half of sliding: the weight slides, beta stays 1.1",
  },
  "beta-only": {
    difference: { ...sliding, regularizer: "beta-only", topologicalWeight: constant(0.1) },
    about: "half of sliding: beta slides, the weight is 0.1 throughout",
  },
  "collapse-at-once": {
    difference: { ...hofer, regularizer: "collapse-at-once", beta: constant(0) },
    about: "weight 0.1 and beta 0 from the first epoch on",
  },
  hinge: {
    difference: { ...sliding, regularizer: "hinge", shape: "hinge" },
    about: "sliding that pulls long edges and leaves short ones: max(0, d - beta)",
  },
  squared: {
    difference: { ...sliding, regularizer: "squared", shape: "squared" },
    about: "sliding with (d - beta)^2",
  },
  decov: {
    difference: { ...penalized("decov", 1e-3), regularizer: "decov" },
    about: "DeCov (Cogswell et al. 2016), weight 0.001",
  },
  "variance-regularization": {
    difference: { ...penalized("variance", 1e-3), regularizer: "variance-regularization" },
    about: "VR (Choi and Rhee 2019), weight 0.001",
  },
  "class-wise-covariance": {
    difference: { ...penalized("classWiseCovariance", 1e-3), regularizer: "class-wise-covariance" },
    about: "cw-CR (Choi and Rhee 2019), weight 0.001",
  },
  "class-wise-variance": {
    difference: { ...penalized("classWiseVariance", 1e-3), regularizer: "class-wise-variance" },
    about: "cw-VR (Choi and Rhee 2019), weight 0.001",
  },
  jacobian: {
    difference: { ...penalized("jacobian", 1e-2), regularizer: "jacobian" },
    about: "the squared norm of the logits' Jacobian (Hoffman et al. 2019), weight 0.01",
  },
  "center-loss": {
    difference: { ...penalized("center", 1e-2), regularizer: "center-loss" },
    about: "centre loss (Wen et al. 2016), weight 0.01",
  },
  "label-smoothing": {
    difference: { ...unregularized, regularizer: "label-smoothing", labelSmoothing: 0.1 },
    about: "label smoothing 0.1 (Szegedy et al. 2016)",
  },
  "simplex-classifier": {
    difference: { ...unregularized, regularizer: "simplex-classifier", classifier: "simplex" },
    about: "the classifier fixed to a random simplex ETF (Zhu et al. 2021)",
  },
};
