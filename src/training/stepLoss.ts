import * as tf from "@tensorflow/tfjs";
import { augmentedExamples } from "../data/augmentation";
import { distinctRows, imageTensor } from "../data/batch";
import { allRows, checkRow, type ImageSet } from "../data/imageSet";
import type { Random } from "../numerics/random";
import { smoothedCrossEntropy } from "../model/crossEntropy";
import { connectivityLoss, type ConnectivityOptions } from "../regularizer/connectivityLoss";
import type { ExperimentConfig } from "./settings/config";
import type { TrainingState } from "./trainingState";

/** Error of a run whose loss is not finite. */
export class TrainingDiverged extends Error {
  override readonly name = "TrainingDiverged";
}

/** Numbers of a step, from before its update. */
export interface Step {
  readonly crossEntropy: number;
  readonly connectivityLoss: number;
  /** Without its weight; 0 without a penalty. */
  readonly penalty: number;
  /** Number of examples classified correctly, in training mode. */
  readonly correct: number;
  /** Sub-batch after sub-batch, ascending in each; empty for plain batches. */
  readonly deathTimes: Float32Array;
}

/** Settings that a step depends on. */
export type StepConfig = ConnectivityOptions &
  Pick<ExperimentConfig, "sampling" | "penaltyWeight" | "labelSmoothing"> &
  Partial<Pick<ExperimentConfig, "augmentation">>;

/** Values of the schedules for one step. */
export interface StepSettings {
  readonly learningRate: number;
  readonly topologicalWeight: number;
  readonly beta: number;
  /** Epoch and step, for errors. */
  readonly where: string;
}

/** Differentiable tensors of a step, without spanning trees; nothing has been read back. */
export type StepTensors = {
  /** N x featureCount, in training mode. */
  readonly features: tf.Tensor2D;
  readonly crossEntropy: tf.Scalar;
  /** Number of examples classified correctly. */
  readonly correct: tf.Scalar;
  /** Without its weight. */
  readonly penalty?: tf.Scalar;
};

/** {@link StepTensors} as numbers. */
export interface StepValues {
  /** Absent if the connectivity loss can read them itself. */
  readonly features?: Float32Array;
  readonly crossEntropy: number;
  readonly correct: number;
  readonly penalty?: number;
}

/**
 * Passes a step's images through the network. Updates running statistics and the variables of a
 * penalty.
 *
 * @param rows Rows of `set` in the step. A row that occurs several times passes through the network
 *   once, unless each copy is augmented separately.
 */
export function stepTensors(
  { network, dropoutRandom, penalty }: TrainingState,
  set: ImageSet,
  rows: ArrayLike<number>,
  config: StepConfig,
): StepTensors {
  const { images, positions } = stepImages(set, rows, config.augmentation, dropoutRandom);
  const features = network.trainingFeatures(images, dropoutRandom, positions);
  const logits = network.logits(features);
  const labels = labelsOf(set, rows);
  const crossEntropy = smoothedCrossEntropy(logits, labels, config.labelSmoothing);
  const isCorrect = tf.equal(tf.argMax(logits, 1), tf.tensor1d(labels, "int32"));
  const correct = tf.sum(isCorrect) as tf.Scalar;
  const penalized = penalty?.loss({ network, features, labels, images });
  return { features, crossEntropy, correct, ...(penalized && { penalty: penalized }) };
}

/**
 * Differentiable loss of a step, and the numbers of the step for the record: cross entropy +
 * topologicalWeight * connectivity loss + penaltyWeight * penalty.
 *
 * @throws {TrainingDiverged} If a term is not finite: the message names epoch and step.
 */
export function stepLoss(
  tensors: StepTensors,
  values: StepValues,
  { topologicalWeight, beta, where }: StepSettings,
  config: StepConfig,
): { loss: tf.Scalar; step: Step } {
  const crossEntropy = finite(values.crossEntropy, "cross entropy", where);
  const connectivity =
    config.sampling === "plain"
      ? NO_TOPOLOGY()
      : connectivityLoss(tensors.features, beta, config, values.features);
  const step = {
    crossEntropy,
    connectivityLoss: finite(connectivity.value, "connectivity loss", where),
    penalty: finite(values.penalty ?? 0, "penalty", where),
    correct: values.correct,
    deathTimes: connectivity.deathTimes,
  };
  // With weight 0, the loss equals that without the regularizer to the last bit.
  const terms: [tf.Scalar | undefined, number][] = [
    [connectivity.loss, topologicalWeight],
    [tensors.penalty, config.penaltyWeight],
  ];
  const loss = terms.reduce<tf.Scalar>(
    (sum, [term, weight]) =>
      term === undefined || weight === 0 ? sum : tf.add(sum, tf.mul(term, weight)),
    tensors.crossEntropy,
  );
  return { loss, step };
}

/** Images that a step passes through the network, and the index of each example among them. */
function stepImages(
  set: ImageSet,
  rows: ArrayLike<number>,
  augmentation: StepConfig["augmentation"] = "none",
  random: Random,
): { images: tf.Tensor4D; positions?: Int32Array } {
  if (augmentation === "none") {
    const { rows: distinct, positions } = distinctRows(rows);
    return { images: imageTensor(set, distinct), positions };
  }
  const examples = augmentedExamples(set, rows, augmentation, random);
  return { images: imageTensor(examples, allRows(examples)) };
}

/** Values for plain batches, which have no sub-batches. */
const NO_TOPOLOGY = () => ({ loss: tf.scalar(0), value: 0, deathTimes: new Float32Array(0) });

function labelsOf({ labels }: ImageSet, rows: ArrayLike<number>): Int32Array {
  return Int32Array.from(rows, (row, i) => {
    checkRow(rows, i, labels.length);
    return labels[row];
  });
}

function finite(value: number, what: string, where: string): number {
  if (!Number.isFinite(value))
    throw new TrainingDiverged(
      `the ${what} became ${value} in ${where}; a smaller learning rate or weight may help`,
    );
  return value;
}
