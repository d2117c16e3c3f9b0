import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { selectBackend } from "../../src/backend/selectBackend";
import { registerWasmKernels } from "../../src/kernels/registerWasmKernels";
import { Random } from "../../src/numerics/random";
import { median, timing, type Timing } from "./measure";

/** Training steps of a model of tf.layers with this project's kernels and with tfjs's own. */
export interface ModelMeasurement {
  readonly model: string;
  readonly ours: Timing;
  /** tfjs's own kernels; this project's where it has none. */
  readonly stock: Timing;
  /** Time of the stock kernels over ours: the median over the pairs of steps. */
  readonly ratio: number;
}

const STEPS = 15;
type Kernels = readonly tf.KernelConfig[];

/** The models whose slow steps others would wait for. */
export const MODELS: Readonly<Record<string, () => () => void>> = {
  "CNN, 3x3 stride 2, 16-32-64, 32 x 32x32x3": () => {
    const convolution = (filters: number) =>
      tf.layers.conv2d({ filters, kernelSize: 3, strides: 2, padding: "same", activation: "relu" });
    return stepOf([32, 32, 32, 3], [convolution(16), convolution(32), convolution(64)]);
  },
  "two MobileNet blocks, 24 to 96, 8 x 16x16x24": () =>
    stepOf([8, 16, 16, 24], [...separable(48, 1), ...separable(96, 2)]),
};

function separable(filters: number, strides: number): tf.layers.Layer[] {
  const normalized = () => [tf.layers.batchNormalization(), tf.layers.reLU({ maxValue: 6 })];
  return [
    tf.layers.depthwiseConv2d({ kernelSize: 3, strides, padding: "same", useBias: false }),
    ...normalized(),
    tf.layers.conv2d({ filters, kernelSize: 1, useBias: false }),
    ...normalized(),
  ];
}

/** A training step on noise. */
function stepOf(shape: number[], layers: tf.layers.Layer[]): () => void {
  const random = new Random(0, "bench");
  const size = shape.reduce((product, side) => product * side, 1);
  const input = tf.input({ shape: shape.slice(1) });
  const body = layers.reduce((y, layer) => layer.apply(y) as tf.SymbolicTensor, input);
  const pooled = tf.layers.globalAveragePooling2d({}).apply(body);
  const output = tf.layers.dense({ units: 10 }).apply(pooled) as tf.SymbolicTensor;
  const model = tf.model({ inputs: input, outputs: output });
  const x = tf.tensor(
    Float32Array.from({ length: size }, () => random.uniform()),
    shape,
  );
  const labels = tf.range(0, shape[0], 1, "int32").mod(tf.scalar(10, "int32")) as tf.Tensor1D;
  const y = tf.oneHot(labels, 10);
  const optimizer = tf.train.sgd(0.01);
  return () => {
    const loss = optimizer.minimize(
      () => tf.losses.softmaxCrossEntropy(y, model.apply(x, { training: true }) as tf.Tensor),
      true,
    )!;
    loss.dataSync();
    loss.dispose();
  };
}

/** Times steps with one set of kernels and the other by turns. */
export function compareKernels(
  model: string,
  step: () => void,
  stock: Kernels,
  ours: Kernels,
): ModelMeasurement {
  const times: Record<"stock" | "ours", number[]> = { stock: [], ours: [] };
  for (let i = -2; i < STEPS; i++)
    for (const [side, kernels] of [["stock", stock] as const, ["ours", ours] as const]) {
      useKernels(kernels);
      const start = performance.now();
      step();
      if (i >= 0) times[side].push(performance.now() - start);
    }
  return {
    model,
    ours: timing(times.ours),
    stock: timing(times.stock),
    ratio: median(times.stock.map((time, i) => time / times.ours[i])),
  };
}

/** Puts kernels in the place of those of the same names. */
export function useKernels(kernels: Kernels): void {
  for (const kernel of kernels) {
    if (tf.getKernel(kernel.kernelName, "wasm") !== undefined)
      tf.unregisterKernel(kernel.kernelName, "wasm");
    tf.registerKernel(kernel);
  }
}

/** {@link MODELS} on the wasm backend. */
export async function modelMeasurements(): Promise<ModelMeasurement[]> {
  const stock = tf.getKernelsForBackend("wasm");
  await selectBackend("wasm");
  registerWasmKernels();
  const ours = tf.getKernelsForBackend("wasm");
  return Object.entries(MODELS).map(([name, create]) => {
    useKernels(ours);
    return compareKernels(name, create(), stock, ours);
  });
}

/** A measurement as a line of text. */
export function modelLine({ model, ours, stock, ratio }: ModelMeasurement): string {
  const [a, b] = [ours, stock].map(({ milliseconds }) => milliseconds.toFixed(1));
  return `${model}: ${a} ms a step, ${b} with tfjs's own kernels (${ratio.toFixed(1)} times)`;
}
