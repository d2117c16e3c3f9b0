import type { TensorInfo } from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { batchNormBackward, batchNormForward, type BatchNormSizes } from "./batchNorm";
import { addressesIn, addressOf, simdKernels, withScratch } from "./simd";
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
export const batchNormForwardKernel: WasmKernel = ({ inputs, attrs, backend }) => {
  const { x, scale, offset, copies } = inputs;
  const outputs = allocated(backend, x.shape, scale.shape, scale.shape);
  const sizes = sizesOf(x.shape, attrs);
  const { count, pixels, channels, epsilon, slope } = sizes;
  const numbers = [count, pixels, channels, epsilon, slope] as const;
  const kernels = simdKernels(backend);
  if (kernels === undefined) {
    const tensors = [x, scale, offset, ...outputs];
    const [xs, scales, offsets, y, mean, variance] = tensors.map((one) => valuesOf(backend, one));
    const weighted = { ...sizes, ...copiesOf(backend, copies) };
    batchNormForward(xs, scales, offsets, weighted, y, mean, variance);
    return outputs;
  }
  const at = addressesIn(backend);
  withScratch(backend, kernels.batchNormScratch(channels), (scratch) =>
    kernels.batchNormForward(
      ...at(x, scale, offset),
      copiesAt(backend, copies),
      ...at(...outputs),
      ...numbers,
      scratch,
    ),
  );
  return outputs;
};

/**
 * {@link batchNormBackward} as a kernel, in SIMD where the engine has it: inputs `dy`, `x`, `scale`,
 * `offset`, `mean`, `variance`, optional `copies`; outputs the gradients by x, scale and offset.
 */
export const batchNormBackwardKernel: WasmKernel = ({ inputs, attrs, backend }) => {
  const { dy, x, scale, offset, mean, variance, copies } = inputs;
  const outputs = allocated(backend, x.shape, scale.shape, scale.shape);
  const sizes = sizesOf(x.shape, attrs);
  const { count, pixels, channels, epsilon, slope } = sizes;
  const numbers = [count, pixels, channels, epsilon, slope] as const;
  const kernels = simdKernels(backend);
  if (kernels === undefined) {
    const tensors = [dy, x, scale, offset, mean, variance, ...outputs];
    const [dys, xs, scales, offsets, means, variances, dx, dScale, dOffset] = tensors.map((one) =>
      valuesOf(backend, one),
    );
    const weighted = { ...sizes, ...copiesOf(backend, copies) };
    batchNormBackward(dys, xs, scales, offsets, means, variances, weighted, dx, dScale, dOffset);
    return outputs;
  }
  const at = addressesIn(backend);
  withScratch(backend, kernels.batchNormScratch(channels), (scratch) =>
    kernels.batchNormBackward(
      ...at(dy, x, scale, offset, mean, variance),
      copiesAt(backend, copies),
      ...at(...outputs),
      ...numbers,
      scratch,
    ),
  );
  return outputs;
};

/**
 * Batch norm, leaky ReLU and 2 x 2 max pooling in one, in SIMD only: inputs and attributes of
 * {@link batchNormForwardKernel}, `x` N x H x W x C; outputs y, N x H/2 x W/2 x C, mean, variance.
 */
export const batchNormPoolForwardKernel: WasmKernel = ({ inputs, attrs, backend }) => {
  const { x, scale, offset, copies } = inputs;
  const [count, height, width, channels] = x.shape;
  const pooled = [count, height >> 1, width >> 1, channels];
  const outputs = allocated(backend, pooled, scale.shape, scale.shape);
  const { epsilon, slope } = sizesOf(x.shape, attrs);
  const numbers = [count, height, width, channels, epsilon, slope] as const;
  const kernels = simdKernels(backend)!;
  const at = addressesIn(backend);
  withScratch(backend, kernels.batchNormScratch(channels), (scratch) =>
    kernels.batchNormPoolForward(
      ...at(x, scale, offset),
      copiesAt(backend, copies),
      ...at(...outputs),
      ...numbers,
      scratch,
    ),
  );
  return outputs;
};

/** Gradients of {@link batchNormPoolForwardKernel}, as {@link batchNormBackwardKernel}'s. */
export const batchNormPoolBackwardKernel: WasmKernel = ({ inputs, attrs, backend }) => {
  const { dy, x, scale, offset, mean, variance, copies } = inputs;
  const [count, height, width, channels] = x.shape;
  const outputs = allocated(backend, x.shape, scale.shape, scale.shape);
  const { epsilon, slope } = sizesOf(x.shape, attrs);
  const numbers = [count, height, width, channels, epsilon, slope] as const;
  const kernels = simdKernels(backend)!;
  const at = addressesIn(backend);
  withScratch(backend, kernels.batchNormScratch(channels), (scratch) =>
    kernels.batchNormPoolBackward(
      ...at(dy, x, scale, offset, mean, variance),
      copiesAt(backend, copies),
      ...at(...outputs),
      ...numbers,
      scratch,
    ),
  );
  return outputs;
};

function allocated(backend: BackendWasm, ...shapes: [number[], number[], number[]]) {
  return shapes.map((shape) => allocate(backend, shape)) as [TensorInfo, TensorInfo, TensorInfo];
}

/** Copies that are absent or empty: every image counts once. */
function isGiven(copies?: TensorInfo): copies is TensorInfo {
  return copies !== undefined && copies.shape[0] > 0;
}

function copiesAt(backend: BackendWasm, copies?: TensorInfo): number {
  return isGiven(copies) ? addressOf(backend, copies) : 0;
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
