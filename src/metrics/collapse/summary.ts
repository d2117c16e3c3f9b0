/** Summary of many numbers, such as a norm or margin per example. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  /** Divided by count - 1; null for a single number. */
  readonly sampleStd: number | null;
  readonly smallest: number;
}

/**
 * Mean, sample standard deviation and minimum of numbers, by Welford's recurrence.
 *
 * @throws {RangeError} If there is no number, or one is not finite.
 * @see Welford 1962, https://doi.org/10.1080/00401706.1962.10490022
 */
export function summarize(values: ArrayLike<number>): Summary {
  const count = values.length;
  if (count === 0) throw new RangeError("expected numbers, got none");
  let [mean, scatter, smallest] = [0, 0, Infinity];
  for (let n = 0; n < count; n++) {
    const value = values[n];
    if (!Number.isFinite(value)) throw new RangeError(`expected a finite number, got ${value}`);
    const deviation = value - mean;
    mean += deviation / (n + 1);
    scatter += deviation * (value - mean);
    smallest = Math.min(smallest, value);
  }
  const sampleStd = count < 2 ? null : Math.sqrt(scatter / (count - 1));
  return { count, mean, sampleStd, smallest };
}
