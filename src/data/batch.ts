import * as tf from "@tensorflow/tfjs";
import { checkRow, imageSize, type ImageSet } from "./imageSet";

/** pixel / 255 in float32, for each of the 256 pixels. */
const UNIT_INTERVAL = Float32Array.from({ length: 256 }, (_, pixel) => pixel / 255);

/**
 * Images as a model takes them: float32 NHWC, pixel / 255 (torchvision's `ToTensor`).
 *
 * @param rows Rows of the set, in the order wanted; repeated rows are repeated.
 * @param from The first position in `rows` to take.
 * @param to The position after the last.
 * @returns (to - from) x height x width x channels; the caller disposes of it.
 * @throws {RangeError} If `from` to `to` is not a part of `rows`, or a row not one of the set.
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
  let filled = 0;
  for (let i = from; i < to; i++) {
    checkRow(rows, i, set.labels.length);
    const start = rows[i] * size;
    for (let j = start; j < start + size; j++) values[filled++] = UNIT_INTERVAL[set.pixels[j]];
  }
  return tf.tensor4d(values, [to - from, ...set.imageShape]);
}

/** The rows of a batch without repetitions. */
export interface DistinctRows {
  /** In the order in which they first occur. */
  readonly rows: Uint32Array;
  /** Of each row of the batch, where it stands in `rows`. */
  readonly positions: Int32Array;
}

/** The distinct rows among some, and which of them each is. */
export function distinctRows(rows: ArrayLike<number>): DistinctRows {
  const found = new Map<number, number>();
  const positions = Int32Array.from(rows, (row) => {
    if (!found.has(row)) found.set(row, found.size);
    return found.get(row)!;
  });
  return { rows: Uint32Array.from(found.keys()), positions };
}
