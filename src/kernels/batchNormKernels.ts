import { batchNormBackward, batchNormForward, type BatchNormSizes } from "./batchNorm";
import { addressOf, simdKernels, withScratch } from "./simd";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";

/** Names of kernels that tfjs does not have. */
export const BATCH_NORM_FORWARD = "BatchNormLeakyRelu";
export const BATCH_NORM_BACKWARD = "BatchNormLeakyReluGrad";

/**
 * {@link batchNormForward} as a kernel, in SIMD where the engine has it: inputs `x` ... x C, `scale`
 * and `offset` C; attributes `epsilon` and `slope`; outputs y, and the batch's mean and population
 * variance.
 */
export const batchNormForwardKernel: WasmKernel = ({ inputs, attrs, backend }) => {
  const { x, scale, offset } = inputs;
  const sizes = sizesOf(x.shape, attrs);
  const { rows, channels, epsilon, slope } = sizes;
  const outputs = [x.shape, scale.shape, scale.shape].map((shape) => allocate(backend, shape));
  const tensors = [x, scale, offset, ...outputs];
  const kernels = simdKernels(backend);
  if (kernels === undefined) {
    const [xs, scales, offsets, y, mean, variance] = tensors.map((one) => valuesOf(backend, one));
    batchNormForward(xs, scales, offsets, sizes, y, mean, variance);
    return outputs;
  }
  const [xAt, scaleAt, offsetAt, y, mean, variance] = tensors.map((one) => addressOf(backend, one));
  withScratch(backend, kernels.batchNormScratch(channels), (scratch) =>
    // prettier-ignore
    kernels.batchNormForward(
      xAt, scaleAt, offsetAt, y, mean, variance, rows, channels, epsilon, slope, scratch,
    ),
  );
  return outputs;
};

/**
 * {@link batchNormBackward} as a kernel, in SIMD where the engine has it: inputs `dy`, `x`, `scale`,
 * `offset`, `mean`, `variance`; outputs the gradients by x, scale and offset.
 */
export const batchNormBackwardKernel: WasmKernel = ({ inputs, attrs, backend }) => {
  const { dy, x, scale, offset, mean, variance } = inputs;
  const sizes = sizesOf(x.shape, attrs);
  const { rows, channels, epsilon, slope } = sizes;
  const outputs = [x.shape, scale.shape, scale.shape].map((shape) => allocate(backend, shape));
  const tensors = [dy, x, scale, offset, mean, variance, ...outputs];
  const kernels = simdKernels(backend);
  if (kernels === undefined) {
    const [dys, xs, scales, offsets, means, variances, dx, dScale, dOffset] = tensors.map((one) =>
      valuesOf(backend, one),
    );
    batchNormBackward(dys, xs, scales, offsets, means, variances, sizes, dx, dScale, dOffset);
    return outputs;
  }
  const [dys, xs, scales, offsets, means, variances, dx, dScale, dOffset] = tensors.map((one) =>
    addressOf(backend, one),
  );
  withScratch(backend, kernels.batchNormScratch(channels), (scratch) =>
    // prettier-ignore
    kernels.batchNormBackward(
      dys, xs, scales, offsets, means, variances, dx, dScale, dOffset,
      rows, channels, epsilon, slope, scratch,
    ),
  );
  return outputs;
};

function sizesOf(shape: number[], attrs: Record<string, unknown>): BatchNormSizes {
  const channels = shape[shape.length - 1];
  return {
    rows: shape.reduce((product, length) => product * length, 1) / channels,
    channels,
    epsilon: attrs.epsilon as number,
    slope: attrs.slope as number,
  };
}
