import * as tf from "@tensorflow/tfjs";
import { checkChosenBackend } from "../backend/chosenBackend";
import { readsAtOnce } from "../backend/readsAtOnce";
import type { ImageSet, TrainingData } from "../data/imageSet";
import type { ExperimentConfig } from "./settings/config";
import { firstNonFinite } from "../metrics/topology/distances";
import { epochReport, type EpochReport } from "./evaluation/epochReport";
import { summarizeDeathTimes, type DeathTimeSummary } from "../metrics/topology/deathTimeSummary";
import {
  classifierOf,
  evaluateSet,
  setMeasures,
  trainMeasures,
  type Outputs,
  type SetMeasures,
  type TrainMeasures,
} from "./evaluation/outputs";
import { measuresDue, type MeasuresDue } from "./evaluation/measuresDue";
import { trainStep, trainStepAsync, TrainingDiverged, type Step } from "./trainStep";
import type { TrainingState } from "./trainingState";

/** Record of one epoch. Losses are means over its steps, each from before the update. */
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
  /** Without its weight; present if the config has a penalty. */
  readonly penalty?: number;
  /** Share of the steps' examples classified correctly, in training mode. */
  readonly stepAccuracy: number;
  /**
   * Summary over all sub-batches of the epoch; null for plain batches, which have no sub-batches.
   */
  readonly deathTimes: DeathTimeSummary | null;
  /** After the epoch, in evaluation mode; present every `measureEvery` epochs. */
  readonly train?: TrainMeasures;
  /**
   * After the epoch, in evaluation mode; present every `testEvery` epochs and in epochs with a
   * report.
   */
  readonly test?: SetMeasures;
  /** Held-out images (`validationCount`); present with `test`. */
  readonly validation?: SetMeasures;
  /** Every measure of the training and the test set; present in `reportCount` epochs. */
  readonly report?: EpochReport;
  /** Time of training, and of measuring and testing. */
  readonly seconds: { readonly training: number; readonly measuring: number };
}

/**
 * Trains until `config.epochs` and yields a record per epoch. Between two records, `state` is that
 * of a whole number of epochs: it can be saved, and training resumes from it exactly.
 *
 * @param signal Stops after the current step: nothing more is yielded, and `state` is in the middle
 *   of an epoch.
 * @throws {TrainingDiverged} If the loss is not finite: the message names epoch and step.
 */
export async function* train(
  state: TrainingState,
  data: TrainingData,
  config: ExperimentConfig,
  signal?: { readonly aborted: boolean },
): AsyncGenerator<EpochRecord> {
  const due = measuresDue(config);
  const step = readsAtOnce() ? trainStep : trainStepAsync;
  while (state.epoch < config.epochs) {
    const epoch = state.epoch + 1;
    const values = scheduledValues(config, epoch);
    const start = performance.now();
    const steps: Step[] = [];
    for (const rows of state.sampler.epoch()) {
      // Lets signals and timers through, since a step blocks the event loop.
      await tf.nextFrame();
      if (signal?.aborted) return;
      checkChosenBackend();
      const where = `epoch ${epoch}, step ${steps.length + 1}`;
      steps.push(await step(state, data.train, rows, { ...values, where }, config));
    }
    const trained = performance.now();
    const where = `epoch ${epoch}, step ${steps.length}`;
    const measures = await measure(state, data, config, due(epoch), where);
    if (measures.train?.accuracy === 1) state.terminalPhaseEpoch ??= epoch;
    state.epoch = epoch;
    yield {
      epoch,
      ...values,
      ...stepMeans(steps, values, config),
      deathTimes: epochDeathTimes(steps, config, values.beta),
      ...measures,
      seconds: { training: seconds(start, trained), measuring: seconds(trained) },
    };
  }
}

/** The values of a config's schedules. */
export type Scheduled = Pick<EpochRecord, "learningRate" | "topologicalWeight" | "beta">;

/** Values of the schedules in an epoch, from 1. */
export function scheduledValues(config: ExperimentConfig, epoch: number): Scheduled {
  const progress = epoch / config.epochs;
  return {
    learningRate: config.learningRate((epoch - 1) / config.epochs),
    topologicalWeight: config.topologicalWeight(progress),
    beta: config.beta(progress),
  };
}

/** Losses and accuracy of an epoch: means over its steps. */
function stepMeans(
  steps: readonly Step[],
  { topologicalWeight }: Scheduled,
  { penalty: name, penaltyWeight, subBatchCount, subBatchSize }: ExperimentConfig,
) {
  const mean = (of: (step: Step) => number) =>
    steps.reduce((sum, step) => sum + of(step), 0) / steps.length;
  const crossEntropy = mean((step) => step.crossEntropy);
  const connectivityLoss = mean((step) => step.connectivityLoss);
  const penalty = mean((step) => step.penalty);
  return {
    loss: crossEntropy + topologicalWeight * connectivityLoss + penaltyWeight * penalty,
    crossEntropy,
    connectivityLoss,
    ...(name === "none" ? {} : { penalty }),
    stepAccuracy: mean((step) => step.correct) / (subBatchCount * subBatchSize),
  };
}

/** @throws {TrainingDiverged} If the last step left a network whose outputs are not finite. */
export function checkOutputs({ features, logits }: Outputs, where: string): void {
  if (firstNonFinite(features) >= 0 || firstNonFinite(logits) >= 0)
    throw new TrainingDiverged(
      `the network's outputs are not finite after ${where}; ` +
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

/** Measures that are due, from one pass over each set. */
async function measure(
  { network }: TrainingState,
  data: TrainingData,
  config: ExperimentConfig,
  due: MeasuresDue,
  where: string,
): Promise<Pick<EpochRecord, "train" | "test" | "validation" | "report">> {
  if (!due.train && !due.test) return {};
  const classifier = await classifierOf(network);
  const train = await evaluateSet(network, data.train, { classifier });
  checkOutputs(train.outputs, where);
  const measures = { ...(due.train && { train: trainMeasures(train.geometry) }) };
  if (!due.test) return measures;
  const { statistics: trainStatistics } = train.geometry;
  const evaluate = (set: ImageSet) => evaluateSet(network, set, { classifier, trainStatistics });
  const test = await evaluate(data.test);
  const validation = data.validation && (await evaluate(data.validation));
  return {
    ...measures,
    test: setMeasures(test.geometry),
    ...(validation && { validation: setMeasures(validation.geometry) }),
    ...(due.report && { report: await epochReport(network, train, test, config) }),
  };
}

const seconds = (from: number, to = performance.now()) => Math.round(to - from) / 1000;
