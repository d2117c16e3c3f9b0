import * as tf from "@tensorflow/tfjs";
import type { Labels } from "../numerics/labels";
import { Random } from "../numerics/random";
import { PlainSampler, SubBatchSampler, type Sampler } from "../data/sampler";
import { simpleCnn13, simpleCnnMnist, type Architecture } from "../model/architecture";
import { Network } from "../model/network";
import { simplexClassifier } from "../model/simplexClassifier";
import type { ExperimentConfig } from "./settings/config";
import { penaltyOf, type Penalty } from "../regularizer/penalty";
import { Sgd } from "./sgd";

/** Everything that an epoch changes. */
export interface TrainingState {
  readonly network: Network;
  readonly optimizer: Sgd;
  readonly sampler: Sampler;
  /** Source of augmentation, the dropout masks, and the directions of a penalty on the Jacobian. */
  readonly dropoutRandom: Random;
  /** Term added to the cross entropy, if there is one. */
  readonly penalty?: Penalty;
  /** Number of completed epochs. */
  epoch: number;
  /** First epoch after which the training set has no error, if there is one. */
  terminalPhaseEpoch: number | null;
}

/**
 * State before the first epoch.
 *
 * @param labels Labels of the training images.
 * @param classCount Number of classes of the data set.
 */
export function initialState(
  config: ExperimentConfig,
  labels: Labels,
  classCount?: number,
): TrainingState {
  const random = new Random(config.seed, "weights");
  const network = new Network(architectureOf(config, classCount), random);
  if (config.classifier === "simplex") fixClassifier(network, random);
  const dropoutRandom = new Random(config.seed, "dropout");
  const penalty = penaltyOf(config.penalty, network, dropoutRandom);
  return {
    network,
    optimizer: new Sgd(learnedParameters(network, config), config),
    sampler: samplerOf(config, labels),
    dropoutRandom,
    ...(penalty && { penalty }),
    epoch: 0,
    terminalPhaseEpoch: null,
  };
}

/** Network that a config names, with 10 classes by default. */
export function architectureOf(
  { network, width }: Pick<ExperimentConfig, "network" | "width">,
  classCount = 10,
): Architecture {
  const architecture = network === "SimpleCNN13" ? simpleCnn13(width) : simpleCnnMnist;
  return { ...architecture, classCount };
}

/** Sets the classifier to a random simplex ETF without biases. */
function fixClassifier({ parameters, featureCount, architecture }: Network, random: Random): void {
  tf.tidy(() => {
    const weights = simplexClassifier(architecture.classCount, featureCount, random);
    parameters.get("classifier/weights")!.assign(weights);
    const bias = parameters.get("classifier/bias")!;
    bias.assign(tf.zerosLike(bias));
  });
}

function learnedParameters(
  { parameters }: Network,
  { classifier }: ExperimentConfig,
): Map<string, tf.Variable> {
  const isLearned = ([name]: [string, tf.Variable]) =>
    classifier === "learned" || !name.startsWith("classifier/");
  return new Map([...parameters].filter(isLearned));
}

/**
 * Sampler of a config.
 *
 * @param labels Labels of the training images.
 * @throws {RangeError} If there are too few images.
 */
export function samplerOf(config: ExperimentConfig, labels: Labels): Sampler {
  return new (config.sampling === "plain" ? PlainSampler : SubBatchSampler)(labels, config);
}

/**
 * All tensors of a state by name: parameters, running statistics, `velocity/` of each learned
 * parameter, and the variables of a penalty.
 */
export function stateVariables({
  network,
  optimizer,
  penalty,
}: TrainingState): Map<string, tf.Variable> {
  const velocities = [...optimizer.velocities].map(
    ([name, variable]) => [`velocity/${name}`, variable] as const,
  );
  const kept = penalty?.variables ?? [];
  return new Map([...network.parameters, ...network.statistics, ...velocities, ...kept]);
}

/** Frees the memory of a state. */
export function disposeState({ network, optimizer, penalty }: TrainingState): void {
  network.dispose();
  tf.dispose([...(penalty?.variables.values() ?? [])]);
  optimizer.dispose();
}
