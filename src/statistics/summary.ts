import { checkNumbers } from "./checks";

/**
 * Mean of numbers.
 *
 * @throws {RangeError} If the list is empty, or a number is not finite.
 */
export function mean(values: readonly number[] | Float64Array): number {
  checkNumbers(values, 1);
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/**
 * Population standard deviation: root of the mean squared distance from the mean, with 1/n. The
 * original's "+-" uses it. Exactly 0 if all numbers are equal.
 *
 * @throws {RangeError} As {@link mean}.
 */
export function populationStd(values: readonly number[] | Float64Array): number {
  const center = mean(values);
  // The rounded mean of equal numbers can differ from them.
  if (values.every((value) => value === values[0])) return 0;
  return Math.sqrt(mean(Array.from(values, (value) => (value - center) ** 2)));
}

/**
 * Sample standard deviation, with 1/(n - 1); null for one number.
 *
 * @throws {RangeError} As {@link mean}.
 */
export function sampleStd(values: readonly number[]): number | null {
  const deviation = populationStd(values);
  const n = values.length;
  return n < 2 ? null : deviation * Math.sqrt(n / (n - 1));
}

/**
 * Median: the middle of the sorted numbers, or the mean of the two in the middle.
 *
 * @throws {RangeError} As {@link mean}.
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return mean(sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1));
}
