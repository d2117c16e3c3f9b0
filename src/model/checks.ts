import * as tf from "@tensorflow/tfjs";
import { checkedLabels, type Labels } from "../numerics/labels";

/**
 * Rejects a tensor that is not a batch.
 *
 * @param what Name of the tensor, for the error.
 * @throws {RangeError} If it is not N x dim, float32, with N and dim of 1 or more.
 */
export function checkBatch(values: tf.Tensor2D, what: string): void {
  if (values.rank !== 2 || values.dtype !== "float32" || values.size === 0)
    throw new RangeError(
      `expected float32 ${what} N x dim, N and dim of 1 or more, ` +
        `got ${values.dtype} of shape [${values.shape}]`,
    );
}

/**
 * Labels of a batch, one per example, as a tensor. They are checked on the host, because checking a
 * tensor would wait for a GPU.
 *
 * @param count Number of examples in the batch.
 * @returns `count` int32 values, which the caller disposes of.
 * @throws {RangeError} If they are not `count` labels from 0 to classCount - 1.
 */
export function labelTensor(labels: Labels, count: number, classCount: number): tf.Tensor1D {
  return tf.tensor1d(Int32Array.from(checkedBatchLabels(labels, count, classCount)), "int32");
}

/**
 * Labels of a batch as numbers.
 *
 * @throws {RangeError} As {@link labelTensor}.
 */
export function checkedBatchLabels(
  labels: Labels,
  count: number,
  classCount: number,
): ArrayLike<number> {
  if (labels.length !== count)
    throw new RangeError(`expected ${count} labels, got ${labels.length}`);
  return checkedLabels(labels, classCount);
}
