import type * as tf from "@tensorflow/tfjs";
import type { ImageLogits } from "../../model/imageLogits";
import type { Labels } from "../../numerics/labels";
import {
  checkedImageLabels,
  classified,
  flatImages,
  logitGradients,
  type ClassifiedImages,
  type FlatImages,
} from "./classify";
import {
  checkedRange,
  clipped,
  perturbationNorms,
  type PerturbationNorms,
  type PixelRange,
} from "./perturbation";

/** Options of the fast gradient sign method. */
export interface FastGradientOptions {
  /** Range of pixel values, such as [0, 1]; unlimited by default. */
  readonly pixelRange?: PixelRange;
}

/** Images perturbed by the fast gradient sign method. */
export interface FastGradientResult extends PerturbationNorms {
  /** N x height x width x channels. */
  readonly perturbed: Float32Array;
  /** Accuracy on the perturbed images. */
  readonly accuracy: number;
}

/**
 * The fast gradient sign method: x + epsilon sign(gradient of the cross entropy with respect to x).
 *
 * The cross entropy is log(1 + e^u) with u = log(sum over k other than the label of e^(z_k)) less
 * the label's z: it increases with u, so the sign of u's gradient is used. The gradient of the
 * cross entropy itself is lost to rounding if the network is confident, as it is late in training.
 *
 * @param images N x height x width x channels, unchanged.
 * @param labels N class indices.
 * @param epsilon The largest change of a pixel, 0 or more. Pixels with gradient 0 do not change.
 * @throws {RangeError} If there is no image, fewer than 2 classes, a value or a logit that is not
 *   finite, labels that do not fit, images outside `pixelRange`, or an epsilon that is negative or
 *   not finite.
 * @see Goodfellow, Shlens, Szegedy 2014, section 4, https://arxiv.org/abs/1412.6572
 */
export async function fastGradientSign(
  logits: ImageLogits,
  images: tf.Tensor4D,
  labels: Labels,
  epsilon: number,
  { pixelRange }: FastGradientOptions = {},
): Promise<FastGradientResult> {
  if (!(epsilon >= 0 && epsilon < Infinity))
    throw new RangeError(`expected an epsilon of 0 or more, got ${epsilon}`);
  const flat = await flatImages(images);
  const range = checkedRange(flat.values, pixelRange);
  const outputs = await classified(logits, flat);
  const numbers = checkedImageLabels(labels, flat, outputs.classCount);
  const signs = await gradientSigns(logits, flat, outputs, numbers);
  const perturbed = movedImages(flat, signs, () => epsilon, range);
  const { classes } = await classified(logits, perturbed);
  const correct = classes.filter((own, n) => own === numbers[n]).length;
  return {
    ...perturbationNorms(flat, perturbed.values),
    perturbed: perturbed.values,
    accuracy: correct / perturbed.count,
  };
}

/**
 * Signs of the gradients of u with respect to the images: the directions of the perturbations.
 *
 * @returns -1, 0 or 1, in the shape of the images.
 */
export async function gradientSigns(
  logits: ImageLogits,
  images: FlatImages,
  outputs: ClassifiedImages,
  labels: ArrayLike<number>,
): Promise<Float32Array> {
  const gradients = await logitGradients(logits, images, confusionWeights(outputs, labels));
  return gradients.map(Math.sign);
}

/**
 * Derivatives of u with respect to the logits: the other classes' softmax without the label's, -1
 * there.
 */
function confusionWeights(
  { logits, classCount }: ClassifiedImages,
  labels: ArrayLike<number>,
): Float32Array {
  const weights = new Float32Array(logits.length);
  for (let start = 0, n = 0; start < logits.length; start += classCount, n++) {
    const own = Array.from(logits.subarray(start, start + classCount));
    const largest = Math.max(...own.filter((_, k) => k !== labels[n]));
    const shares = own.map((z, k) => (k === labels[n] ? 0 : Math.exp(z - largest)));
    const total = shares.reduce((sum, share) => sum + share, 0);
    shares.forEach((share, k) => (weights[start + k] = k === labels[n] ? -1 : share / total));
  }
  return weights;
}

/** Images perturbed by one epsilon each: x + epsilon sign, clipped to the range. */
export function movedImages(
  images: FlatImages,
  signs: Float32Array,
  epsilon: (row: number) => number,
  range: PixelRange | undefined,
): FlatImages {
  const values = images.values.map((value, i) =>
    clipped(value + epsilon(Math.floor(i / images.size)) * signs[i], range),
  );
  return { ...images, values };
}
