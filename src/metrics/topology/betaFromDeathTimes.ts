import { quantile as quantileOf } from "../../statistics/quantile";

/**
 * A beta taken from data: a quantile of the death times of a run without a regularizer.
 *
 * Zero times are dropped: they come from images that a sub-batch drew twice. Between neighbors
 * the quantile is linear (Hyndman and Fan's type 7, NumPy's default).
 *
 * @param deathTimes Death times of any number of sub-batches, in any order.
 * @param quantile From 0 (the smallest) to 1 (the largest).
 * @returns A beta above 0, in the unit of the times.
 * @throws {RangeError} If a time is negative or not finite, none is above 0, or `quantile` is
 *   invalid.
 */
export function betaFromDeathTimes(deathTimes: ArrayLike<number>, quantile: number): number {
  if (!(quantile >= 0 && quantile <= 1))
    throw new RangeError(`expected a quantile from 0 to 1, got ${quantile}`);
  const times = Float64Array.from(deathTimes);
  const bad = times.findIndex((time) => !(time >= 0 && time < Infinity));
  if (bad >= 0)
    throw new RangeError(`expected finite times of 0 or more, got ${times[bad]} at ${bad}`);
  const ascending = times.filter((time) => time > 0).sort();
  if (ascending.length === 0)
    throw new RangeError(`expected death times above 0, got none among ${times.length}`);
  return quantileOf(ascending, quantile);
}
