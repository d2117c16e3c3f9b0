import * as tf from "@tensorflow/tfjs";
import type { Normalization } from "../data/imageSet";
import type { Network } from "./network";

/** Classifier of images, N x height x width x channels to N x classCount, differentiable. */
export type ImageLogits = (images: tf.Tensor4D) => tf.Tensor2D;

/**
 * A network in evaluation mode as a function from images to logits.
 *
 * tfjs takes a fused convolution apart where a gradient is wanted, so the function is
 * differentiable in the images on every backend.
 *
 * @param normalization Applied to the images first, so that the function takes pixel / 255; without
 *   it, it takes the input of the network.
 */
export function imageLogits(network: Network, normalization?: Normalization): ImageLogits {
  if (normalization === undefined) return (images) => network.logits(network.features(images));
  const { mean, populationStd } = normalization;
  return (images) => {
    const centered = tf.sub(images, tf.tensor1d([...mean]));
    const normalized = tf.div<tf.Tensor4D>(centered, tf.tensor1d([...populationStd]));
    return network.logits(network.features(normalized));
  };
}
