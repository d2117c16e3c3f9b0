import * as tf from "@tensorflow/tfjs";
import { randomTensor } from "../backends";

/** Something to train: built anew on each backend, with weights that are then set to the same. */
export interface Trainee {
  /** Its weights, which training changes or keeps. */
  readonly weights: () => tf.Variable[];
  readonly step: () => Promise<void>;
  readonly dispose: () => void;
}

type Layer = tf.layers.Layer;
export type Shape = number[];
/** A layer between a layer before it and a classifier after it, so that both its gradients count. */
interface Middle {
  /** Shape of an example, without the batch. */
  readonly shape: Shape;
  /** The layers in the middle: by default, what the factory gives for the arguments. */
  readonly layers: () => Layer[];
  /** Learning rate of SGD; larger where gradients are small. */
  readonly rate?: number;
  /** The first layer, instead of one with weights that fits the shape. */
  readonly first?: () => Layer[];
  /** The inputs, instead of random numbers from -1 to 1. */
  readonly inputs?: () => tf.Tensor;
}

export const BATCH = 3;
export const [VECTOR, SEQUENCE, IMAGE, VOLUME, MOVIE] = [
  [5],
  [7, 4],
  [8, 9, 3],
  [6, 5, 7, 2],
  [3, 6, 5, 2],
];

/** A layer with weights that gives 4 features for each place of an example. */
function firstLayer(shape: Shape): Layer[] {
  const units = 4;
  switch (shape.length) {
    case 1:
    case 2:
      return [tf.layers.dense({ units, activation: "tanh" })];
    case 3:
      return [
        tf.layers.conv2d({ filters: units, kernelSize: 3, padding: "same", activation: "tanh" }),
      ];
    default:
      return [tf.layers.timeDistributed({ layer: tf.layers.dense({ units, activation: "tanh" }) })];
  }
}

export function middle({ shape, layers, first, inputs, rate = 0.05 }: Middle): () => Trainee {
  return () => {
    const input = tf.input({ shape });
    const apply = (x: tf.SymbolicTensor, layer: Layer) => layer.apply(x) as tf.SymbolicTensor;
    let x = [...(first?.() ?? firstLayer(shape)), ...layers()].reduce(apply, input);
    if (x.shape.length > 2) x = apply(x, tf.layers.flatten());
    const model = tf.model({
      inputs: input,
      outputs: apply(x, tf.layers.dense({ units: 3 })),
    });
    return modelTrainee(model, inputs?.() ?? randomTensor([BATCH, ...shape], 1), regression(rate));
  };
}

export const regression = (rate: number) => ({
  target: randomTensor([BATCH, 3], 2),
  optimizer: tf.train.sgd(rate),
  loss: "meanSquaredError",
});

export function modelTrainee(
  model: tf.LayersModel,
  x: tf.Tensor,
  {
    target,
    optimizer,
    loss,
  }: { target: tf.Tensor; optimizer: tf.Optimizer; loss: tf.ModelCompileArgs["loss"] },
): Trainee {
  model.compile({ optimizer, loss });
  return {
    weights: () => model.weights.map((weight) => (weight as unknown as { val: tf.Variable }).val),
    step: async () => void (await model.trainOnBatch(x, target)),
    dispose: () => {
      model.dispose();
      optimizer.dispose();
      tf.dispose([x, target]);
    },
  };
}

/** Variables of some shapes, and a loss of them. */
export function composed(
  shapes: readonly Shape[],
  loss: (...weights: tf.Variable[]) => tf.Tensor,
  makeOptimizer: () => tf.Optimizer = () => tf.train.sgd(0.2),
): () => Trainee {
  return () => {
    const weights = shapes.map((shape, i) => tf.variable(randomTensor(shape, i)));
    const optimizer = makeOptimizer();
    return {
      weights: () => weights,
      step: () => {
        optimizer.minimize(() => tf.mean(loss(...weights)), false, weights);
        return Promise.resolve();
      },
      dispose: () => {
        tf.dispose(weights);
        optimizer.dispose();
      },
    };
  };
}

export const on = (shape: Shape, ...layers: (() => Layer)[]) =>
  middle({ shape, layers: () => layers.map((make) => make()) });

/** Layers that tfjs does not train, or not what is before them. */
export const untrained = (shape: Shape, ...layers: (() => Layer)[]) =>
  middle({
    shape,
    first: () => layers.map((make) => Object.assign(make(), { trainable: false })),
    layers: () => [],
  });

/** A model of inputs that a layer has prepared. In a model, tfjs gives some layers a list. */
export function preprocessed(inputs: () => tf.Tensor, layer: () => Layer): () => Trainee {
  return () => {
    const x = tf.tidy(() => layer().apply(inputs()) as tf.Tensor);
    const flat = tf.reshape(x, [BATCH, -1]);
    const dense = tf.layers.dense({ inputShape: [flat.size / BATCH], units: 3 });
    x.dispose();
    return modelTrainee(tf.sequential({ layers: [dense] }), flat, regression(0.2));
  };
}

export const encodedWords = () =>
  tf.tensor([[0, 1, 1, 2], [3, 3, 3, 0], [5, 4, 0, 1]], [BATCH, 4], "int32"); // prettier-ignore

export const tanh = { activation: "tanh" } as const;
const { layers } = tf;

/** A model for each of several settings of something. */
export function each<T>(settings: Record<string, T>, make: (setting: T) => () => Trainee) {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, make(value)]));
}

/** Two branches, of which one layer makes one. */
export function merged(
  merge: () => Layer,
  shape: Shape = VECTOR,
  sameFeatures = true,
): () => Trainee {
  return () => {
    const input = tf.input({ shape });
    const branch = (units: number) => layers.dense({ units, ...tanh }).apply(input);
    const branches = [branch(4), branch(sameFeatures ? 4 : 6)] as tf.SymbolicTensor[];
    const outputs = layers.dense({ units: 3 }).apply(merge().apply(branches)) as tf.SymbolicTensor;
    return modelTrainee(tf.model({ inputs: input, outputs }), randomTensor([BATCH, ...shape], 1), {
      target: randomTensor(
        outputs.shape.map((size) => size ?? BATCH),
        2,
      ),
      optimizer: tf.train.sgd(0.5),
      loss: "meanSquaredError",
    });
  };
}
