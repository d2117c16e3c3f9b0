/** What is kept of many numbers: of norms or margins, one an example. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  /** Divided by count - 1; null for one number, of which it is not defined. */
  readonly sampleStd: number | null;
  readonly smallest: number;
  readonly largest: number;
}

/**
 * Mean, sample standard deviation and extremes of numbers that come one by one, by Welford's
 * recurrence.
 *
 * @see Welford 1962, https://doi.org/10.1080/00401706.1962.10490022
 */
export class SummaryAccumulator {
  private count = 0;
  private mean = 0;
  private scatter = 0;
  private smallest = Infinity;
  private largest = -Infinity;

  /** @throws {RangeError} If the value is not finite. */
  add(value: number): void {
    if (!Number.isFinite(value)) throw new RangeError(`expected a finite number, got ${value}`);
    this.count++;
    const deviation = value - this.mean;
    this.mean += deviation / this.count;
    this.scatter += deviation * (value - this.mean);
    this.smallest = Math.min(this.smallest, value);
    this.largest = Math.max(this.largest, value);
  }

  /**
   * The summary of all numbers so far.
   *
   * @throws {RangeError} If there is none yet.
   */
  summary(): Summary {
    const { count, mean, scatter, smallest, largest } = this;
    if (count === 0) throw new RangeError("expected numbers, got none");
    const sampleStd = count < 2 ? null : Math.sqrt(scatter / (count - 1));
    return { count, mean, sampleStd, smallest, largest };
  }
}

/**
 * The summary of numbers held in memory.
 *
 * @throws {RangeError} If there is none, or one is not finite.
 */
export function summarize(values: ArrayLike<number>): Summary {
  const accumulator = new SummaryAccumulator();
  for (let i = 0; i < values.length; i++) accumulator.add(values[i]);
  return accumulator.summary();
}
