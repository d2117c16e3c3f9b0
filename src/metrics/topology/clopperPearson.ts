import { bisect } from "../../numerics/bisect";
import { logFactorials } from "./logFactorials";

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
 * @throws {RangeError} If an argument is not as said.
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
  const logs = logFactorials(trials);
  return {
    lower: lowerEnd(successes, trials, tail, logs),
    upper: 1 - lowerEnd(trials - successes, trials, tail, logs),
  };
}

/** The p where P(X >= k) = tail; it is below k / n, where P(X >= k) >= 1/2: k is the median. */
function lowerEnd(k: number, n: number, tail: number, logs: Float64Array): number {
  if (k === 0) return 0;
  return bisect(0, k / n, (p) => upperTail(k, n, p, logs) <= tail);
}

/** P(X >= k) for X of the binomial distribution of n and p < k / n: the terms fall from k on. */
function upperTail(k: number, n: number, p: number, logs: Float64Array): number {
  const logTerm = logs[n] - logs[k] - logs[n - k] + k * Math.log(p) + (n - k) * Math.log1p(-p);
  let term = Math.exp(logTerm);
  let sum = term;
  for (let i = k; i < n && term > 1e-17 * sum; i++) {
    term *= ((n - i) / (i + 1)) * (p / (1 - p));
    sum += term;
  }
  return sum;
}
