import * as tf from "@tensorflow/tfjs";
import { randomTensor } from "../backends";
import {
  BATCH,
  composed,
  each,
  IMAGE,
  modelTrainee,
  type Shape,
  tanh,
  type Trainee,
  VECTOR,
} from "./trainees";

const { layers } = tf;

const OPTIMIZER_SETTINGS: Record<
  Exclude<keyof typeof tf.train, "prototype">,
  Record<string, () => tf.Optimizer>
> = {
  sgd: { plain: () => tf.train.sgd(0.2) },
  momentum: {
    plain: () => tf.train.momentum(0.1, 0.9),
    nesterov: () => tf.train.momentum(0.1, 0.9, true),
  },
  rmsprop: {
    plain: () => tf.train.rmsprop(0.02),
    momentum: () => tf.train.rmsprop(0.02, 0.9, 0.5),
  },
  adam: { plain: () => tf.train.adam(0.05) },
  adadelta: { plain: () => tf.train.adadelta(1, 0.9, 1e-2) },
  adamax: { plain: () => tf.train.adamax(0.05) },
  adagrad: { plain: () => tf.train.adagrad(0.1) },
};

/** A small network for each optimizer. */
export const OPTIMIZERS = Object.fromEntries(
  Object.entries(OPTIMIZER_SETTINGS).map(([name, settings]) => [
    name,
    each(settings, (optimizer) => () => {
      const model = tf.sequential({
        layers: [
          layers.conv2d({ inputShape: IMAGE, filters: 4, kernelSize: 3, ...tanh }),
          layers.flatten(),
          layers.dense({ units: 3 }),
        ],
      });
      return modelTrainee(model, randomTensor([BATCH, ...IMAGE], 1), {
        target: randomTensor([BATCH, 3], 2),
        optimizer: optimizer(),
        loss: "meanSquaredError",
      });
    }),
  ]),
);

/** Losses of models by name, and the required outputs and targets. */
const MODEL_LOSSES: Record<string, { outputs: "linear" | "softmax" | "sigmoid"; target: number[][] }> =
  {
    meanSquaredError: { outputs: "linear", target: [[1, 0.2], [0.5, 0], [0.3, 1]] },
    meanAbsoluteError: { outputs: "linear", target: [[1, 0.2], [0.5, 0], [0.3, 1]] },
    meanAbsolutePercentageError: { outputs: "linear", target: [[9, 7], [5, 8], [7, 9]] },
    meanSquaredLogarithmicError: { outputs: "sigmoid", target: [[1, 0.2], [0.5, 0], [0.3, 1]] },
    squaredHinge: { outputs: "linear", target: [[1, -1], [-1, 1], [1, 1]] },
    hinge: { outputs: "linear", target: [[1, -1], [-1, 1], [1, 1]] },
    categoricalHinge: { outputs: "linear", target: [[1, 0], [0, 1], [1, 0]] },
    logcosh: { outputs: "linear", target: [[1, 0.2], [0.5, 0], [0.3, 1]] },
    categoricalCrossentropy: { outputs: "softmax", target: [[1, 0], [0, 1], [1, 0]] },
    sparseCategoricalCrossentropy: { outputs: "softmax", target: [[1], [0], [1]] },
    binaryCrossentropy: { outputs: "sigmoid", target: [[1, 0], [0, 1], [1, 0]] },
    kullbackLeiblerDivergence: { outputs: "softmax", target: [[0.2, 0.8], [0.6, 0.4], [0.9, 0.1]] },
    poisson: { outputs: "sigmoid", target: [[1, 0], [2, 1], [3, 0]] },
    cosineProximity: { outputs: "linear", target: [[1, 0.2], [0.5, 0], [0.3, 1]] },
  }; // prettier-ignore

const OPERATION_LOSSES: Record<keyof typeof tf.losses, (outputs: tf.Tensor) => tf.Tensor> = {
  absoluteDifference: (outputs) => tf.losses.absoluteDifference(labels(), outputs),
  computeWeightedLoss: (outputs) => tf.losses.computeWeightedLoss(tf.square(outputs), labels()),
  cosineDistance: (outputs) => tf.losses.cosineDistance(labels(), outputs, 1),
  hingeLoss: (outputs) => tf.losses.hingeLoss(labels(), outputs),
  huberLoss: (outputs) => tf.losses.huberLoss(labels(), outputs, undefined, 0.4),
  logLoss: (outputs) => tf.losses.logLoss(labels(), tf.sigmoid(outputs)),
  meanSquaredError: (outputs) => tf.losses.meanSquaredError(labels(), outputs),
  sigmoidCrossEntropy: (outputs) => tf.losses.sigmoidCrossEntropy(labels(), outputs),
  softmaxCrossEntropy: (outputs) => tf.losses.softmaxCrossEntropy(labels(), outputs),
};
const labels = () => tf.oneHot(tf.tensor1d([0, 3, 1, 2, 0], "int32"), 4);

