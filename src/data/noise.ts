import type { ImageSet } from "./imageSet";
import type { Random } from "../numerics/random";

/**
 * Images of independent pixels, each of the 256 values equally likely.
 *
 * @param like Set that defines shape, class count and normalization.
 * @returns Images with the label 0, which has no meaning.
 * @throws {RangeError} If `count` is not a whole number from 1.
 */
export function noiseImages(count: number, like: ImageSet, random: Random): ImageSet {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`expected 1 image or more, got ${count}`);
  const [height, width, channels] = like.imageShape;
  const pixels = new Uint8Array(count * height * width * channels);
  return { ...like, pixels: pixels.map(() => random.integer(256)), labels: new Uint8Array(count) };
}
