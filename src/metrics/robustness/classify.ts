import * as tf from "@tensorflow/tfjs";
import { checkedLabels, type Labels } from "../../numerics/labels";
import { predictedClasses } from "../collapse/nearestClassCenter";
import { takeRows } from "../../numerics/takeRows";
import type { ImageLogits } from "../../model/imageLogits";

/** Images as flat arrays. */
export interface FlatImages {
  /** N x height x width x channels, row-major. */
  readonly values: Float32Array;
  readonly count: number;
  readonly imageShape: readonly [height: number, width: number, channels: number];
  /** Number of values of an image. */
  readonly size: number;
}

/** Predictions of a classifier for images. */
export interface ClassifiedImages {
  /** N x classCount, row-major. */
  readonly logits: Float32Array;
  readonly classCount: number;
  /** Class of the largest logit; the first in case of ties. */
  readonly classes: Int32Array;
}

/**
 * Values of images.
 *
 * @throws {RangeError} If there is no image, or a value is not finite.
 */
export async function flatImages(images: tf.Tensor4D): Promise<FlatImages> {
  const [count, ...imageShape] = images.shape;
  const values = await images.data<"float32">();
  if (values.length === 0) throw new RangeError(`expected images, got shape [${images.shape}]`);
  checkFinite(values, "images");
  return { values, count, imageShape, size: values.length / count };
}

/** Copies of some of the images. */
export function takeImages(images: FlatImages, rows: readonly number[]): FlatImages {
  return { ...images, values: takeRows(images.values, images.size, rows), count: rows.length };
}

/**
 * Logits and classes of images.
 *
 * @throws {RangeError} If there are fewer than 2 classes, or a logit is not finite.
 */
export async function classified(
  logits: ImageLogits,
  images: FlatImages,
): Promise<ClassifiedImages> {
  const outputs = tf.tidy(() => logits(imagesTensor(images)));
  const values = await outputs.data<"float32">();
  outputs.dispose();
  const classCount = values.length / images.count;
  if (classCount < 2) throw new RangeError(`expected 2 classes or more, got ${classCount}`);
  return { logits: values, classCount, classes: predictedClasses(values, classCount) };
}

/**
 * Gradients with respect to the images of a weighted sum of each image's own logits.
 *
 * @param weights N x classCount, row-major.
 * @returns Same shape as the images.
 * @throws {RangeError} If a gradient is not finite.
 */
export async function logitGradients(
  logits: ImageLogits,
  images: FlatImages,
  weights: Float32Array,
): Promise<Float32Array> {
  const gradients = tf.tidy(() => {
    const sum = (x: tf.Tensor) => {
      const outputs = logits(x as tf.Tensor4D);
      return tf.sum(tf.mul(outputs, tf.tensor2d(weights, outputs.shape)));
    };
    return tf.grad(sum)(imagesTensor(images));
  });
  const values = await gradients.data<"float32">();
  gradients.dispose();
  checkFinite(values, "gradients");
  return values;
}

/**
 * Rejects labels that are not one class index per image.
 *
 * @returns The labels as numbers.
 * @throws {RangeError} If their number is wrong, or a label is out of range.
 */
export function checkedImageLabels(
  labels: Labels,
  { count }: FlatImages,
  classCount: number,
): ArrayLike<number> {
  if (labels.length !== count)
    throw new RangeError(`expected ${count} labels, one per image, got ${labels.length}`);
  return checkedLabels(labels, classCount);
}

function checkFinite(values: Float32Array, what: string): void {
  const odd = values.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0) throw new RangeError(`expected finite ${what}, got ${values[odd]} at value ${odd}`);
}

function imagesTensor({ values, count, imageShape }: FlatImages): tf.Tensor4D {
  return tf.tensor4d(values, [count, ...imageShape]);
}
