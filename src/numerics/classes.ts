import { labelNumbers, type Labels } from "./labels";

/**
 * Rows of each class, ascending, by class in ascending order; classes without a row are absent.
 *
 * @param labels N class indices.
 * @throws {RangeError} If there are no labels, or one is not a whole number from 0.
 */
export function rowsByClass(labels: Labels): Map<number, Uint32Array> {
  if (labels.length === 0) throw new RangeError("expected labels, got none");
  const rows = new Map<number, number[]>();
  const numbers = labelNumbers(labels);
  for (let row = 0; row < numbers.length; row++) {
    const label = numbers[row];
    if (!Number.isInteger(label) || label < 0)
      throw new RangeError(`expected labels as whole numbers from 0, got ${label} in row ${row}`);
    const members = rows.get(label);
    if (members) members.push(row);
    else rows.set(label, [row]);
  }
  const ascending = [...rows.keys()].sort((a, b) => a - b);
  return new Map(ascending.map((label) => [label, Uint32Array.from(rows.get(label)!)]));
}
