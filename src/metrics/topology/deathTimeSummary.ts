import { quantile } from "../../statistics/quantile";
import { isBetaConnected } from "./deathTimes";

/**
 * The distribution of some death times, in the unit of the features. Zeros, of images that a
 * sub-batch drew twice, count, whether or not the loss drops them.
 */
export interface DeathTimeSummary {
  readonly mean: number;
  readonly min: number;
  readonly quartiles: readonly [lower: number, median: number, upper: number];
  readonly max: number;
  /** Share of death times that are 0: coincident points. */
  readonly zeroShare: number;
  /**
   * Share of sub-batches whose death times all lie in (0, beta]. Near 0 where sub-batches are drawn
   * with replacement from few images: one that holds an image twice is not beta-connected.
   */
  readonly betaConnectedShare: number;
}

/**
 * Summary of the death times of several steps.
 *
 * @param steps Of each step the death times, sub-batch after sub-batch, ascending in each.
 * @param subBatchCount Sub-batches a step.
 */
export function summarizeDeathTimes(
  steps: readonly Float32Array[],
  subBatchCount: number,
  beta: number,
): DeathTimeSummary {
  const size = steps[0].length;
  const times = new Float32Array(steps.length * size);
  steps.forEach((step, i) => times.set(step, i * size));
  const each = size / subBatchCount;
  let connected = 0;
  for (let at = 0; at < times.length; at += each)
    if (isBetaConnected(times.subarray(at, at + each), beta)) connected++;
  const sum = times.reduce((total, time) => total + time, 0);
  const zeros = times.reduce((count, time) => (time === 0 ? count + 1 : count), 0);
  const sorted = times.slice().sort();
  return {
    mean: sum / times.length,
    min: sorted[0],
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)],
    max: sorted[sorted.length - 1],
    zeroShare: zeros / times.length,
    betaConnectedShare: connected / (times.length / each),
  };
}
