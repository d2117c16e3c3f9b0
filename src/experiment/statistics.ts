/**
 * The mean of some numbers.
 *
 * @throws {RangeError} If there is none.
 */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("expected numbers, got none");
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The population's standard deviation: sqrt of the mean squared distance from the mean, / n.
 * It is what the original's "+-" is.
 *
 * @throws {RangeError} If there is no number.
 */
export function populationStd(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
}

/**
 * The sample's standard deviation, / (n - 1); null for one number, of which it is not defined.
 *
 * @throws {RangeError} If there is no number.
 */
export function sampleStd(values: readonly number[]): number | null {
  const deviation = populationStd(values);
  const n = values.length;
  return n < 2 ? null : deviation * Math.sqrt(n / (n - 1));
}

/**
 * The middle of ascending numbers, or of the two in the middle the mean.
 *
 * @throws {RangeError} If there is no number.
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return mean(sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1));
}