/** A small network for each loss. */
export const LOSSES: Record<string, Record<string, () => Trainee>> = {
  "of models": Object.fromEntries(
    Object.entries(MODEL_LOSSES).map(([loss, { outputs, target }]) => [
      loss,
      () => {
        const hidden = layers.dense({ inputShape: VECTOR, units: 4, ...tanh });
        const last = layers.dense({ units: 2, activation: outputs });
        const model = tf.sequential({ layers: [hidden, last] });
        return modelTrainee(model, randomTensor([BATCH, ...VECTOR], 1), {
          target: tf.tensor2d(target),
          optimizer: tf.train.sgd(0.1),
          loss,
        });
      },
    ]),
  ),
  operations: each(OPERATION_LOSSES, (loss) =>
    composed([[5, 6], [6, 4], [4]], (x, w, b) => loss(tf.add(tf.matMul(x, w), b))),
  ), // prettier-ignore
};

const image = (x: tf.Tensor) => x as tf.Tensor4D;
const indices = (values: number[], shape: Shape = [values.length]) =>
  tf.tensor(values, shape, "int32");

/** Parts of models other than layers. */
export const OPERATIONS: Record<string, Record<string, () => Trainee>> = {
  operations: {
    gather: composed([[4, 3, 5]], (x) => tf.square(tf.gather(x, indices([2, 0, 2]), 1))),
    "gather of each batch": composed([[2, 4, 3]], (x) =>
      tf.square(tf.gather(x, indices([2, 0, 2, 1, 3, 3], [2, 3]), 1, 1)),
    ),
    "max pool with ceil": composed([[2, 6, 7, 3]], (x) =>
      tf.square(tf.maxPool(image(x), 3, 2, 0, "ceil")),
    ),
    "average pool with ceil": composed([[2, 6, 7, 3]], (x) =>
      tf.square(tf.avgPool(image(x), 3, 2, 0, "ceil")),
    ),
    dilation: composed([[2, 7, 6, 3], [2, 2, 3]], (x, filter) =>
      tf.square(tf.dilation2d(image(x), filter as unknown as tf.Tensor3D, 1, "same")),
    ), // prettier-ignore
    "convolution NCHW": composed([[2, 3, 6, 7], [3, 3, 3, 4]], (x, filter) =>
      tf.square(tf.conv2d(image(x), image(filter), 1, "same", "NCHW")),
    ), // prettier-ignore
    "padding by a number": composed([[2, 6, 7, 3], [3, 3, 3, 4]], (x, filter) =>
      tf.square(tf.conv2d(image(x), image(filter), 2, 1)),
    ), // prettier-ignore
    "padding by an array": composed([[2, 6, 7, 3], [3, 2, 3, 4]], (x, filter) =>
      tf.square(tf.conv2d(image(x), image(filter), [1, 2], [[0, 0], [2, 1], [0, 1], [0, 0]])),
    ), // prettier-ignore
    "fused convolution": composed([[2, 6, 7, 3], [3, 3, 3, 4], [4]], (x, filter, bias) =>
      tf.square(tf.fused.conv2d({ x: image(x), filter: image(filter), strides: 1, pad: "same", bias, activation: "relu" })),
    ), // prettier-ignore
    attention: composed([[2, 5, 4], [4, 4], [4, 4], [4, 4]], (x, q, k, v) => {
      const [queries, keys, values] = [q, k, v].map((w) => tf.matMul(x, tf.tile(tf.expandDims(w), [2, 1, 1])));
      const weights = tf.softmax(tf.div(tf.matMul(queries, keys, false, true), 2));
      return tf.square(tf.matMul(weights, values));
    }), // prettier-ignore
    "sums of segments": composed([[6, 3]], (x) =>
      tf.square(tf.unsortedSegmentSum(x, indices([0, 2, 0, 1, 1, 2]) as tf.Tensor1D, 3)),
    ),
    "cumulative sum": composed([[4, 5]], (x) => tf.square(tf.cumsum(x, 1))),
    "slices and padding": composed([[5, 6]], (x) =>
      tf.square(tf.mirrorPad(tf.slice(tf.pad(x, [[1, 0], [2, 1]]), [1, 1], [4, 6]), [[1, 1], [2, 0]], "reflect")),
    ), // prettier-ignore
    "space to batches": composed([[2, 4, 6, 4]], (x) =>
      tf.square(tf.spaceToBatchND(image(x), [2, 2], [[0, 0], [2, 0]])),
    ), // prettier-ignore
  },
};
