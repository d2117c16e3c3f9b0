import type { ExperimentConfig } from "./config";
import { constant, linear, squareRootDecay } from "./schedules";

type Difference = Partial<ExperimentConfig>;

const unregularized: Difference = { topologicalWeight: constant(0) };

/** The baselines of Hofer et al. and center loss; the weights are this project's choice. */
const penalized = (penalty: ExperimentConfig["penalty"], penaltyWeight: number): Difference => ({
  ...unregularized,
  penalty,
  penaltyWeight,
});

/** Regularizers by name: what each changes in a preset, and what it is. */
export type Regularizers = Readonly<Record<string, { difference: Difference; about: string }>>;

/** @param beta0 The target death time: where it is constant, or from where it slides. */
function topological(beta0: number): Regularizers {
  const hofer: Difference = {
    regularizer: "hofer",
    topologicalWeight: constant(0.1),
    beta: constant(beta0),
  };
  const sliding: Difference = {
    regularizer: "sliding",
    topologicalWeight: linear(0, 0.1),
    beta: squareRootDecay(beta0),
  };
  return {
    hofer: {
      difference: hofer,
      about: `Hofer et al. 2020: weight 0.1 and beta ${beta0} throughout`,
    },
    sliding: {
      difference: sliding,
      about: `the weight slides up from 0 to 0.1, beta down from ${beta0} to 0`,
    },
    "hofer-l1": {
      difference: { ...hofer, regularizer: "hofer-l1", metric: "L1", zeroDeathTimes: "drop" },
      about: "hofer with the L1 distance",
    },
    "sliding-l1": {
      difference: { ...sliding, regularizer: "sliding-l1", metric: "L1", zeroDeathTimes: "drop" },
      about: "sliding with the L1 distance (the original's code has it on MNIST)",
    },
    "weight-only": {
      difference: { ...sliding, regularizer: "weight-only", beta: constant(beta0) },
      about: `half of sliding: the weight slides, beta stays ${beta0}`,
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
  };
}

/** The regularizers that do not depend on beta. */
const WITHOUT_BETA: Regularizers = {
  vanilla: {
    difference: { ...unregularized, regularizer: "vanilla" },
    about: "cross entropy alone",
  },
  "vanilla-plain": {
    difference: { ...unregularized, regularizer: "vanilla-plain", sampling: "plain" },
    about: "cross entropy on batches of 128 distinct images, without regard to class",
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
    about: "center loss (Wen et al. 2016), weight 0.01",
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

/** The regularizers of MNIST's presets, whose beta is 1.1. */
export const REGULARIZERS: Regularizers = regularizersFor({ beta: constant(1.1) });

/**
 * The regularizers for a preset: hofer's beta is the preset's own, from which sliding's falls; 1.1
 * for MNIST, 1.0 for SVHN.
 *
 * `{ ...svhn250, ...regularizersFor(svhn250).sliding.difference }` slides from 1.0.
 */
export function regularizersFor({ beta }: Pick<ExperimentConfig, "beta">): Regularizers {
  const { vanilla } = WITHOUT_BETA;
  return { vanilla, ...topological(beta(0)), ...WITHOUT_BETA };
}
