import { selectExamples, type ImageSet } from "./imageSet";
import type { Random } from "../numerics/random";

/** crop: random shift over a border of zeros; cropFlip: also mirrors half of the images. */
export type Augmentation = "none" | "crop" | "cropFlip";

/** Width of the border of zeros on each side of an image. */
const PADDING = 4;

/**
 * Augmented examples: each is a random crop, in the original size, of the image padded with 4
 * zeros; "cropFlip" then mirrors it left to right with probability 1/2. The zeros are black pixels,
 * added before normalization, as in torchvision's `RandomCrop(size, padding=4)` on a PIL image.
 *
 * @param rows Rows of the set; each copy of a repeated row is augmented separately.
 * @param random Gives each example a row offset, a column offset and, for "cropFlip", a side.
 * @returns Copies of the examples in the order of `rows`; for "none" unchanged, with nothing drawn.
 * @throws {RangeError} If a row is not one of the set.
 */
export function augmentedExamples(
  set: ImageSet,
  rows: ArrayLike<number>,
  augmentation: Augmentation,
  random: Random,
): ImageSet {
  const examples = selectExamples(set, rows);
  if (augmentation === "none") return examples;
  const size = examples.pixels.length / rows.length;
  for (let i = 0; i < rows.length; i++) {
    const image = examples.pixels.subarray(i * size, (i + 1) * size);
    const down = random.integer(2 * PADDING + 1) - PADDING;
    const right = random.integer(2 * PADDING + 1) - PADDING;
    const isFlipped = augmentation === "cropFlip" && random.integer(2) === 1;
    image.set(croppedImage(image, set.imageShape, down, right, isFlipped));
  }
  return examples;
}

/**
 * Part of an image, in its own size, that begins `down` rows and `right` columns after its corner,
 * padded with zeros; mirrored left to right if `isFlipped`.
 *
 * @param image Height x width x channels.
 */
export function croppedImage(
  image: Uint8Array,
  [height, width, channels]: ImageSet["imageShape"],
  down: number,
  right: number,
  isFlipped: boolean,
): Uint8Array {
  const cropped = new Uint8Array(image.length);
  for (let y = 0; y < height; y++) {
    const fromRow = y + down;
    if (fromRow < 0 || fromRow >= height) continue;
    for (let x = 0; x < width; x++) {
      const fromColumn = (isFlipped ? width - 1 - x : x) + right;
      if (fromColumn < 0 || fromColumn >= width) continue;
      const [to, from] = [y * width + x, fromRow * width + fromColumn];
      for (let c = 0; c < channels; c++) cropped[to * channels + c] = image[from * channels + c];
    }
  }
  return cropped;
}
