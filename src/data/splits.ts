import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex } from "@noble/hashes/utils";
import { rowsByClass } from "../numerics/classes";
import type { Labels } from "../numerics/labels";
import { checkRow } from "./imageSet";
import { Random } from "../numerics/random";

/**
 * Random splits that label some rows and keep the proportions of the classes: the training rows of
 * scikit-learn's `StratifiedShuffleSplit(splitCount, train_size=labelCount)`. A smaller number of
 * splits with the same seed gives the first of them.
 *
 * A class of n of the N rows gets floor(labelCount * n / N) of them; the classes with the largest
 * fractional parts get one more until there are `labelCount`, ties drawn anew for each split. The
 * choice of rows within a class and the order of all rows are random.
 *
 * @param labels N class indices.
 * @returns `splitCount` arrays of `labelCount` distinct rows.
 * @throws {RangeError} If a class has fewer than 2 rows, or `labelCount` is below the number of
 *   classes or above N.
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.StratifiedShuffleSplit.html
 */
export function stratifiedSplits(
  labels: Labels,
  { labelCount, splitCount, seed }: { labelCount: number; splitCount: number; seed: number },
): Uint32Array[] {
  const classes = rowsByClass(labels);
  for (const [label, rows] of classes)
    if (rows.length < 2)
      throw new RangeError(`expected at least 2 examples of a class, got 1 of class ${label}`);
  if (!Number.isInteger(labelCount) || labelCount < classes.size || labelCount > labels.length)
    throw new RangeError(
      `expected a labelCount from ${classes.size} (one row per class) to ${labels.length} (all rows), ` +
        `got ${labelCount}`,
    );
  if (!Number.isInteger(splitCount) || splitCount < 1)
    throw new RangeError(`expected a splitCount from 1, got ${splitCount}`);
  const random = new Random(seed, "splits");
  return Array.from({ length: splitCount }, () =>
    drawSplit([...classes.values()], labelCount, random),
  );
}

function drawSplit(classes: Uint32Array[], labelCount: number, random: Random): Uint32Array {
  const sizes = classes.map((rows) => rows.length);
  const counts = proportionalCounts(sizes, labelCount, random);
  const split = new Uint32Array(labelCount);
  let filled = 0;
  classes.forEach((rows, i) => {
    split.set(random.shuffle(rows.slice()).subarray(0, counts[i]), filled);
    filled += counts[i];
  });
  return random.shuffle(split);
}

/** Divides `total` in proportion to `sizes`, in whole numbers: the largest remainders round up. */
function proportionalCounts(sizes: number[], total: number, random: Random): number[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  // In whole numbers, so that equal fractions are exact ties.
  const remainders = sizes.map((size) => (size * total) % all);
  const counts = sizes.map((size, i) => (size * total - remainders[i]) / all);
  const missing = total - counts.reduce((sum, count) => sum + count, 0);
  // Shuffled before a stable sort, ties come in random order.
  const order = random.shuffle(sizes.map((_, i) => i));
  order.sort((a, b) => remainders[b] - remainders[a]);
  for (const i of order.slice(0, missing)) counts[i]++;
  return counts;
}

/**
 * SHA-256, as 64 hexadecimal digits, of rows as 32-bit little-endian numbers in the order given:
 * records use it to identify a split.
 *
 * @throws {RangeError} If a row is not a whole number from 0 to 2^32 - 1.
 */
export function rowsHash(rows: ArrayLike<number>): string {
  const bytes = new DataView(new ArrayBuffer(4 * rows.length));
  for (let i = 0; i < rows.length; i++) {
    checkRow(rows, i, 2 ** 32);
    bytes.setUint32(4 * i, rows[i], true);
  }
  return bytesToHex(sha256(new Uint8Array(bytes.buffer)));
}
