import * as tf from "@tensorflow/tfjs";
import type { ImageSet } from "../data/imageSet";
import { freeTape, gradientsOf, recorded } from "./tape";
import {
  stepLoss,
  stepTensors,
  type Step,
  type StepConfig,
  type StepSettings,
  type StepTensors,
  type StepValues,
} from "./stepLoss";
import type { TrainingState } from "./trainingState";

export { TrainingDiverged, type Step, type StepConfig, type StepSettings } from "./stepLoss";

/**
 * One step of gradient descent on cross entropy + topologicalWeight * connectivity loss (+
 * penaltyWeight * penalty): here beta and the weight enter the loss.
 *
 * @param images The training set.
 * @param rows Rows of the step: its sub-batches, one after the other. A row that occurs several
 *   times passes through the network once, unless each copy is augmented separately.
 * @param watch Sees the forward pass before the weights move; it must not keep the tensors.
 * @throws {TrainingDiverged} If the loss is not finite: the message names epoch and step.
 */
export function trainStep(
  state: TrainingState,
  images: ImageSet,
  rows: ArrayLike<number>,
  settings: StepSettings,
  config: StepConfig,
  watch?: (tensors: StepTensors) => void,
): Step {
  let step: Step | undefined;
  tf.tidy(() => {
    const { grads } = tf.variableGrads(() => {
      const tensors = stepTensors(state, images, rows, config);
      const forward = stepLoss(tensors, valuesOf(tensors), settings, config);
      step = forward.step;
      watch?.(tensors);
      return forward.loss;
    });
    moveWeights(state, grads, settings.learningRate);
  });
  return step!;
}

/**
 * {@link trainStep} on a backend whose tensors must be awaited, as a GPU's behind WebGPU: the same
 * to the last bit where the backend computes the same.
 *
 * It waits once, for features and losses together, between the forward pass and the spanning trees;
 * gradient and update are then queued without waiting.
 */
export async function trainStepAsync(
  state: TrainingState,
  images: ImageSet,
  rows: ArrayLike<number>,
  settings: StepSettings,
  config: StepConfig,
): Promise<Step> {
  const forward = recorded(() => stepTensors(state, images, rows, config));
  try {
    const values = await readTogether(forward.value, config.sampling !== "plain");
    let step: Step | undefined;
    tf.tidy(() => {
      const gradients = gradientsOf(forward, () => {
        const after = stepLoss(forward.value, values, settings, config);
        step = after.step;
        return after.loss;
      });
      moveWeights(state, gradients, settings.learningRate);
    });
    return step!;
  } finally {
    freeTape(forward.tape);
    tf.dispose(forward.value);
  }
}

function moveWeights(
  { network, optimizer }: TrainingState,
  gradients: tf.NamedTensorMap,
  learningRate: number,
): void {
  const gradientOf = ([name, { name: id }]: [string, tf.Variable]) =>
    [name, gradients[id]] as const;
  const own = [...network.parameters].map(gradientOf).filter(([, value]) => value);
  optimizer.step(new Map(own), learningRate);
}

/** Reads the losses synchronously; the connectivity loss reads the features. */
function valuesOf({ crossEntropy, correct, penalty }: StepTensors): StepValues {
  const value = (scalar: tf.Scalar) => scalar.dataSync()[0];
  return {
    crossEntropy: value(crossEntropy),
    correct: value(correct),
    ...(penalty && { penalty: value(penalty) }),
  };
}

/** Reads the losses, and the features if they are needed, together. */
async function readTogether(
  { features, crossEntropy, correct, penalty }: StepTensors,
  withFeatures: boolean,
): Promise<StepValues> {
  const all = tf.tidy(() => {
    const scalars = [crossEntropy, tf.cast(correct, "float32"), ...(penalty ? [penalty] : [])];
    const parts: tf.Tensor[] = withFeatures ? [...scalars, features] : scalars;
    return tf.concat1d(parts.map((part) => tf.reshape(part, [-1])) as tf.Tensor1D[]);
  });
  const values = await all.data<"float32">();
  all.dispose();
  const scalarCount = penalty === undefined ? 2 : 3;
  return {
    crossEntropy: values[0],
    correct: values[1],
    ...(penalty && { penalty: values[2] }),
    ...(withFeatures && { features: values.slice(scalarCount) }),
  };
}
