import * as tf from "@tensorflow/tfjs";
import { BATCH_NORM_BACKWARD, BATCH_NORM_FORWARD } from "../kernels/batchNormKernels";

/** What batch normalisation gives in training. */
export interface BatchNormResult {
  /** The normalised and rectified values, of the shape of x. */
  readonly y: tf.Tensor4D;
  /** The batch's mean, a channel each. */
  readonly mean: tf.Tensor1D;
  /** The batch's population variance, a channel each. */
  readonly variance: tf.Tensor1D;
}

/** The constant under the root, as in PyTorch. */
export const BATCH_NORM_EPSILON = 1e-5;

/** Slope of the leaky ReLU below zero in both networks. */
export const LEAKY_SLOPE = 0.1;

/**
 * Batch normalisation by the batch's own statistics, then leaky ReLU, differentiable in x, scale
 * and offset: one fused kernel where the backend has it, composed of tfjs operations elsewhere.
 *
 * @param x N x H x W x C.
 * @see Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
 */
export function batchNormLeakyRelu(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
): BatchNormResult {
  const fused = tf.getKernel(BATCH_NORM_FORWARD, tf.getBackend()) !== undefined;
  return fused ? runFused(x, scale, offset) : compose(x, scale, offset);
}

function runFused(x: tf.Tensor4D, scale: tf.Tensor1D, offset: tf.Tensor1D): BatchNormResult {
  const attrs = { epsilon: BATCH_NORM_EPSILON, slope: LEAKY_SLOPE };
  const inputs = { x, scale, offset };
  const [y, mean, variance] = tf.engine().runKernel<tf.Tensor[]>(BATCH_NORM_FORWARD, inputs, attrs);
  return { y: y as tf.Tensor4D, mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D };
}

function compose(x: tf.Tensor4D, scale: tf.Tensor1D, offset: tf.Tensor1D): BatchNormResult {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  const inverse = tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON));
  const normalized = tf.mul(tf.sub(x, mean), inverse);
  const y = tf.leakyRelu(tf.add(tf.mul(normalized, scale), offset), LEAKY_SLOPE) as tf.Tensor4D;
  return { y, mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D };
}

tf.registerGradient({
  kernelName: BATCH_NORM_FORWARD,
  inputsToSave: ["x", "scale", "offset"],
  outputsToSave: [false, true, true],
  gradFunc: (dy, saved, attrs) => {
    const [x, scale, offset, mean, variance] = saved;
    const inputs = { dy: (dy as tf.Tensor[])[0], x, scale, offset, mean, variance };
    const [dx, dScale, dOffset] = tf.tidy(() =>
      tf.engine().runKernel<tf.Tensor[]>(BATCH_NORM_BACKWARD, inputs, attrs),
    );
    return { x: () => dx, scale: () => dScale, offset: () => dOffset };
  },
});
