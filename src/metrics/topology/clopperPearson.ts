import betaQuantile from "@stdlib/stats-base-dists-beta-quantile";

/** The ends of a confidence interval. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * The confidence interval of Clopper and Pearson (1934) for a probability: with `successes` k of
 * `trials` n independent trials, the lower end is the p where P(X >= k) = alpha/2, the upper end
 * that where P(X <= k) = alpha/2, alpha = 1 - confidence.
 *
 * It is exact: it covers the probability at least as often as `confidence` says, for every n and
 * also near 0 and 1, where Wilson's is only near it on average. It is [0, ...] for k = 0 and
 * [..., 1] for k = n.
 *
 * @param confidence Between 0 and 1, such as 0.95.
 * @throws {RangeError} If an argument is out of range.
 */
export function clopperPearsonInterval(
  successes: number,
  trials: number,
  confidence = 0.95,
): Interval {
  if (!Number.isInteger(trials) || trials < 1)
    throw new RangeError(`expected 1 trial or more, got ${trials}`);
  if (!Number.isInteger(successes) || successes < 0 || successes > trials)
    throw new RangeError(`expected successes from 0 to ${trials}, got ${successes}`);
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(`expected a confidence between 0 and 1, got ${confidence}`);
  const tail = (1 - confidence) / 2;
  return {
    lower: lowerEnd(successes, trials, tail),
    upper: 1 - lowerEnd(trials - successes, trials, tail),
  };
}

/** The p where P(X >= k) = tail, a quantile of the beta distribution. */
function lowerEnd(k: number, n: number, tail: number): number {
  return k === 0 ? 0 : betaQuantile(tail, k, n - k + 1);
}
