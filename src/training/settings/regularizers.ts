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

/** Changes that a regularizer makes, without its name, and a description. */
type Row = readonly [difference: Difference, about: string];

/**
 * Variants of the connectivity loss.
 *
 * @param beta0 Target death time: the constant value, or the start of a slide.
 */
function topological(beta0: number) {
  const hofer: Difference = { topologicalWeight: constant(0.1), beta: constant(beta0) };
  const sliding: Difference = {
    topologicalWeight: linear(0, 0.1),
    beta: squareRootDecay(beta0),
  };
  const l1: Difference = { metric: "L1", zeroDeathTimes: "drop" };
  return {
    hofer: [hofer, `Hofer et al. 2020: weight 0.1 and beta ${beta0} throughout`],
    sliding: [sliding, `the weight slides up from 0 to 0.1, beta down from ${beta0} to 0`],
    "hofer-l1": [{ ...hofer, ...l1 }, "hofer with the L1 distance"],
    "sliding-l1": [
      { ...sliding, ...l1 },
      "sliding with the L1 distance (the original's code has it on MNIST)",
    ],
    "weight-only": [
      { ...sliding, beta: constant(beta0) },
      `half of sliding: the weight slides, beta stays ${beta0}`,
    ],
    "beta-only": [
      { ...sliding, topologicalWeight: constant(0.1) },
      "half of sliding: beta slides, the weight is 0.1 throughout",
    ],
    "collapse-at-once": [
      { ...hofer, beta: constant(0) },
      "weight 0.1 and beta 0 from the first epoch on",
    ],
    hinge: [
      { ...sliding, shape: "hinge" },
      "sliding that pulls long edges and leaves short ones: max(0, d - beta)",
    ],
    squared: [{ ...sliding, shape: "squared" }, "sliding with (d - beta)^2"],
  } satisfies Readonly<Record<string, Row>>;
}

const VANILLA: Row = [unregularized, "cross entropy alone"];

/** Regularizers that do not depend on beta. */
const WITHOUT_BETA = {
  "vanilla-plain": [
    { ...unregularized, sampling: "plain" },
    "cross entropy on batches of 128 distinct images, without regard to class",
  ],
  decov: [penalized("decov", 1e-3), "DeCov (Cogswell et al. 2016), weight 0.001"],
  "variance-regularization": [penalized("variance", 1e-3), "VR (Choi and Rhee 2019), weight 0.001"],
  "class-wise-covariance": [
    penalized("classWiseCovariance", 1e-3),
    "cw-CR (Choi and Rhee 2019), weight 0.001",
  ],
  "class-wise-variance": [
    penalized("classWiseVariance", 1e-3),
    "cw-VR (Choi and Rhee 2019), weight 0.001",
  ],
  jacobian: [
    penalized("jacobian", 1e-2),
    "the squared norm of the logits' Jacobian (Hoffman et al. 2019), weight 0.01",
  ],
  "center-loss": [penalized("center", 1e-2), "center loss (Wen et al. 2016), weight 0.01"],
  "label-smoothing": [
    { ...unregularized, labelSmoothing: 0.1 },
    "label smoothing 0.1 (Szegedy et al. 2016)",
  ],
  "simplex-classifier": [
    { ...unregularized, classifier: "simplex" },
    "the classifier fixed to a random simplex ETF (Zhu et al. 2021)",
  ],
} satisfies Readonly<Record<string, Row>>;

/** Name of a regularizer. */
export type RegularizerName =
  "vanilla" | keyof ReturnType<typeof topological> | keyof typeof WITHOUT_BETA;

/** Regularizers by name: the changes that each makes in a preset, and a description. */
export type Regularizers = Readonly<
  Record<RegularizerName, { difference: Difference; about: string }>
>;

/** Regularizers for MNIST's presets, with beta 1.1. */
export const REGULARIZERS: Regularizers = regularizersFor({ beta: constant(1.1) });

/**
 * Regularizers for a preset. Beta of hofer is the preset's own (1.1 for MNIST, 1.0 for SVHN); beta
 * of sliding falls from it.
 *
 * `{ ...svhn250, ...regularizersFor(svhn250).sliding.difference }` slides from 1.0.
 */
export function regularizersFor({ beta }: Pick<ExperimentConfig, "beta">): Regularizers {
  const rows = { vanilla: VANILLA, ...topological(beta(0)), ...WITHOUT_BETA };
  const entries = Object.entries<Row>(rows).map(([regularizer, [difference, about]]) => [
    regularizer,
    { difference: { regularizer, ...difference }, about },
  ]);
  return Object.fromEntries(entries) as Regularizers;
}
