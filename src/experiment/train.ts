import * as tf from "@tensorflow/tfjs";
import { imageTensor } from "../data/batch";
import { selectExamples, type ImageSet } from "../data/imageSet";
import { connectivityLoss } from "../topology/connectivityLoss";
import type { ExperimentConfig } from "./config";
import { summarizeDeathTimes, type DeathTimeSummary } from "./deathTimeSummary";
import {
  featureStatistics,
  networkOutputs,
  setMeasures,
  trainMeasures,
  type SetMeasures,
  type TrainMeasures,
} from "./evaluate";
import type { TrainingState } from "./trainingState";

/** The labelled images that a run trains on, and those that it is tested on. */
export interface TrainingData {
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/** What an epoch did. Losses are means over its steps, each as its step began. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  readonly learningRate: number;
  readonly topologicalWeight: number;
  readonly beta: number;
  /** Cross entropy + topologicalWeight * connectivityLoss. */
  readonly loss: number;
  readonly crossEntropy: number;
  readonly connectivityLoss: number;
  /** Share of the steps' examples that were classified rightly, in training mode. */
  readonly stepAccuracy: number;
  /** Of all sub-batches of the epoch. */
  readonly deathTimes: DeathTimeSummary;
  /** After the epoch, in evaluation mode; where `measureEvery` asks for it. */
  readonly train?: TrainMeasures;
  /** After the epoch, in evaluation mode; where `testEvery` asks for it. */
  readonly test?: SetMeasures;
  /** Of training alone, and of measuring and testing. */
  readonly seconds: { readonly training: number; readonly measuring: number };
}

/** A run whose loss is no longer a number. */
export class TrainingDiverged extends Error {
  override readonly name = "TrainingDiverged";
}

interface Step {
  readonly crossEntropy: number;
  readonly connectivityLoss: number;
  readonly correct: number;
  readonly deathTimes: Float32Array;
}

/**
 * Trains until `config.epochs`, a record an epoch. Between two records `state` is that of a whole
 * number of epochs: it can be saved, and training goes on from it exactly.
 *
 * @param signal Stops within a step: nothing more is yielded, and `state` is within an epoch.
 * @throws {TrainingDiverged} If the loss is not finite: in which epoch and step.
 */
export async function* train(
  state: TrainingState,
  data: TrainingData,
  config: ExperimentConfig,
  signal?: AbortSignal,
): AsyncGenerator<EpochRecord> {
  while (state.epoch < config.epochs) {
    const epoch = state.epoch + 1;
    const learningRate = config.learningRate((epoch - 1) / config.epochs);
    const topologicalWeight = config.topologicalWeight(epoch / config.epochs);
    const beta = config.beta(epoch / config.epochs);
    const start = performance.now();
    const steps: Step[] = [];
    for (const rows of state.sampler.epoch()) {
      // Lets signals and timers through: a step blocks the event loop.
      await new Promise(setImmediate);
      if (signal?.aborted) return;
      const where = `epoch ${epoch}, step ${steps.length + 1}`;
      const settings = { learningRate, topologicalWeight, beta, where };
      steps.push(trainStep(state, selectExamples(data.train, rows), settings, config));
    }
    const trained = performance.now();
    const isDue = (every: number) => epoch % every === 0 || epoch === config.epochs;
    const measures = await measure(state, data, {
      train: isDue(config.measureEvery),
      test: isDue(config.testEvery),
    });
    if (measures.train?.accuracy === 1) state.terminalPhaseEpoch ??= epoch;
    state.epoch = epoch;
    const mean = (of: (step: Step) => number) =>
      steps.reduce((sum, step) => sum + of(step), 0) / steps.length;
    const crossEntropy = mean((step) => step.crossEntropy);
    const connectivity = mean((step) => step.connectivityLoss);
    yield {
      ...{ epoch, learningRate, topologicalWeight, beta },
      loss: crossEntropy + topologicalWeight * connectivity,
      ...{ crossEntropy, connectivityLoss: connectivity },
      stepAccuracy: mean((step) => step.correct) / (config.subBatchCount * config.subBatchSize),
      deathTimes: summarizeDeathTimes(
        steps.map((step) => step.deathTimes),
        config.subBatchCount,
        beta,
      ),
      ...measures,
      seconds: { training: seconds(start, trained), measuring: seconds(trained) },
    };
  }
}

