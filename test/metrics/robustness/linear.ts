import * as tf from "@tensorflow/tfjs";
import type { ImageLogits } from "../../../src/model/imageLogits";

/**
 * A linear classifier of images: logits W'x + b. Its distances are known.
 *
 * @param weights size x classCount, row-major.
 */
export function linearLogits(weights: ArrayLike<number>, bias: number[]): ImageLogits {
  const values = Float32Array.from(weights);
  return (images) => {
    const size = values.length / bias.length;
    const flat = tf.reshape(images, [images.shape[0], size]) as tf.Tensor2D;
    return tf.add(tf.matMul(flat, tf.tensor2d(values, [size, bias.length])), bias);
  };
}

/** Result of a computation on images, with a count of leaked tensors. */
export async function withImages<T>(
  values: ArrayLike<number>,
  shape: [number, number, number, number],
  compute: (images: tf.Tensor4D) => Promise<T>,
): Promise<{ result: T; leftBehind: number }> {
  const images = tf.tensor4d(Float32Array.from(values), shape);
  const before = tf.memory().numTensors;
  const result = await compute(images);
  const leftBehind = tf.memory().numTensors - before;
  images.dispose();
  return { result, leftBehind };
}
