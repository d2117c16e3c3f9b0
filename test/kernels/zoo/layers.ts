import * as tf from "@tensorflow/tfjs";
import { randomTensor } from "../backends";
import {
  BATCH,
  composed,
  each,
  encodedWords,
  IMAGE,
  merged,
  middle,
  modelTrainee,
  MOVIE,
  on,
  preprocessed,
  regression,
  SEQUENCE,
  tanh,
  type Trainee,
  untrained,
  VECTOR,
  VOLUME,
} from "./trainees";

const { layers } = tf;
type Layer = tf.layers.Layer;

const STRIDES = {
  valid: {},
  same: { padding: "same" },
  "stride 2": { strides: 2, padding: "same" },
  "stride 2 valid": { strides: 2 },
} as const;
const IMAGE_STRIDES = {
  ...STRIDES,
  "channels first": { dataFormat: "channelsFirst", padding: "same" },
  "no bias": { useBias: false, activation: "relu" },
  "stride beyond the filter": { kernelSize: 2, strides: 3, padding: "same" },
  "uneven filter and strides": { kernelSize: [3, 2], strides: [1, 2], padding: "same" },
} as const;
const POOLS = {
  "2": { poolSize: 2 },
  "2 same": { poolSize: 2, padding: "same" },
  "3 stride 2 same": { poolSize: 3, strides: 2, padding: "same" },
  "2 stride 1 same": { poolSize: 2, strides: 1, padding: "same" },
} as const;
const IMAGE_POOLS = {
  ...POOLS,
  uneven: { poolSize: [3, 2], strides: [1, 2] },
  "channels first": { poolSize: 2, dataFormat: "channelsFirst" },
} as const;

const overTime = (...layers: (() => Layer)[]) =>
  middle({ shape: SEQUENCE, layers: () => layers.map((make) => make()), rate: 2 });
const cells = (make: () => Layer) => overTime(() => layers.rnn({ cell: make() as never }));
const recurrent = (
  make: (args: { units: number; returnSequences?: boolean; goBackwards?: boolean }) => Layer,
) => ({
  last: overTime(() => make({ units: 5 })),
  sequences: overTime(() => make({ units: 5, returnSequences: true })),
  "two of them": overTime(
    () => make({ units: 5, returnSequences: true }),
    () => make({ units: 4 }),
  ),
  backwards: overTime(() => make({ units: 4, goBackwards: true })),
});

/** Factories that do not make a layer that computes, and other names of those that are here. */
type NotLayers =
  "Layer" | "RNN" | "RNNCell" | "input" | `${"avg" | "average" | "max" | "global"}${string}`;
type Pools = Extract<
  keyof typeof tf.layers,
  `${"average" | "max" | "global"}${string}Pooling${string}`
>;
type Factory = Exclude<keyof typeof tf.layers, NotLayers> | Pools | "average" | "maximum";

