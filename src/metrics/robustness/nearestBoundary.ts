import { logitGradients, type ClassifiedImages, type FlatImages } from "./classify";
import type { ImageLogits } from "../../model/imageLogits";
import { clipped, type PixelRange } from "./perturbation";

/** Precision of a logit in float32, relative to the larger of 1 and itself. */
const LOGIT_RESOLUTION = 2 ** -23;

/**
 * Step of each image to the nearest boundary of its class, with linearized boundaries: r = f_l w_l
 * / |w_l|^2 for the class l of the smallest f_l / |w_l|, where f_l = z_k - z_l, k is the image's
 * class and w_l the gradient of z_l - z_k with respect to the image.
 *
 * f_l is at least the rounding of a logit, so that an image on the boundary moves. A class with
 * gradient 0 is never the nearest; if there is no other class, the step is 0.
 *
 * With a range, pixels at its ends do not move outward: w_l is set to 0 there, so that the step
 * uses only pixels that can move. The paper has no range.
 *
 * @param outputs Outputs for the images.
 * @param classes The class k of each image.
 * @param others The classes l of each image, the same number for each.
 * @returns Same shape as the images.
 */
export async function nearestBoundary(
  logits: ImageLogits,
  images: FlatImages,
  outputs: Pick<ClassifiedImages, "logits" | "classCount">,
  classes: readonly number[],
  others: readonly (readonly number[])[],
  range: PixelRange | undefined,
): Promise<Float32Array> {
  const { count, size } = images;
  const { logits: values, classCount } = outputs;
  const ways = new Float32Array(count * size);
  const distances = new Float64Array(count).fill(Infinity);
  for (let rank = 0; rank < others[0].length; rank++) {
    const weights = new Float32Array(count * classCount);
    for (let n = 0; n < count; n++) {
      weights[n * classCount + others[n][rank]] = 1;
      weights[n * classCount + classes[n]] = -1;
    }
    const gradients = await logitGradients(logits, images, weights);
    const free = gradients.map((value, i) => (isStuck(images.values[i], value, range) ? 0 : value));
    for (let n = 0; n < count; n++) {
      const own = values[n * classCount + classes[n]];
      const known = LOGIT_RESOLUTION * Math.max(1, Math.abs(own));
      const gap = Math.max(known, own - values[n * classCount + others[n][rank]]);
      const gradient = free.subarray(n * size, (n + 1) * size);
      const squared = gradient.reduce((sum, value) => sum + value * value, 0);
      const distance = gap / Math.sqrt(squared);
      if (distance >= distances[n]) continue;
      distances[n] = distance;
      gradient.forEach((value, i) => (ways[n * size + i] = (gap / squared) * value));
    }
  }
  return ways;
}

/** Whether a value is at the end of the range that a direction points out of. */
function isStuck(value: number, direction: number, range: PixelRange | undefined): boolean {
  return range !== undefined && clipped(value + Math.sign(direction), range) === value;
}
