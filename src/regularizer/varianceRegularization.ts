import * as tf from "@tensorflow/tfjs";
import { checkBatch } from "../model/checks";

/**
 * VR: the sum over units of v_i, the variance of unit i in the batch, with 1/N; the trace of the
 * covariance. Zero if and only if all examples have the same features.
 *
 * @param features N x dim, float32.
 * @returns In the squared unit of `features`; differentiable, not finite where they are not.
 * @throws {RangeError} If there are no features, or they are not float32 N x dim.
 * @see Choi and Rhee 2019, https://arxiv.org/abs/1809.09307
 */
export function varianceRegularization(features: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => tf.sum(unitVariances(features)));
}

/** Variance of each unit in the batch, dim values, with 1/N. */
function unitVariances(features: tf.Tensor2D): tf.Tensor1D {
  checkBatch(features, "features");
  const centered = tf.sub(features, tf.mean(features, 0, true));
  return tf.mean(tf.square(centered), 0);
}
