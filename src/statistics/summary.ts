import { checkNumbers } from "./checks";

/**
 * The mean of some numbers.
 *
 * @throws {RangeError} If there is none, or one is not finite.
 */
export function mean(values: readonly number[] | Float64Array): number {
  checkNumbers(values, 1);
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/**
 * The population's standard deviation: sqrt of the mean squared distance from the mean, / n.
 * It is what the original's "+-" is. Exactly 0 where all numbers are equal.
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
 * The sample's standard deviation, / (n - 1); null for one number, of which it is not defined.
 *
 * @throws {RangeError} As {@link mean}.
 */
export function sampleStd(values: readonly number[]): number | null {
  const deviation = populationStd(values);
  const n = values.length;
  return n < 2 ? null : deviation * Math.sqrt(n / (n - 1));
}

/**
 * The middle of ascending numbers, or of the two in the middle the mean.
 *
 * @throws {RangeError} As {@link mean}.
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return mean(sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1));
}
