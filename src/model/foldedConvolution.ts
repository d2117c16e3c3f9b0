import * as tf from "@tensorflow/tfjs";
import { CONVOLUTION_POOL } from "../kernels/convolutionPoolKernel";
import { runsInSimd } from "../kernels/simd";
import type { Layer } from "./architecture";
import { BATCH_NORM_EPSILON, LEAKY_SLOPE } from "./batchNormLeakyRelu";
import { pool } from "./pool";

/** Convolution for evaluation: running statistics are folded into the filter and the bias. */
export type FoldedConvolution = {
  readonly filter: tf.Tensor4D;
  readonly bias: tf.Tensor1D;
};

/** Parameters and running statistics of a batch normalization, per channel. */
export interface BatchNorm {
  readonly scale: tf.Tensor1D;
  readonly offset: tf.Tensor1D;
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

/** Convolution that equals another one followed by batch normalization with running statistics. */
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
 * Maps after the last layer in evaluation; `folded` contains the layers' convolutions, in order.
 */
export function throughFolded(
  images: tf.Tensor4D,
  allLayers: readonly Layer[],
  folded: readonly FoldedConvolution[],
): tf.Tensor4D {
  const layers = allLayers.filter((layer) => layer.kind !== "dropout");
  let [maps, block] = [images, 0];
  for (let i = 0; i < layers.length; i++) {
    const [layer, next] = layers.slice(i, i + 2);
    if (layer.kind !== "convolution") {
      maps = pool(maps, layer);
      continue;
    }
    const convolution = folded[block++];
    const isPooled = isPooledAtOnce(maps, next);
    const convolve = isPooled ? convolveAndPool : convolveFolded;
    maps = convolve(maps, convolution, layer.padding, next);
    if (isPooled) i++;
  }
  return maps;
}

/**
 * Number of input channels below which convolution and pool are faster in one pass than separately.
 */
const FEW_CHANNELS = 16;

/** Whether a fast kernel computes a convolution and its pool in one pass. */
function isPooledAtOnce(x: tf.Tensor4D, next: Layer | undefined): boolean {
  return (
    next?.kind === "maxPool" &&
    next.size === 2 &&
    x.shape[3] < FEW_CHANNELS &&
    runsInSimd(CONVOLUTION_POOL) &&
    // It has no gradient; tfjs does not use its own fused kernels for gradients either.
    tf.engine().state.gradientDepth === 0
  );
}

function convolveAndPool(
  x: tf.Tensor4D,
  { filter, bias }: FoldedConvolution,
  pad: "same" | "valid",
): tf.Tensor4D {
  const inputs = { x, filter, bias };
  return tf.engine().runKernel(CONVOLUTION_POOL, inputs, { pad, slope: LEAKY_SLOPE });
}

/**
 * Folded convolution with leaky ReLU. Rows and columns that the next pool leaves out may be
 * missing.
 *
 * @param next Layer that uses the result.
 */
function convolveFolded(
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

/** Padding, reduced by the part that only affects outputs that `next` leaves out. */
function paddingBefore(
  next: Layer | undefined,
  { shape: [, height, width] }: tf.Tensor4D,
  { shape: [filterHeight, filterWidth] }: tf.Tensor4D,
  padding: "same" | "valid",
): "same" | "valid" | tf.backend_util.ExplicitPadding {
  const isPooled = next?.kind === "maxPool" || next?.kind === "averagePool";
  // The tensorflow backend's gradients do not accept padding per side, and GPUs gain nothing here.
  if (padding === "valid" || !isPooled || tf.getBackend() !== "wasm") return padding;
  const sides = (length: number, taps: number): [number, number] => {
    const [before, after] = [Math.floor((taps - 1) / 2), Math.ceil((taps - 1) / 2)];
    return [before, Math.max(0, after - (length % next.size))];
  };
  return [[0, 0], sides(height, filterHeight), sides(width, filterWidth), [0, 0]];
}
