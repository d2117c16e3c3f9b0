import * as tf from "@tensorflow/tfjs";
import { checkRow, imageSize, type ImageSet, type Normalization } from "./imageSet";

/**
 * Images as the input of a model: float32 NHWC, pixel / 255 (torchvision's `ToTensor`), normalized
 * if the set has a normalization.
 *
 * @param rows Rows of the set, in order; they may repeat.
 * @param from The first position in `rows` to take.
 * @param to The position after the last.
 * @returns (to - from) x height x width x channels; the caller disposes of it.
 * @throws {RangeError} If `from` to `to` is not within `rows`, or a row is out of range.
 */
export function imageTensor(
  set: ImageSet,
  rows: ArrayLike<number>,
  from = 0,
  to = rows.length,
): tf.Tensor4D {
  if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to))
    throw new RangeError(`expected whole numbers 0 <= from <= to, got ${from} and ${to}`);
  if (to > rows.length)
    throw new RangeError(`expected to <= ${rows.length}, the number of rows, got ${to}`);
  const size = imageSize(set);
  const values = new Float32Array((to - from) * size);
  const tables = channelTables(set);
  for (let i = from; i < to; i++) {
    checkRow(rows, i, set.labels.length);
    const image = set.pixels.subarray(rows[i] * size, (rows[i] + 1) * size);
    const filled = values.subarray((i - from) * size, (i - from + 1) * size);
    for (const [c, table] of tables.entries())
      for (let j = c; j < size; j += tables.length) filled[j] = table[image[j]];
  }
  return tf.tensor4d(values, [to - from, ...set.imageShape]);
}

/** Network input of each of the 256 pixel values, for each channel, in float32. */
function channelTables({ imageShape, normalization }: ImageSet): Float32Array[] {
  return Array.from({ length: imageShape[2] }, (_, c) => {
    const [mean, std] = [normalization?.mean[c] ?? 0, normalization?.populationStd[c] ?? 1];
    return Float32Array.from({ length: 256 }, (_, pixel) => (pixel / 255 - mean) / std);
  });
}

/**
 * Mean and population standard deviation of pixel / 255 in each channel of a set.
 *
 * A constant channel gets standard deviation 1, so that it is normalized to 0.
 */
export function pixelStatistics(set: ImageSet): Normalization {
  const channels = set.imageShape[2];
  const count = set.pixels.length / channels;
  const [sums, squares] = [new Float64Array(channels), new Float64Array(channels)];
  set.pixels.forEach((pixel, i) => {
    sums[i % channels] += pixel;
    squares[i % channels] += pixel * pixel;
  });
  const mean = Array.from(sums, (sum) => sum / count / 255);
  // Whole numbers below 2^53, so the sums and their difference are exact.
  const std = Array.from(
    squares,
    (square, c) => Math.sqrt(square * count - sums[c] ** 2) / count / 255,
  );
  return { mean, populationStd: std.map((value) => value || 1) };
}

/** Rows of a batch without repetitions. */
export interface DistinctRows {
  /** In the order in which they first occur. */
  readonly rows: Uint32Array;
  /** Place in `rows` of each row of the batch. */
  readonly positions: Int32Array;
}

/** Distinct rows, and the index of each row among them. */
export function distinctRows(rows: ArrayLike<number>): DistinctRows {
  const found = new Map<number, number>();
  const positions = Int32Array.from(rows, (row) => {
    if (!found.has(row)) found.set(row, found.size);
    return found.get(row)!;
  });
  return { rows: Uint32Array.from(found.keys()), positions };
}