interface StepSettings {
  readonly learningRate: number;
  readonly topologicalWeight: number;
  readonly beta: number;
  /** Epoch and step, for errors. */
  readonly where: string;
}

/** One step of gradient descent on cross entropy + topologicalWeight * connectivity loss. */
function trainStep(
  state: TrainingState,
  examples: ImageSet,
  settings: StepSettings,
  config: ExperimentConfig,
): Step {
  const { network, optimizer } = state;
  let step: Step | undefined;
  tf.tidy(() => {
    const { grads } = tf.variableGrads(() => {
      const forward = stepLoss(state, examples, settings, config);
      step = forward.step;
      return forward.loss;
    });
    const gradientOf = ([name, { name: id }]: [string, tf.Variable]) => [name, grads[id]] as const;
    const gradients = [...network.parameters].map(gradientOf).filter(([, value]) => value);
    optimizer.step(new Map(gradients), settings.learningRate);
  });
  return step!;
}

/** The loss of a step, differentiable, and what the record says of the step. */
function stepLoss(
  { network, dropoutRandom }: TrainingState,
  examples: ImageSet,
  { topologicalWeight, beta, where }: StepSettings,
  config: ExperimentConfig,
): { loss: tf.Scalar; step: Step } {
  const { labels, classCount } = examples;
  const images = imageTensor(
    examples,
    labels.map((_, row) => row),
  );
  const features = network.trainingFeatures(images, dropoutRandom);
  const logits = network.logits(features);
  const classes = tf.oneHot(tf.tensor1d(labels, "int32"), classCount);
  const crossEntropy = tf.losses.softmaxCrossEntropy(classes, logits) as tf.Scalar;
  const crossEntropyValue = finiteValue(crossEntropy, "cross entropy", where);
  const { loss: connectivity, deathTimes } = connectivityLoss(features, beta, config);
  const correct = tf.sum(tf.equal(tf.argMax(logits, 1), tf.tensor1d(labels, "int32")));
  const step = {
    crossEntropy: crossEntropyValue,
    connectivityLoss: finiteValue(connectivity, "connectivity loss", where),
    correct: correct.dataSync()[0],
    deathTimes,
  };
  // Of weight 0, the loss is that of a network without the regulariser to the last bit.
  if (topologicalWeight === 0) return { loss: crossEntropy, step };
  const weighted = tf.mul(connectivity, topologicalWeight);
  return { loss: tf.add(crossEntropy, weighted) as tf.Scalar, step };
}

/** @throws {TrainingDiverged} If the value is not finite. */
function finiteValue(scalar: tf.Scalar, what: string, where: string): number {
  const [value] = scalar.dataSync();
  if (!Number.isFinite(value))
    throw new TrainingDiverged(
      `the ${what} became ${value} in ${where}; a smaller learning rate or weight may help`,
    );
  return value;
}

/** The measures that are due, from one pass over each set. */
async function measure(
  { network }: TrainingState,
  data: TrainingData,
  due: { train: boolean; test: boolean },
): Promise<{ train?: TrainMeasures; test?: SetMeasures }> {
  if (!due.train && !due.test) return {};
  const trained = await networkOutputs(network, data.train);
  const statistics = featureStatistics(data.train, trained);
  const train = due.train
    ? await trainMeasures(network, data.train, trained, statistics)
    : undefined;
  const test = due.test
    ? setMeasures(data.test, await networkOutputs(network, data.test), statistics)
    : undefined;
  return { ...(train && { train }), ...(test && { test }) };
}

const seconds = (from: number, to = performance.now()) => Math.round(to - from) / 1000;
