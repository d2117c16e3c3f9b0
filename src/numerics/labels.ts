/**
 * Refuses labels that are not class indices.
 *
 * @throws {RangeError} If a label is not a whole number from 0 to classCount - 1.
 */
export function checkLabels(labels: ArrayLike<number>, classCount: number): void {
  for (let n = 0; n < labels.length; n++)
    if (!Number.isInteger(labels[n]) || labels[n] < 0 || labels[n] >= classCount)
      throw new RangeError(
        `expected labels from 0 to ${classCount - 1}, got ${labels[n]} at example ${n}`,
      );
}
