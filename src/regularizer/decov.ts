import * as tf from "@tensorflow/tfjs";
import { checkBatch } from "../model/checks";

/**
 * DeCov: 1/2 (|C|_F^2 - |diag C|^2), the squared covariances of every pair of units, each pair
 * once. C = (1/N) sum over examples of (h - m)(h - m)' with m the batch's mean. Zero if and only if
 * no two units correlate in the batch.
 *
 * The CR of Choi and Rhee, the sum over i != j of c_ij^2, is twice this.
 *
 * @param features N x dim, float32.
 * @returns In the unit of `features` to the fourth; differentiable, not finite where they are not.
 * @throws {RangeError} If there are no features, or they are not float32 N x dim.
 * @see Cogswell et al. 2016, https://arxiv.org/abs/1511.06068
 */
export function decov(features: tf.Tensor2D): tf.Scalar {
  checkBatch(features, "features");
  return tf.tidy(() => {
    const others = tf.sub(1, tf.eye(features.shape[1]));
    // Masked, because subtracting two norms would lose digits.
    const covariances = tf.mul(batchCovariance(features), others);
    return tf.mul(tf.sum(tf.square(covariances)), 0.5);
  });
}

/** Covariance of a batch, dim x dim, with 1/N. */
function batchCovariance(features: tf.Tensor2D): tf.Tensor2D {
  const centered = tf.sub(features, tf.mean(features, 0, true));
  return tf.div(tf.matMul(centered, centered, true, false), features.shape[0]);
}
