import * as tf from "@tensorflow/tfjs";
import { CROSS_ENTROPY } from "../kernels/crossEntropyKernels";
import { runsInSimd } from "../kernels/simd";
import type { Labels } from "../numerics/labels";
import { checkBatch, labelTensor } from "./checks";

/**
 * Mean over examples of ln(sum over k of exp(logit_k)) - logit_label, in nats, differentiable in
 * the logits: one kernel on the wasm backend, else composed of tfjs operations.
 *
 * @param logits N x C.
 * @param labels N class indices from 0 to C - 1, int32.
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => {
    if (!runsInSimd(CROSS_ENTROPY))
      return tf.losses.softmaxCrossEntropy(tf.oneHot(labels, logits.shape[1]), logits);
    const inputs = { logits, labels };
    return tf.engine().runKernel<tf.Tensor[]>(CROSS_ENTROPY, inputs)[0] as tf.Scalar;
  });
}

/**
 * Cross entropy with label smoothing: mean over examples of - sum over k of q_k ln p_k, in nats,
 * with p the softmax of the logits and q_k = (1 - s) [k = label] + s / C.
 *
 * It replaces the cross entropy, and with smoothing 0 it equals {@link softmaxCrossEntropy} to the
 * last bit. Its minimum is the entropy of q, not 0.
 *
 * @param logits N x C, float32.
 * @param labels N class indices from 0 to C - 1.
 * @param smoothing s, from 0 to 1; 0.1 in the paper.
 * @returns Differentiable in the logits.
 * @throws {RangeError} If logits, labels or smoothing are out of range.
 * @see Szegedy et al. 2016, section 7, https://arxiv.org/abs/1512.00567
 */
export function smoothedCrossEntropy(
  logits: tf.Tensor2D,
  labels: Labels,
  smoothing: number,
): tf.Scalar {
  checkBatch(logits, "logits");
  const [count, classCount] = logits.shape;
  if (!(smoothing >= 0 && smoothing <= 1))
    throw new RangeError(`expected a smoothing from 0 to 1, got ${smoothing}`);
  return tf.tidy(() => {
    const indices = labelTensor(labels, count, classCount);
    if (smoothing === 0) return softmaxCrossEntropy(logits, indices);
    const classes = tf.cast(tf.oneHot(indices, classCount), "float32");
    const targets = tf.add(tf.mul(classes, 1 - smoothing), smoothing / classCount);
    return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1))) as tf.Scalar;
  });
}

tf.registerGradient({
  kernelName: CROSS_ENTROPY,
  outputsToSave: [false, true],
  gradFunc: (dy, [gradient]) => ({ logits: () => tf.mul(gradient, (dy as tf.Tensor[])[0]) }),
});
