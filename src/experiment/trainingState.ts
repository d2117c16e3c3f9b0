import type * as tf from "@tensorflow/tfjs";
import { Random } from "../data/random";
import { PlainSampler, SubBatchSampler, type Sampler } from "../data/sampler";
import { simpleCnnMnist } from "../model/architecture";
import { Network } from "../model/network";
import type { ExperimentConfig } from "./config";
import { Sgd } from "./sgd";

/** Everything that an epoch changes. */
export interface TrainingState {
  readonly network: Network;
  readonly optimizer: Sgd;
  readonly sampler: Sampler;
  /** Source of the dropout masks. */
  readonly dropoutRandom: Random;
  /** Epochs done. */
  epoch: number;
  /** The first epoch that ended without an error on the training set, if one has. */
  terminalPhaseEpoch: number | null;
}

/**
 * The state before the first epoch.
 *
 * @param labels Of the labelled training images.
 */
export function initialState(config: ExperimentConfig, labels: ArrayLike<number>): TrainingState {
  const network = new Network(simpleCnnMnist, new Random(config.seed, "weights"));
  return {
    network,
    optimizer: new Sgd(network.parameters, config),
    sampler: samplerOf(config, labels),
    dropoutRandom: new Random(config.seed, "dropout"),
    epoch: 0,
    terminalPhaseEpoch: null,
  };
}

/**
 * The sampler that a config asks for.
 *
 * @param labels Of the labelled training images.
 * @throws {RangeError} If there are too few of them.
 */
export function samplerOf(config: ExperimentConfig, labels: ArrayLike<number>): Sampler {
  return new (config.sampling === "plain" ? PlainSampler : SubBatchSampler)(labels, config);
}

/** All tensors of a state by name: parameters, running statistics, and `velocity/` of each parameter. */
export function stateVariables({ network, optimizer }: TrainingState): Map<string, tf.Variable> {
  const velocities = [...optimizer.velocities].map(
    ([name, variable]) => [`velocity/${name}`, variable] as const,
  );
  return new Map([...network.parameters, ...network.statistics, ...velocities]);
}

/** Frees the memory of a state. */
export function disposeState({ network, optimizer }: TrainingState): void {
  network.dispose();
  optimizer.dispose();
}
