import * as tf from "@tensorflow/tfjs";
import { rowsByClass } from "../numerics/classes";
import type { Labels } from "../numerics/labels";
import { checkBatch, checkedBatchLabels } from "../model/checks";
import { decov } from "./decov";
import { varianceRegularization } from "./varianceRegularization";

/**
 * cw-CR: the sum over classes k, over units i != j, of (c_ij^k)^2, with c^k the covariance of the
 * batch's examples of class k, with 1 / n_k. Zero if and only if no two units correlate in a class.
 *
 * A class with at most one example in the batch adds 0. Classes count equally, whatever their
 * number of examples; there is no division by the number of classes or units.
 *
 * @param features N x dim, float32.
 * @param labels N class indices from 0 to classCount - 1.
 * @returns In the unit of `features` to the fourth; differentiable in `features`, not finite where
 *   they are not.
 * @throws {RangeError} If features or labels are invalid.
 * @see Choi and Rhee 2019, https://arxiv.org/abs/1809.09307
 */
export function classWiseCovariance(
  features: tf.Tensor2D,
  labels: Labels,
  classCount: number,
): tf.Scalar {
  return tf.tidy(() => tf.mul(sumOverClasses(decov, features, labels, classCount), 2));
}

/**
 * cw-VR: the sum over classes k, over units i, of v_i^k, the variance of unit i among the batch's
 * examples of class k, with 1 / n_k. Zero if and only if each class has collapsed to a point.
 *
 * Classes add as in {@link classWiseCovariance}.
 *
 * @returns In the squared unit of `features`; differentiable in `features`.
 * @throws {RangeError} As {@link classWiseCovariance}.
 * @see Choi and Rhee 2019, https://arxiv.org/abs/1809.09307
 */
export function classWiseVariance(
  features: tf.Tensor2D,
  labels: Labels,
  classCount: number,
): tf.Scalar {
  return sumOverClasses(varianceRegularization, features, labels, classCount);
}

/** Sum over the classes in the batch of a penalty on each class's examples. */
function sumOverClasses(
  penalty: (features: tf.Tensor2D) => tf.Scalar,
  features: tf.Tensor2D,
  labels: Labels,
  classCount: number,
): tf.Scalar {
  checkBatch(features, "features");
  const own = checkedBatchLabels(labels, features.shape[0], classCount);
  return tf.tidy(() => {
    const penalties = [...rowsByClass(own).values()].map((rows) =>
      penalty(tf.gather(features, tf.tensor1d(Int32Array.from(rows), "int32"))),
    );
    return tf.addN(penalties);
  });
}
