import type * as tf from "@tensorflow/tfjs";
import { checkLabels } from "../collapse/labels";

/**
 * Refuses a tensor that is not a batch.
 *
 * @param what Of the tensor, for the error.
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
 * The labels of a batch, one an example.
 *
 * @param count Of the batch's examples.
 * @throws {RangeError} If they are not `count` int32 labels from 0 to classCount - 1.
 */
export function checkedLabels(labels: tf.Tensor1D, count: number, classCount: number): Int32Array {
  if (labels.dtype !== "int32" || labels.rank !== 1 || labels.size !== count)
    throw new RangeError(
      `expected ${count} int32 labels, got ${labels.dtype} of shape [${labels.shape}]`,
    );
  const values = labels.dataSync<"int32">();
  checkLabels(values, classCount);
  return values;
}
