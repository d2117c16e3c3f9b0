import type { ImageSet } from "../data/imageSet";
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
import { trainStep, type Step } from "./trainStep";
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
      steps.push(trainStep(state, data.train, rows, settings, config));
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
