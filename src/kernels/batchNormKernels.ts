import { batchNormBackward, batchNormForward, type BatchNormSizes } from "./batchNorm";
import { allocate, valuesOf, type WasmKernel } from "./wasmMemory";

/** Names of kernels that tfjs does not have. */
export const BATCH_NORM_FORWARD = "BatchNormLeakyRelu";
export const BATCH_NORM_BACKWARD = "BatchNormLeakyReluGrad";

/**
 * {@link batchNormForward} as a kernel: inputs `x` ... x C, `scale` and `offset` C; attributes
 * `epsilon` and `slope`; outputs y, and the batch's mean and population variance.
 */
export const batchNormForwardKernel: WasmKernel = ({ inputs, attrs, backend }) => {
  const { x, scale, offset } = inputs;
  const sizes = sizesOf(x.shape, attrs);
  const outputs = [x.shape, scale.shape, scale.shape].map((shape) => allocate(backend, shape));
  const [xs, scales, offsets, y, mean, variance] = [x, scale, offset, ...outputs].map((tensor) =>
    valuesOf(backend, tensor),
  );
  batchNormForward(xs, scales, offsets, sizes, y, mean, variance);
  return outputs;
};

/**
 * {@link batchNormBackward} as a kernel: inputs `dy`, `x`, `scale`, `offset`, `mean`, `variance`;
 * outputs the gradients by x, scale and offset.
 */
export const batchNormBackwardKernel: WasmKernel = ({ inputs, attrs, backend }) => {
  const { dy, x, scale, offset, mean, variance } = inputs;
  const outputs = [x.shape, scale.shape, scale.shape].map((shape) => allocate(backend, shape));
  const [dys, xs, scales, offsets, means, variances, dx, dScale, dOffset] = [
    ...[dy, x, scale, offset, mean, variance],
    ...outputs,
  ].map((tensor) => valuesOf(backend, tensor));
  const sizes = sizesOf(x.shape, attrs);
  batchNormBackward(dys, xs, scales, offsets, means, variances, sizes, dx, dScale, dOffset);
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
