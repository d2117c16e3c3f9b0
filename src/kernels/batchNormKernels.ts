import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { batchNormBackward, batchNormForward, type BatchNormSizes } from "./batchNorm";
import { checkShape, checkType, refuse } from "./checks";
import { addressesIn, rowAddress, simdKernels, withScratch } from "./simd";
import { movedOperations, runInParts, type KernelCall } from "./threads";
import type { Address } from "./trainingKernels";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";

/** Names of kernels that tfjs does not have. */
export const BATCH_NORM_FORWARD = "BatchNormLeakyRelu";
export const BATCH_NORM_BACKWARD = "BatchNormLeakyReluGrad";
export const BATCH_NORM_POOL_FORWARD = "BatchNormLeakyReluMaxPool";
export const BATCH_NORM_POOL_BACKWARD = "BatchNormLeakyReluMaxPoolGrad";

/**
 * {@link batchNormForward} as a kernel, in SIMD where the engine has it: inputs `x` ... x C, `scale`
 * and `offset` C, optional `copies` (how often each image counts; empty for once); attributes
 * `epsilon` and `slope`; outputs y, and the batch's mean and population variance.
 */
export const batchNormForwardKernel: WasmKernel = (call) => {
  const { inputs, attrs, backend } = call;
  const { x, scale, offset, copies } = inputs;
  check(BATCH_NORM_FORWARD, inputs, x.shape);
  const outputs = allocated(backend, x.shape, scale.shape, scale.shape);
  const sizes = sizesOf(x.shape, attrs);
  if (simdKernels(backend) !== undefined)
    return forward("batchNormForward", call, outputs, [sizes.pixels]);
  const tensors = [x, scale, offset, ...outputs];
  const [xs, scales, offsets, y, mean, variance] = tensors.map((one) => valuesOf(backend, one));
  const weighted = { ...sizes, ...copiesOf(backend, copies) };
  batchNormForward(xs, scales, offsets, weighted, y, mean, variance);
  return outputs;
};

/**
 * {@link batchNormBackward} as a kernel, in SIMD where the engine has it: inputs `dy`, `x`, `scale`,
 * `offset`, `mean`, `variance`, optional `copies`; outputs the gradients by x, scale and offset.
 */
export const batchNormBackwardKernel: WasmKernel = (call) => {
  const { inputs, attrs, backend } = call;
  const { dy, x, scale, offset, mean, variance, copies } = inputs;
  check(BATCH_NORM_BACKWARD, inputs, x.shape);
  const sizes = sizesOf(x.shape, attrs);
  if (simdKernels(backend) !== undefined)
    return backward("batchNormSums", "batchNormBackward", call, [sizes.pixels]);
  const outputs = allocated(backend, x.shape, scale.shape, scale.shape);
  const tensors = [dy, x, scale, offset, mean, variance, ...outputs];
  const [dys, xs, scales, offsets, means, variances, dx, dScale, dOffset] = tensors.map((one) =>
    valuesOf(backend, one),
  );
  const weighted = { ...sizes, ...copiesOf(backend, copies) };
  batchNormBackward(dys, xs, scales, offsets, means, variances, weighted, dx, dScale, dOffset);
  return outputs;
};

/**
 * Batch norm, leaky ReLU and 2 x 2 max pooling in one, in SIMD only: inputs and attributes of
 * {@link batchNormForwardKernel}, `x` N x H x W x C; outputs y, N x H/2 x W/2 x C, mean, variance.
 */
export const batchNormPoolForwardKernel: WasmKernel = (call) => {
  const { x, scale } = call.inputs;
  const pooled = pooledShape(BATCH_NORM_POOL_FORWARD, call);
  check(BATCH_NORM_POOL_FORWARD, call.inputs, pooled);
  const [, height, width] = x.shape;
  const outputs = allocated(call.backend, pooled, scale.shape, scale.shape);
  return forward("batchNormPoolForward", call, outputs, [height, width]);
};

/** Gradients of {@link batchNormPoolForwardKernel}, as {@link batchNormBackwardKernel}'s. */
export const batchNormPoolBackwardKernel: WasmKernel = (call) => {
  check(BATCH_NORM_POOL_BACKWARD, call.inputs, pooledShape(BATCH_NORM_POOL_BACKWARD, call));
  const [, height, width] = call.inputs.x.shape;
  return backward("batchNormPoolSums", "batchNormPoolBackward", call, [height, width]);
};

type Call = Parameters<WasmKernel>[0];
type Outputs = [TensorInfo, TensorInfo, TensorInfo];

/**
 * Checks the inputs of each of the kernels.
 *
 * @throws {RangeError} For other types than float32, and shapes that do not fit together.
 */
function check(kernel: string, inputs: Call["inputs"], outShape: readonly number[]): void {
  const { x, dy, copies, ...perChannel } = inputs;
  if (x.shape.length === 0) refuse(kernel, "x", "of at least 1 dimension", x.shape);
  for (const [name, tensor] of Object.entries(inputs)) if (tensor) checkType(kernel, name, tensor);
  for (const [name, tensor] of Object.entries(perChannel))
    checkShape(kernel, name, tensor, x.shape.slice(-1));
  if (isGiven(copies)) checkShape(kernel, "copies", copies, x.shape.slice(0, 1));
  if (dy) checkShape(kernel, "dy", dy, outShape);
}

