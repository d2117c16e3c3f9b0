import type * as tf from "@tensorflow/tfjs";
import type { Network } from "../model/network";

/** A classifier of images, N x height x width x channels to N x classCount, differentiable. */
export type ImageLogits = (images: tf.Tensor4D) => tf.Tensor2D;

/**
 * A network in evaluation mode as a function from images to logits.
 *
 * tfjs takes a fused convolution apart where a gradient is wanted, so the function is
 * differentiable in the images on every backend.
 */
export function imageLogits(network: Network): ImageLogits {
  return (images) => network.logits(network.features(images));
}