/** Models by the factory of the layer that each is about: the compiler asks for all of them. */
export const LAYERS: Record<Factory, Record<string, () => Trainee>> = {
  activation: each(
    {
      elu: "elu",
      hardSigmoid: "hardSigmoid",
      linear: "linear",
      relu: "relu",
      relu6: "relu6",
      selu: "selu",
      sigmoid: "sigmoid",
      softmax: "softmax",
      softplus: "softplus",
      softsign: "softsign",
      tanh: "tanh",
      swish: "swish",
      mish: "mish",
      gelu: "gelu",
      gelu_new: "gelu_new",
    } as const,
    (activation) => on(VECTOR, () => layers.activation({ activation })),
  ),
  add: { vectors: merged(() => layers.add()) },
  alphaDropout: { vectors: on(VECTOR, () => layers.alphaDropout({ rate: 0.4 })) },
  average: { vectors: merged(() => layers.average()) },
  averagePooling1d: each({ valid: {}, same: { padding: "same" } } as const, (args) =>
    on(SEQUENCE, () => layers.averagePooling1d({ poolSize: 2, ...args })),
  ),
  averagePooling2d: each(IMAGE_POOLS, (args) =>
    on(IMAGE, () => layers.averagePooling2d(args as { poolSize: 2 })),
  ),
  averagePooling3d: each(POOLS, (args) => on(VOLUME, () => layers.averagePooling3d(args as never))),
  batchNormalization: {
    vectors: on(VECTOR, () => layers.batchNormalization()),
    sequences: on(SEQUENCE, () => layers.batchNormalization()),
    images: on(IMAGE, () => layers.batchNormalization()),
    "other averages": on(IMAGE, () => layers.batchNormalization({ momentum: 0.5, epsilon: 0.01 })),
    "after a convolution": on(
      IMAGE,
      () => layers.conv2d({ filters: 16, kernelSize: 3, useBias: false }),
      () => layers.batchNormalization(),
      () => layers.reLU(),
    ),
  },
  bidirectional: each(
    { concat: "concat", sum: "sum", mul: "mul", ave: "ave" } as const,
    (mergeMode) =>
      overTime(() =>
        layers.bidirectional({ layer: layers.lstm({ units: 4 }) as never, mergeMode }),
      ),
  ),
  categoryEncoding: each({ multiHot: "multiHot", count: "count" } as const, (outputMode) =>
    preprocessed(encodedWords, () => layers.categoryEncoding({ numTokens: 6, outputMode })),
  ),
  centerCrop: {
    images: preprocessed(
      () => randomTensor([BATCH, ...IMAGE], 1),
      () => layers.centerCrop({ height: 5, width: 4 }),
    ),
  },
  concatenate: {
    vectors: merged(() => layers.concatenate(), VECTOR, false),
    "another axis": merged(() => layers.concatenate({ axis: 1 }), SEQUENCE),
  },
  conv1d: each(STRIDES, (args) =>
    on(SEQUENCE, () => layers.conv1d({ filters: 5, kernelSize: 3, ...tanh, ...args })),
  ),
  conv2d: {
    ...each(IMAGE_STRIDES, (args) =>
      on(IMAGE, () => layers.conv2d({ filters: 5, kernelSize: 3, ...tanh, ...(args as object) })),
    ),
    "dilation 2": untrained(IMAGE, () =>
      layers.conv2d({ filters: 5, kernelSize: 3, dilationRate: 2, ...tanh }),
    ),
    "1x1": on(IMAGE, () => layers.conv2d({ filters: 6, kernelSize: 1 })),
    "1x1 stride 2": on(IMAGE, () => layers.conv2d({ filters: 6, kernelSize: 1, strides: 2 })),
    "5x5": on(IMAGE, () => layers.conv2d({ filters: 8, kernelSize: 5, padding: "same" })),
    "16 channels": on(
      IMAGE,
      () => layers.conv2d({ filters: 16, kernelSize: 3, padding: "same", ...tanh }),
      () => layers.conv2d({ filters: 16, kernelSize: 3, padding: "same", ...tanh }),
    ),
  },
  conv2dTranspose: each(IMAGE_STRIDES, (args) =>
    on(IMAGE, () =>
      layers.conv2dTranspose({ filters: 5, kernelSize: 3, ...tanh, ...(args as object) }),
    ),
  ),
  conv3d: each(STRIDES, (args) =>
    on(VOLUME, () => layers.conv3d({ filters: 3, kernelSize: 3, ...tanh, ...args })),
  ),
  conv3dTranspose: each(
    { valid: {}, "stride 2": { strides: 2, padding: "same" } } as const,
    (args) =>
      untrained([3, 2, 3, 2], () =>
        layers.conv3dTranspose({ filters: 3, kernelSize: 3, ...tanh, ...args } as never),
      ),
  ),
  convLstm2d: {
    last: on(MOVIE, () => layers.convLstm2d({ filters: 3, kernelSize: 3, padding: "same" })),
    sequences: on(MOVIE, () =>
      layers.convLstm2d({ filters: 3, kernelSize: 2, returnSequences: true }),
    ),
  },
  // The layer makes it: tfjs gives the shape of images to no other one.
  convLstm2dCell: {
    "no bias": on(MOVIE, () => layers.convLstm2d({ filters: 2, kernelSize: 3, useBias: false })),
  },
  cropping2D: { images: on(IMAGE, () => layers.cropping2D({ cropping: [[1, 2], [0, 3]] })) }, // prettier-ignore
  dense: {
    vectors: on(VECTOR, () => layers.dense({ units: 6, ...tanh })),
    sequences: on(SEQUENCE, () => layers.dense({ units: 6, ...tanh })),
    penalized: on(VECTOR, () =>
      layers.dense({
        units: 6,
        kernelRegularizer: tf.regularizers.l1l2({ l1: 0.01, l2: 0.01 }),
        kernelConstraint: tf.constraints.maxNorm({ maxValue: 1, axis: 0 }),
      }),
    ),
  },
  depthwiseConv2d: each({ ...IMAGE_STRIDES, "two of each": { depthMultiplier: 2 } }, (args) =>
    on(IMAGE, () => layers.depthwiseConv2d({ kernelSize: 3, ...tanh, ...(args as object) })),
  ),
  dot: {
    vectors: merged(() => layers.dot({ axes: 1 })),
    sequences: merged(() => layers.dot({ axes: 2 }), SEQUENCE, true),
    normalized: merged(() => layers.dot({ axes: 1, normalize: true })),
  },
  dropout: {
    vectors: on(VECTOR, () => layers.dropout({ rate: 0.4 })),
    images: on(IMAGE, () => layers.dropout({ rate: 0.4, noiseShape: [BATCH, 1, 1, 4] })),
  },
  elu: { images: on(IMAGE, () => layers.elu()) },
  embedding: {
    words: middle({
      shape: [4],
      first: () => [layers.embedding({ inputDim: 6, outputDim: 5 })],
      layers: () => [layers.dense({ units: 4, ...tanh })],
      inputs: encodedWords,
      rate: 2,
    }),
  },
  flatten: { images: on(IMAGE, () => layers.flatten()) },
  gaussianDropout: { vectors: on(VECTOR, () => layers.gaussianDropout({ rate: 0.3 })) },
  gaussianNoise: { vectors: on(VECTOR, () => layers.gaussianNoise({ stddev: 0.2 })) },
  globalAveragePooling1d: { sequences: on(SEQUENCE, () => layers.globalAveragePooling1d({})) },
  globalAveragePooling2d: { images: on(IMAGE, () => layers.globalAveragePooling2d({})) },
  globalMaxPooling1d: { sequences: on(SEQUENCE, () => layers.globalMaxPooling1d({})) },
  globalMaxPooling2d: { images: on(IMAGE, () => layers.globalMaxPooling2d({})) },
  gru: recurrent((args) => layers.gru(args)),
  gruCell: { "in an rnn": cells(() => layers.gruCell({ units: 5 })) },
  inputLayer: {
    vectors: () => {
      const model = tf.sequential({
        layers: [layers.inputLayer({ inputShape: VECTOR }), layers.dense({ units: 3 })],
      });
      return modelTrainee(model, randomTensor([BATCH, ...VECTOR], 1), regression(0.2));
    },
  },
  layerNormalization: {
    vectors: on(VECTOR, () => layers.layerNormalization()),
    sequences: on(SEQUENCE, () => layers.layerNormalization()),
    "two axes": on(IMAGE, () => layers.layerNormalization({ axis: [2, 3] })),
  },
  leakyReLU: { images: on(IMAGE, () => layers.leakyReLU({ alpha: 0.2 })) },
  lstm: recurrent((args) => layers.lstm(args)),
  lstmCell: { "in an rnn": cells(() => layers.lstmCell({ units: 5 })) },
  masking: {
    "before an lstm": middle({
      shape: SEQUENCE,
      first: () => [layers.masking({ maskValue: 0 })],
      layers: () => [layers.lstm({ units: 4 })],
      inputs: () => tf.tidy(() => tf.mul(randomTensor([BATCH, 7, 4], 1), [[[1], [1], [0], [1], [1], [1], [0]]])), // prettier-ignore
    }),
  },
  maximum: { vectors: merged(() => layers.maximum()) },
  maxPooling1d: each({ valid: {}, same: { padding: "same" } } as const, (args) =>
    on(SEQUENCE, () => layers.maxPooling1d({ poolSize: 2, ...args })),
  ),
  maxPooling2d: each(IMAGE_POOLS, (args) =>
    on(IMAGE, () => layers.maxPooling2d(args as { poolSize: 2 })),
  ),
  maxPooling3d: each(POOLS, (args) => on(VOLUME, () => layers.maxPooling3d(args as never))),
  minimum: { vectors: merged(() => layers.minimum()) },
  multiply: { vectors: merged(() => layers.multiply()) },
  permute: { images: on(IMAGE, () => layers.permute({ dims: [3, 1, 2] })) },
  prelu: {
    vectors: on(VECTOR, () => layers.prelu({ alphaInitializer: "randomNormal" })),
    images: on(IMAGE, () => layers.prelu({ alphaInitializer: "randomNormal" })),
    "one for each channel": on(IMAGE, () =>
      layers.prelu({ alphaInitializer: "randomNormal", sharedAxes: [1, 2] }),
    ),
    "one for each pixel": on(IMAGE, () =>
      layers.prelu({ alphaInitializer: "randomNormal", sharedAxes: [3] }),
    ),
  },
  // Its output has no shape that a layer after it could be built for.
  randomWidth: each({ bilinear: "bilinear", nearest: "nearest" } as const, (interpolation) =>
    composed([[2, 6, 6, 2]], (x) =>
      tf.square(
        layers.randomWidth({ factor: [0.5, 0.6], seed: 3, interpolation }).apply(x) as tf.Tensor,
      ),
    ),
  ),
  reLU: {
    images: on(IMAGE, () => layers.reLU()),
    "with a largest value": on(IMAGE, () => layers.reLU({ maxValue: 0.3 })),
  },
  repeatVector: { vectors: on(VECTOR, () => layers.repeatVector({ n: 3 })) },
  rescaling: { images: on(IMAGE, () => layers.rescaling({ scale: 0.5, offset: 0.1 })) },
  reshape: { images: on(IMAGE, () => layers.reshape({ targetShape: [9, 8, 4] })) },
  resizing: each({ bilinear: "bilinear", nearest: "nearest" } as const, (interpolation) =>
    composed([[2, 6, 6, 2]], (x) =>
      tf.square(layers.resizing({ height: 5, width: 12, interpolation }).apply(x) as tf.Tensor),
    ),
  ),
  rnn: { "of a cell": cells(() => layers.simpleRNNCell({ units: 4 })) },
  separableConv2d: each(
    { ...STRIDES, "two of each": { depthMultiplier: 2 }, "stride beyond": { kernelSize: 2, strides: 3, padding: "same" } } as const, // prettier-ignore
    (args) =>
      on(IMAGE, () => layers.separableConv2d({ filters: 5, kernelSize: 3, ...tanh, ...args })),
  ),
  simpleRNN: recurrent((args) => layers.simpleRNN(args)),
  simpleRNNCell: { "in an rnn": cells(() => layers.simpleRNNCell({ units: 5 })) },
  softmax: { vectors: on(VECTOR, () => layers.softmax({})) },
  spatialDropout1d: { sequences: on(SEQUENCE, () => layers.spatialDropout1d({ rate: 0.4 })) },
  stackedRNNCells: {
    "in an rnn": cells(() =>
      layers.stackedRNNCells({
        cells: [layers.lstmCell({ units: 5 }), layers.gruCell({ units: 4 })] as never,
      }),
    ),
  },
  thresholdedReLU: { images: untrained(IMAGE, () => layers.thresholdedReLU({ theta: 0.1 })) },
  timeDistributed: {
    dense: on(SEQUENCE, () => layers.timeDistributed({ layer: layers.dense({ units: 5 }) })),
    convolution: on(MOVIE, () =>
      layers.timeDistributed({ layer: layers.conv2d({ filters: 3, kernelSize: 3 }) }),
    ),
  },
  upSampling2d: each({ nearest: "nearest", bilinear: "bilinear" } as const, (interpolation) =>
    on([6, 6, 3], () => layers.upSampling2d({ size: [2, 3], interpolation })),
  ),
  zeroPadding2d: { images: on(IMAGE, () => layers.zeroPadding2d({ padding: [[1, 2], [0, 3]] })) }, // prettier-ignore
};
