/**
 * Labelled images, as bytes: a quarter of the memory of floats; they become floats a batch at a time.
 */
export interface ImageSet {
  /** N x height x width x channels, row-major, 0 to 255. */
  readonly pixels: Uint8Array;
  /** N class indices, 0 to classCount - 1. */
  readonly labels: Uint8Array;
  /** Height, width, channels of one image. */
  readonly imageShape: readonly [height: number, width: number, channels: number];
  readonly classCount: number;
}

/**
 * The examples of some rows, in the order of the rows; repeated rows are repeated.
 *
 * @throws {RangeError} If a row is not a whole number from 0 to N - 1.
 */
export function selectExamples(set: ImageSet, rows: ArrayLike<number>): ImageSet {
  const size = set.pixels.length / set.labels.length;
  const pixels = new Uint8Array(rows.length * size);
  const labels = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!Number.isInteger(row) || row < 0 || row >= set.labels.length)
      throw new RangeError(`expected rows from 0 to ${set.labels.length - 1}, got ${row} at position ${i}`);
    pixels.set(set.pixels.subarray(row * size, (row + 1) * size), i * size);
    labels[i] = set.labels[row];
  }
  return { ...set, pixels, labels };
}
