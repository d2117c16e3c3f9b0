import * as tf from "@tensorflow/tfjs";
import { augmentedExamples } from "../data/augmentation";
import { distinctRows, imageTensor } from "../data/batch";
import { allRows, checkRow, type ImageSet } from "../data/imageSet";
import type { Random } from "../data/random";
import { smoothedCrossEntropy } from "../regularizers/smoothedCrossEntropy";
import { connectivityLoss, type ConnectivityOptions } from "../topology/connectivityLoss";
import type { ExperimentConfig } from "./config";
import type { TrainingState } from "./trainingState";

/** A run whose loss is no longer a number. */
export class TrainingDiverged extends Error {
  override readonly name = "TrainingDiverged";
}

/** What a step saw, before it moved the weights. */
export interface Step {
  readonly crossEntropy: number;
  readonly connectivityLoss: number;
  /** Without its weight; 0 where there is none. */
  readonly penalty: number;
  /** Examples that were classified rightly, in training mode. */
  readonly correct: number;
  /** Sub-batch after sub-batch, ascending in each; none of plain batches. */
  readonly deathTimes: Float32Array;
}

/** What of a config a step needs to know. */
export type StepConfig = ConnectivityOptions &
  Pick<ExperimentConfig, "sampling" | "penaltyWeight" | "labelSmoothing"> &
  Partial<Pick<ExperimentConfig, "augmentation">>;

/** The schedules' values for one step. */
export interface StepSettings {
  readonly learningRate: number;
  readonly topologicalWeight: number;
  readonly beta: number;
  /** Epoch and step, for errors. */
  readonly where: string;
}

/**
 * One step of gradient descent on cross entropy + topologicalWeight * connectivity loss (+
 * penaltyWeight * penalty): here beta and the weight enter the loss.
 *
 * @param images The training set.
 * @param rows Those of the step: its sub-batches, one after the other. A row that occurs several
 * times goes through the network once, unless each copy is augmented by itself.
 * @throws {TrainingDiverged} If the loss is not finite: in which epoch and step.
 */
export function trainStep(
  state: TrainingState,
  images: ImageSet,
  rows: ArrayLike<number>,
  settings: StepSettings,
  config: StepConfig,
): Step {
  const { network, optimizer } = state;
  let step: Step | undefined;
  tf.tidy(() => {
    const { grads } = tf.variableGrads(() => {
      const forward = stepLoss(state, images, rows, settings, config);
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
  { network, dropoutRandom, penalty }: TrainingState,
  set: ImageSet,
  rows: ArrayLike<number>,
  { topologicalWeight, beta, where }: StepSettings,
  config: StepConfig,
): { loss: tf.Scalar; step: Step } {
  const { images, positions } = stepImages(set, rows, config.augmentation, dropoutRandom);
  const features = network.trainingFeatures(images, dropoutRandom, positions);
  const logits = network.logits(features);
  const labels = tf.tensor1d(labelsOf(set, rows), "int32");
  const crossEntropy = smoothedCrossEntropy(logits, labels, config.labelSmoothing);
  const crossEntropyValue = finiteValue(crossEntropy, "cross entropy", where);
  const { loss: connectivity, deathTimes } =
    config.sampling === "plain" ? NO_TOPOLOGY() : connectivityLoss(features, beta, config);
  const penalized = penalty?.loss({ network, features, labels, images });
  const correct = tf.sum(tf.equal(tf.argMax(logits, 1), labels));
  const step = {
    crossEntropy: crossEntropyValue,
    connectivityLoss: finiteValue(connectivity, "connectivity loss", where),
    penalty: penalized === undefined ? 0 : finiteValue(penalized, "penalty", where),
    correct: correct.dataSync()[0],
    deathTimes,
  };
  // Of weight 0, the loss is that of a network without the regulariser to the last bit.
  const terms: [tf.Scalar | undefined, number][] = [
    [connectivity, topologicalWeight],
    [penalized, config.penaltyWeight],
  ];
  const loss = terms.reduce<tf.Scalar>(
    (sum, [term, weight]) =>
      term === undefined || weight === 0 ? sum : tf.add(sum, tf.mul(term, weight)),
    crossEntropy,
  );
  return { loss, step };
}

/** The images that a step sends through the network, and which of them each example is. */
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

/** Of plain batches, which have no sub-batches. */
const NO_TOPOLOGY = () => ({ loss: tf.scalar(0), deathTimes: new Float32Array(0) });

function labelsOf({ labels }: ImageSet, rows: ArrayLike<number>): Int32Array {
  return Int32Array.from(rows, (row, i) => {
    checkRow(rows, i, labels.length);
    return labels[row];
  });
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
