import { checkNumbers } from "./checks";

/**
 * Tolerance for equal differences, in units in the last place of the largest number: the difference
 * of rounded numbers is off by one unit, two such differences by two.
 */
const ROUNDING = 4 * Number.EPSILON;

/**
 * a[i] - b[i], pair by pair, with rounding removed: absolute differences that agree within rounding
 * are made equal, and differences within rounding of 0 are set to 0.
 *
 * Accuracies are decimals, so 94.2 - 94.1 and 92.5 - 92.4 differ in the last bits: otherwise a rank
 * test would see an order in them, and a t-test a spread.
 *
 * @returns One per pair, in the unit of `a` and `b`.
 * @throws {RangeError} If the lengths differ, there are fewer than 2 pairs, or a number is not
 *   finite.
 */
export function pairedDifferences(a: readonly number[], b: readonly number[]): number[] {
  if (a.length !== b.length)
    throw new RangeError(`expected pairs, got ${a.length} numbers and ${b.length}`);
  checkNumbers(a, 2);
  checkNumbers(b, 2);
  const largest = [...a, ...b].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const differences = a.map((value, i) => value - b[i]);
  checkNumbers(differences, 2);
  return withoutRounding(differences, ROUNDING * largest);
}

function withoutRounding(differences: readonly number[], tolerance: number): number[] {
  const result = [...differences];
  const ascending = [...differences.keys()].sort(
    (i, j) => Math.abs(differences[i]) - Math.abs(differences[j]),
  );
  let size = 0;
  for (const i of ascending) {
    const own = Math.abs(differences[i]);
    if (own - size > tolerance) size = own;
    result[i] = differences[i] < 0 ? 0 - size : size;
  }
  return result;
}
