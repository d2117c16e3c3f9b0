import * as tf from "@tensorflow/tfjs";
import { connectivityLossKernel, type ConnectivityOptions } from "./connectivityLossLoops";

export { connectivityLossKernel, type ConnectivityOptions } from "./connectivityLossLoops";

/**
 * The connectivity loss of a step's features: L = (1 / subBatchCount) times the sum over
 * sub-batches, over their death times d, of shape(d - beta); differentiable once.
 *
 * The CPU computes the loss, the death times and the gradient.
 *
 * @param features (subBatchCount * subBatchSize) x dim, float32; sub-batches one after the other.
 * @param beta The target death time, >= 0, in the unit of `features`.
 * @param values Values of `features`, for an asynchronous backend; by default they are read here.
 * @returns The loss (the caller disposes of it), its value, and subBatchCount x (subBatchSize - 1)
 *   death times, ascending in each sub-batch (see `connectivityLossKernel` for zeros).
 * @throws {RangeError} If the features do not fall into equal sub-batches, are not float32 or not
 *   finite, or beta or an option is invalid.
 * @see Hofer et al. 2020, https://arxiv.org/abs/2002.04805
 */
export function connectivityLoss(
  features: tf.Tensor2D,
  beta: number,
  options: ConnectivityOptions,
  values?: Float32Array,
): { loss: tf.Scalar; value: number; deathTimes: Float32Array } {
  const { subBatchCount } = options;
  const [subBatchSize, dim] = subBatchShape(features, subBatchCount);
  const deathTimes = new Float32Array(subBatchCount * (subBatchSize - 1));
  let value = NaN;
  const op = tf.customGrad((input, save) => {
    const points = values ?? (input as tf.Tensor).dataSync<"float32">();
    const gradient = new Float32Array(points.length);
    value = connectivityLossKernel(
      points,
      subBatchCount,
      subBatchSize,
      dim,
      beta,
      options,
      deathTimes,
      gradient,
    );
    (save as tf.GradSaveFunc)([tf.tensor2d(gradient, features.shape)]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => saved[0].mul(dy);
    return { value: tf.scalar(value), gradFunc };
  });
  const loss = op(features) as tf.Scalar;
  return { loss, value: Math.fround(value), deathTimes };
}

/** Size and dimension of a sub-batch. */
function subBatchShape(features: tf.Tensor2D, subBatchCount: number): [number, number] {
  const [rows, dim] = features.shape;
  if (features.rank !== 2 || features.dtype !== "float32")
    throw new RangeError(
      `expected float32 features N x dim, got ${features.dtype} of shape [${features.shape}]`,
    );
  if (!Number.isInteger(subBatchCount) || subBatchCount < 1)
    throw new RangeError(`expected a sub-batch count of 1 or more, got ${subBatchCount}`);
  if (rows === 0 || rows % subBatchCount !== 0)
    throw new RangeError(
      `expected ${subBatchCount} sub-batches of one size, got features of ${rows} examples`,
    );
  return [rows / subBatchCount, dim];
}
