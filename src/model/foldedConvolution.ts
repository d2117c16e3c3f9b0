import * as tf from "@tensorflow/tfjs";
import type { Layer } from "./architecture";
import { BATCH_NORM_EPSILON, LEAKY_SLOPE } from "./batchNormLeakyRelu";

/** A convolution in evaluation: running statistics folded into the filter and the bias. */
export type FoldedConvolution = {
  readonly filter: tf.Tensor4D;
  readonly bias: tf.Tensor1D;
};

/** Parameters and running statistics of a batch normalization, a channel each. */
export interface BatchNorm {
  readonly scale: tf.Tensor1D;
  readonly offset: tf.Tensor1D;
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

/** The convolution that equals another with a batch normalization by running statistics after it. */
export function foldBatchNorm(
  { filter, bias }: FoldedConvolution,
  { scale, offset, mean, variance }: BatchNorm,
): FoldedConvolution {
  const inverse = tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON));
  const factor = tf.mul(scale, inverse);
  const shifted = tf.add<tf.Tensor1D>(tf.mul(tf.sub(bias, mean), factor), offset);
  return { filter: tf.mul(filter, factor), bias: shifted };
}

/**
 * A folded convolution through leaky ReLU, as far as the next layer looks at it: the last rows and
 * columns that a pool leaves out need not be there.
 *
 * @param next The layer that takes the result.
 */
export function convolveFolded(
  x: tf.Tensor4D,
  { filter, bias }: FoldedConvolution,
  padding: "same" | "valid",
  next: Layer | undefined,
): tf.Tensor4D {
  return tf.fused.conv2d({
    x,
    filter,
    bias,
    strides: 1,
    pad: paddingBefore(next, x, filter, padding),
    activation: "leakyrelu",
    leakyreluAlpha: LEAKY_SLOPE,
  });
}

/** Padding without what would only make outputs that `next` leaves out. */
function paddingBefore(
  next: Layer | undefined,
  { shape: [, height, width] }: tf.Tensor4D,
  { shape: [filterHeight, filterWidth] }: tf.Tensor4D,
  padding: "same" | "valid",
): "same" | "valid" | tf.backend_util.ExplicitPadding {
  const isPooled = next?.kind === "maxPool" || next?.kind === "averagePool";
  // The tensorflow backend's gradients take no padding by sides, and GPUs gain nothing here.
  if (padding === "valid" || !isPooled || tf.getBackend() !== "wasm") return padding;
  const sides = (length: number, taps: number): [number, number] => {
    const [before, after] = [Math.floor((taps - 1) / 2), Math.ceil((taps - 1) / 2)];
    return [before, Math.max(0, after - (length % next.size))];
  };
  return [[0, 0], sides(height, filterHeight), sides(width, filterWidth), [0, 0]];
}