/** The shape after pooling, of a kernel that only SIMD has. */
function pooledShape(kernel: string, { inputs: { x }, backend }: Call): number[] {
  if (!simdKernels(backend)) refuse(kernel, "engine", "with SIMD", "none");
  checkShape(kernel, "x", x, [-1, -1, -1, -1]);
  const [count, height, width, channels] = x.shape;
  return [count, height >> 1, width >> 1, channels];
}

/**
 * The moments, by channels, then what is computed with them, by images.
 *
 * @param sides The sizes of an image, as the kernel takes them.
 */
function forward(
  name: "batchNormForward" | "batchNormPoolForward",
  { inputs, attrs, backend }: Call,
  outputs: Outputs,
  sides: readonly number[],
): Outputs {
  const { x, scale, offset, copies } = inputs;
  const [y, mean, variance] = outputs;
  const { count, pixels, channels, epsilon, slope } = sizesOf(x.shape, attrs);
  const at = addressesIn(backend);
  const scratch = simdKernels(backend)!.batchNormScratch(channels);
  byChannels(backend, x, (first, end, scratch) => [
    "batchMoments",
    [
      ...at(x),
      copiesAt(backend, copies, 0),
      ...at(mean, variance),
      ...([count, pixels, channels, first, end, scratch] as const),
    ],
  ]);
  const work = { units: count, operations: movedOperations(x), scratch };
  runInParts(backend, work, (from, end, scratch) => {
    const tensors = [rowAddress(backend, x, from), ...at(scale, offset, mean, variance)];
    const sizes = [end - from, ...sides, channels, epsilon, slope];
    return called(name, ...tensors, rowAddress(backend, y, from), ...sizes, scratch);
  });
  return outputs;
}

/** The sums, by channels, then the gradient by x, by images. */
function backward(
  sums: "batchNormSums" | "batchNormPoolSums",
  name: "batchNormBackward" | "batchNormPoolBackward",
  { inputs, attrs, backend }: Call,
  sides: readonly number[],
): Outputs {
  const { dy, x, scale, offset, mean, variance, copies } = inputs;
  const outputs = allocated(backend, x.shape, scale.shape, scale.shape);
  const [dx, dScale, dOffset] = outputs;
  const { count, channels, epsilon, slope } = sizesOf(x.shape, attrs);
  const at = addressesIn(backend);
  const then = (scratch: Address) =>
    runInParts(backend, { units: count, operations: movedOperations(x) }, (from, end) => {
      const [dyAt, xAt, dxAt] = [dy, x, dx].map((one) => rowAddress(backend, one, from));
      const tensors = [dyAt, xAt, ...at(offset, mean), copiesAt(backend, copies, from), dxAt];
      return called(name, ...tensors, end - from, ...sides, channels, slope, scratch);
    });
  byChannels(
    backend,
    x,
    (first, end, scratch) => {
      const tensors = [...at(dy, x, scale, offset, mean, variance), copiesAt(backend, copies, 0)];
      const sizes = [count, ...sides, channels, epsilon, slope, first, end];
      return called(sums, ...tensors, ...at(dScale, dOffset), ...sizes, scratch);
    },
    then,
  );
  return outputs;
}

/** A call whose arguments are put together from lists: their number is not known to the compiler. */
const called = (...call: [name: KernelCall[0], ...args: number[]]) => {
  const [name, ...args] = call;
  return [name, args] as unknown as KernelCall;
};

/**
 * Runs a kernel with some of the channels on each thread, in one scratch memory.
 *
 * @param then Called with the scratch memory as all of them left it.
 */
function byChannels(
  backend: BackendWasm,
  x: TensorInfo,
  callOf: (first: number, end: number, scratch: Address) => KernelCall,
  then: (scratch: Address) => void = () => {},
): void {
  const channels = x.shape[x.shape.length - 1];
  const work = { units: Math.ceil(channels / 4), operations: movedOperations(x) };
  withScratch(backend, simdKernels(backend)!.batchNormScratch(channels), (scratch) => {
    runInParts(backend, work, (from, end) =>
      callOf(4 * from, Math.min(4 * end, channels), scratch),
    );
    then(scratch);
  });
}

function allocated(backend: BackendWasm, ...shapes: [number[], number[], number[]]) {
  return shapes.map((shape) => allocate(backend, shape)) as Outputs;
}

/** Copies that are absent or empty: every image counts once. */
function isGiven(copies?: TensorInfo): copies is TensorInfo {
  return copies !== undefined && copies.shape[0] > 0;
}

/** Where the copies of the images from `from` lie, or 0. */
function copiesAt(backend: BackendWasm, copies: TensorInfo | undefined, from: number): Address {
  return isGiven(copies) ? rowAddress(backend, copies, from) : 0;
}

function copiesOf(backend: BackendWasm, copies?: TensorInfo): Pick<BatchNormSizes, "copies"> {
  return isGiven(copies) ? { copies: valuesOf(backend, copies) } : {};
}

function sizesOf(shape: number[], attrs: Record<string, unknown>): BatchNormSizes {
  return {
    count: shape[0],
    pixels: shape.slice(1, -1).reduce((product, length) => product * length, 1),
    channels: shape[shape.length - 1],
    epsilon: attrs.epsilon as number,
    slope: attrs.slope as number,
  };
}
