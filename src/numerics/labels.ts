/** Class indices of examples, also as 64-bit integers (the default in NumPy and PyTorch). */
export type Labels = ArrayLike<number> | ArrayLike<bigint>;

/** Labels as numbers: the same array, or a copy for 64-bit labels. */
export function labelNumbers(labels: Labels): ArrayLike<number> {
  return isWide(labels) ? Float64Array.from(labels, Number) : labels;
}

const isWide = (labels: Labels): labels is ArrayLike<bigint> => typeof labels[0] === "bigint";

/**
 * Rejects labels that are not class indices.
 *
 * @returns The labels as numbers.
 * @throws {RangeError} If a label is not a whole number from 0 to classCount - 1.
 */
export function checkedLabels(labels: Labels, classCount: number): ArrayLike<number> {
  const numbers = labelNumbers(labels);
  for (let n = 0; n < numbers.length; n++)
    if (!Number.isInteger(numbers[n]) || numbers[n] < 0 || numbers[n] >= classCount)
      throw new RangeError(
        `expected labels from 0 to ${classCount - 1}, got ${numbers[n]} at example ${n}`,
      );
  return numbers;
}
