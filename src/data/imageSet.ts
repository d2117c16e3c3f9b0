/**
 * Labeled images as bytes, which need a quarter of the memory of floats; batches are converted to
 * floats.
 */
export interface ImageSet {
  /** N x height x width x channels, row-major, 0 to 255. */
  readonly pixels: Uint8Array;
  /** N class indices, 0 to classCount - 1. */
  readonly labels: Uint8Array;
  /** Height, width, channels of one image. */
  readonly imageShape: readonly [height: number, width: number, channels: number];
  readonly classCount: number;
  /** Map from pixel / 255 to the network's input; absent if the network takes pixel / 255 itself. */
  readonly normalization?: Normalization;
}

/** Labeled images that a run trains on, and its test images. */
export interface TrainingData {
  readonly train: ImageSet;
  readonly test: ImageSet;
  /** Held-out images, if there are any. */
  readonly validation?: ImageSet;
}

/** Values per channel: `mean` is subtracted from pixel / 255, the rest divided by `populationStd`. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly populationStd: readonly number[];
}

/**
 * Bytes in one image of the set: height x width x channels.
 *
 * @throws {RangeError} If the set does not contain exactly one such image per label.
 */
export function imageSize(set: ImageSet): number {
  const [height, width, channels] = set.imageShape;
  const size = height * width * channels;
  const expected = set.labels.length * size;
  if (set.pixels.length !== expected)
    throw new RangeError(
      `expected ${expected} pixels for ${set.labels.length} images of ` +
        `${height} x ${width} x ${channels}, got ${set.pixels.length}`,
    );
  return size;
}

/**
 * Checks that a value in a list of rows is a row of a set.
 *
 * @throws {RangeError} If it is not a whole number from 0 to `rowCount` - 1.
 */
export function checkRow(rows: ArrayLike<number>, position: number, rowCount: number): void {
  const row = rows[position];
  if (!Number.isInteger(row) || row < 0 || row >= rowCount)
    throw new RangeError(
      `expected rows from 0 to ${rowCount - 1}, got ${row} at position ${position}`,
    );
}

/**
 * Examples of some rows, in the order of the rows, which may repeat.
 *
 * @throws {RangeError} If a row is not a whole number from 0 to N - 1.
 */
export function selectExamples(set: ImageSet, rows: ArrayLike<number>): ImageSet {
  const size = imageSize(set);
  const pixels = new Uint8Array(rows.length * size);
  const labels = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    checkRow(rows, i, set.labels.length);
    pixels.set(set.pixels.subarray(rows[i] * size, (rows[i] + 1) * size), i * size);
    labels[i] = set.labels[rows[i]];
  }
  return { ...set, pixels, labels };
}

/** Rows of a whole set, 0 to N - 1. */
export function allRows({ labels }: ImageSet): Uint32Array {
  return Uint32Array.from({ length: labels.length }, (_, row) => row);
}
