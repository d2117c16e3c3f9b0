import * as tf from "@tensorflow/tfjs";
import {
  BATCH_NORM_BACKWARD,
  BATCH_NORM_FORWARD,
  BATCH_NORM_POOL_BACKWARD,
  BATCH_NORM_POOL_FORWARD,
} from "../kernels/batchNormKernels";
import { runsInSimd } from "../kernels/simd";

/** Result of batch normalization in training. */
export interface BatchNormResult {
  /** Normalized and rectified values in the shape of x, or pooled. */
  readonly y: tf.Tensor4D;
  /** Mean of the batch per channel. */
  readonly mean: tf.Tensor1D;
  /** Population variance of the batch per channel. */
  readonly variance: tf.Tensor1D;
}

/** Constant under the root, as in PyTorch. */
export const BATCH_NORM_EPSILON = 1e-5;

/** Slope of the leaky ReLU below zero in both networks. */
export const LEAKY_SLOPE = 0.1;

/**
 * Batch normalization by the batch's own statistics, then leaky ReLU, differentiable in x, scale
 * and offset: one fused kernel if the backend has it, else composed of tfjs operations.
 *
 * An image that stands for several equal ones counts `copies` times in mean and variance: the batch
 * with each image repeated has the same statistics, values and gradients (those by x summed over
 * the copies).
 *
 * @param x N x H x W x C.
 * @param copies Number of times that each of the N images counts; 1 by default.
 * @see Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
 */
export function batchNormLeakyRelu(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  copies?: tf.Tensor1D,
): BatchNormResult {
  const fused = tf.getKernel(BATCH_NORM_FORWARD, tf.getBackend()) !== undefined;
  return fused
    ? runFused(BATCH_NORM_FORWARD, x, scale, offset, copies)
    : compose(x, scale, offset, copies);
}

/**
 * {@link batchNormLeakyRelu}, then max pooling by 2 x 2 with stride 2 (an odd last row or column is
 * left out): in one pass over memory if the backend has SIMD kernels for it.
 */
export function batchNormLeakyReluMaxPool(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  copies?: tf.Tensor1D,
): BatchNormResult {
  if (runsInSimd(BATCH_NORM_POOL_FORWARD))
    return runFused(BATCH_NORM_POOL_FORWARD, x, scale, offset, copies);
  const result = batchNormLeakyRelu(x, scale, offset, copies);
  return { ...result, y: tf.maxPool(result.y, 2, 2, "valid") };
}

function runFused(
  kernel: string,
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  copies?: tf.Tensor1D,
): BatchNormResult {
  const attrs = { epsilon: BATCH_NORM_EPSILON, slope: LEAKY_SLOPE };
  // tfjs saves inputs by name and cannot leave one out, so an empty tensor stands for a missing
  // one.
  const inputs = { x, scale, offset, copies: copies ?? tf.tensor1d([]) };
  const [y, mean, variance] = tf.engine().runKernel<tf.Tensor[]>(kernel, inputs, attrs);
  return { y: y as tf.Tensor4D, mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D };
}

function compose(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  copies?: tf.Tensor1D,
): BatchNormResult {
  const { mean, variance } =
    copies === undefined ? tf.moments(x, [0, 1, 2]) : weightedMoments(x, copies);
  const inverse = tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON));
  const normalized = tf.mul(tf.sub(x, mean), inverse);
  const y = tf.leakyRelu(tf.add(tf.mul(normalized, scale), offset), LEAKY_SLOPE) as tf.Tensor4D;
  return { y, mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D };
}

/** Mean and population variance over images and pixels, each image counted `copies` times. */
function weightedMoments(x: tf.Tensor4D, copies: tf.Tensor1D) {
  const [count, height, width] = x.shape;
  const shares = tf.div(copies, tf.mul(tf.sum(copies), height * width));
  const weights = tf.reshape(shares, [count, 1, 1, 1]);
  const mean = tf.sum(tf.mul(x, weights), [0, 1, 2]);
  return { mean, variance: tf.sum(tf.mul(tf.square(tf.sub(x, mean)), weights), [0, 1, 2]) };
}

for (const [kernelName, gradient] of [
  [BATCH_NORM_FORWARD, BATCH_NORM_BACKWARD],
  [BATCH_NORM_POOL_FORWARD, BATCH_NORM_POOL_BACKWARD],
])
  tf.registerGradient({
    kernelName,
    inputsToSave: ["x", "scale", "offset", "copies"],
    outputsToSave: [false, true, true],
    gradFunc: (dy, saved, attrs) => {
      const [x, scale, offset, copies, mean, variance] = saved;
      const inputs = { dy: (dy as tf.Tensor[])[0], x, scale, offset, mean, variance, copies };
      const [dx, dScale, dOffset] = tf.tidy(() =>
        tf.engine().runKernel<tf.Tensor[]>(gradient, inputs, attrs),
      );
      return { x: () => dx, scale: () => dScale, offset: () => dOffset };
    },
  });
