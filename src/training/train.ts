import * as tf from "@tensorflow/tfjs";
import { readsAtOnce } from "../backend/readsAtOnce";
import type { TrainingData } from "../data/imageSet";
import type { ExperimentConfig } from "./settings/config";
import { firstNonFinite } from "../metrics/topology/distances";
import { epochReport, type EpochReport } from "./evaluation/epochReport";
import { summarizeDeathTimes, type DeathTimeSummary } from "../metrics/topology/deathTimeSummary";
import {
  featureStatistics,
  networkOutputs,
  setMeasures,
  trainMeasures,
  type Outputs,
  type SetMeasures,
  type TrainMeasures,
} from "./evaluation/outputs";
import { measuresDue, type MeasuresDue } from "./evaluation/measuresDue";
import { trainStep, trainStepAsync, TrainingDiverged, type Step } from "./trainStep";
import type { TrainingState } from "./trainingState";

/** What an epoch did. Losses are means over its steps, each as its step began. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  readonly learningRate: number;
  readonly topologicalWeight: number;
  readonly beta: number;
  /** Cross entropy + topologicalWeight * connectivityLoss + penaltyWeight * penalty. */
  readonly loss: number;
  readonly crossEntropy: number;
  readonly connectivityLoss: number;
  /** Without its weight; where the config has one. */
  readonly penalty?: number;
  /** Share of the steps' examples that were classified rightly, in training mode. */
  readonly stepAccuracy: number;
  /** Of all sub-batches of the epoch; null of plain batches, which have none. */
  readonly deathTimes: DeathTimeSummary | null;
  /** After the epoch, in evaluation mode; where `measureEvery` asks for it. */
  readonly train?: TrainMeasures;
  /** After the epoch, in evaluation mode; where `testEvery` or `reportCount` asks for it. */
  readonly test?: SetMeasures;
  /** With `test`, of the images kept from training (`validationCount`). */
  readonly validation?: SetMeasures;
  /** Every measure of the training and the test set; where `reportCount` asks for it. */
  readonly report?: EpochReport;
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
  const due = measuresDue(config);
  const step = readsAtOnce() ? trainStep : trainStepAsync;
  while (state.epoch < config.epochs) {
    const epoch = state.epoch + 1;
    const learningRate = config.learningRate((epoch - 1) / config.epochs);
    const topologicalWeight = config.topologicalWeight(epoch / config.epochs);
    const beta = config.beta(epoch / config.epochs);
    const start = performance.now();
    const steps: Step[] = [];
    for (const rows of state.sampler.epoch()) {
      // Lets signals and timers through: a step blocks the event loop.
      await tf.nextFrame();
      if (signal?.aborted) return;
      const where = `epoch ${epoch}, step ${steps.length + 1}`;
      const settings = { learningRate, topologicalWeight, beta, where };
      steps.push(await step(state, data.train, rows, settings, config));
    }
    const trained = performance.now();
    const where = `epoch ${epoch}, step ${steps.length}`;
    const measures = await measure(state, data, config, due(epoch), where);
    if (measures.train?.accuracy === 1) state.terminalPhaseEpoch ??= epoch;
    state.epoch = epoch;
    const mean = (of: (step: Step) => number) =>
      steps.reduce((sum, step) => sum + of(step), 0) / steps.length;
    const crossEntropy = mean((step) => step.crossEntropy);
    const connectivity = mean((step) => step.connectivityLoss);
    const penalty = mean((step) => step.penalty);
    yield {
      ...{ epoch, learningRate, topologicalWeight, beta },
      loss: crossEntropy + topologicalWeight * connectivity + config.penaltyWeight * penalty,
      ...{ crossEntropy, connectivityLoss: connectivity },
      ...(config.penalty === "none" ? {} : { penalty }),
      stepAccuracy: mean((step) => step.correct) / (config.subBatchCount * config.subBatchSize),
      deathTimes: epochDeathTimes(steps, config, beta),
      ...measures,
      seconds: { training: seconds(start, trained), measuring: seconds(trained) },
    };
  }
}

/** @throws {TrainingDiverged} If the last step left a network whose outputs are not finite. */
function checkOutputs({ features, logits }: Outputs, where: string): void {
  if (firstNonFinite(features) >= 0 || firstNonFinite(logits) >= 0)
    throw new TrainingDiverged(
      `the network's outputs are no finite numbers after ${where}; ` +
        "a smaller learning rate or weight may help",
    );
}

function epochDeathTimes(
  steps: readonly Step[],
  { sampling, subBatchCount }: ExperimentConfig,
  beta: number,
): DeathTimeSummary | null {
  if (sampling === "plain") return null;
  return summarizeDeathTimes(
    steps.map((step) => step.deathTimes),
    subBatchCount,
    beta,
  );
}

/** The measures that are due, from one pass over each set. */
async function measure(
  { network }: TrainingState,
  data: TrainingData,
  config: ExperimentConfig,
  due: MeasuresDue,
  where: string,
): Promise<Pick<EpochRecord, "train" | "test" | "validation" | "report">> {
  if (!due.train && !due.test) return {};
  const trained = await networkOutputs(network, data.train);
  checkOutputs(trained, where);
  const statistics = featureStatistics(data.train, trained);
  const tested = due.test ? await networkOutputs(network, data.test) : undefined;
  const train = due.train && (await trainMeasures(network, data.train, trained, statistics));
  const test = tested && setMeasures(data.test, tested, statistics);
  const validation =
    due.test &&
    data.validation &&
    setMeasures(data.validation, await networkOutputs(network, data.validation), statistics);
  const report =
    due.report && tested && (await epochReport(network, data, trained, tested, statistics, config));
  return {
    ...(train && { train }),
    ...(test && { test }),
    ...(validation && { validation }),
    ...(report && { report }),
  };
}

const seconds = (from: number, to = performance.now()) => Math.round(to - from) / 1000;
