import * as tf from "@tensorflow/tfjs";
import { checkBatch, labelTensor } from "../model/checks";
import type { Labels } from "../numerics/labels";

/** Step size of the centers in the paper's experiments. */
const CENTER_RATE = 0.5;

/**
 * Center loss: 1/2 mean over examples of |h - c_y|^2, with c_y the center of the example's class.
 *
 * The paper's is the sum over examples, N times this one; with the mean, as in the cross entropy,
 * its weight does not depend on the size of the batch.
 *
 * Centers start at 0. They are not differentiated: after a step, {@link moveCenters} moves them
 * toward the features of the step.
 *
 * @see Wen et al. 2016, https://doi.org/10.1007/978-3-319-46478-7_31
 */
export class CenterLoss {
  /** Centers, classCount x dim: state that is saved and restored with a run. */
  readonly centers: tf.Variable<tf.Rank.R2>;

  /**
   * @param rate The paper's alpha, from 0 (centers stay) to 1.
   * @throws {RangeError} If a size is not a whole number of 1 or more, or the rate is invalid.
   */
  constructor(
    classCount: number,
    dim: number,
    private readonly rate = CENTER_RATE,
  ) {
    if (![classCount, dim].every((size) => Number.isSafeInteger(size) && size > 0))
      throw new RangeError(`expected a class count and a dimension, got ${classCount} and ${dim}`);
    if (!(rate >= 0 && rate <= 1)) throw new RangeError(`expected a rate from 0 to 1, got ${rate}`);
    const zeros = () => tf.variable(tf.zeros<tf.Rank.R2>([classCount, dim]), false);
    this.centers = tf.tidy(zeros);
  }

  /**
   * Loss in the squared unit of `features`, differentiable in them.
   *
   * @param features N x dim, float32.
   * @param labels N class indices.
   * @throws {RangeError} If they are invalid.
   */
  loss(features: tf.Tensor2D, labels: Labels): tf.Scalar {
    return tf.tidy(() => {
      const indices = this.checked(features, labels);
      const offsets = tf.sub(features, tf.gather(this.centers, indices));
      return tf.div(tf.sum(tf.square(offsets)), 2 * features.shape[0]);
    });
  }

  /**
   * Moves the center of each class j with n_j examples: c_j <- c_j - alpha sum over its examples of
   * (c_j - h) / (1 + n_j).
   *
   * If a center would not be finite, no center moves: the loss of such features is not finite
   * either.
   *
   * @param features N x dim, float32: those of the loss.
   * @param labels N class indices.
   * @throws {RangeError} If they are invalid; no center moves then.
   */
  moveCenters(features: tf.Tensor2D, labels: Labels): void {
    tf.tidy(() => {
      const indices = this.checked(features, labels);
      const [classCount] = this.centers.shape;
      const sumByClass = <T extends tf.Tensor>(values: T) =>
        tf.unsortedSegmentSum(values, indices, classCount);
      const offsets = sumByClass(tf.sub(tf.gather(this.centers, indices), features));
      const counts = sumByClass(tf.ones([features.shape[0], 1]));
      const moved = tf.sub(this.centers, tf.mul(tf.div(offsets, tf.add(counts, 1)), this.rate));
      // No error here: waiting for the values would stall a GPU.
      const isFinite = tf.all(tf.isFinite(moved));
      this.centers.assign(tf.where(isFinite, moved, this.centers) as tf.Tensor2D);
    });
  }

  /** Labels as a tensor. */
  private checked(features: tf.Tensor2D, labels: Labels): tf.Tensor1D {
    checkBatch(features, "features");
    const [classCount, dim] = this.centers.shape;
    if (features.shape[1] !== dim)
      throw new RangeError(`expected features of dimension ${dim}, got ${features.shape[1]}`);
    return labelTensor(labels, features.shape[0], classCount);
  }

  /** Frees the centers. The loss cannot be used afterwards. */
  dispose(): void {
    this.centers.dispose();
  }
}
