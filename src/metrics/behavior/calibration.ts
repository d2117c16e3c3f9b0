import { largestOf } from "../../numerics/vectors";

/** Examples whose confidence (largest softmax probability) is in one bin. */
export interface ReliabilityBin {
  readonly count: number;
  /** Share of them that are classified correctly; null without an example. */
  readonly accuracy: number | null;
  /** Their mean confidence; null without an example. */
  readonly confidence: number | null;
}

/** Bins of equal width from 0 to 1, each open below and closed above, as in Guo et al. 2017. */
export const BIN_COUNT = 15;

/**
 * Expected calibration error: the mean over examples of |accuracy - confidence| of their bins. Zero
 * if in every bin the share of correct predictions is the confidence.
 *
 * @returns From 0 to 1.
 * @throws {RangeError} If no bin has an example.
 * @see Guo et al. 2017, https://arxiv.org/abs/1706.04599
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) throw new RangeError("expected an example, got none");
  return bins.reduce((sum, { count, accuracy, confidence }) => {
    return sum + (count / total) * Math.abs((accuracy ?? 0) - (confidence ?? 0));
  }, 0);
}

/**
 * Bins of examples by confidence.
 *
 * @param confidences N, from 0 to 1.
 * @param predicted N class indices.
 * @param labels N class indices.
 * @returns {@link BIN_COUNT} bins, ascending.
 */
export function reliabilityBins(
  confidences: ArrayLike<number>,
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
): ReliabilityBin[] {
  const counts = new Float64Array(BIN_COUNT);
  const hits = new Float64Array(BIN_COUNT);
  const sums = new Float64Array(BIN_COUNT);
  for (let n = 0; n < labels.length; n++) {
    const bin = Math.ceil(BIN_COUNT * confidences[n]) - 1;
    counts[bin]++;
    sums[bin] += confidences[n];
    if (predicted[n] === labels[n]) hits[bin]++;
  }
  const share = (sum: number, count: number) => (count === 0 ? null : sum / count);
  return Array.from(counts, (count, bin) => ({
    count,
    accuracy: share(hits[bin], count),
    confidence: share(sums[bin], count),
  }));
}

/**
 * The largest softmax probability of each example.
 *
 * @param logits N x classCount, row-major.
 * @returns N values, from 1 / classCount to 1.
 * @throws {RangeError} If a logit is not finite.
 */
export function confidences(logits: ArrayLike<number>, classCount: number): Float64Array {
  return Float64Array.from({ length: logits.length / classCount }, (_, n) => {
    const start = n * classCount;
    const largest = logits[start + largestOf(logits, start, classCount)];
    let exponentials = 0;
    for (let c = 0; c < classCount; c++) exponentials += Math.exp(logits[start + c] - largest);
    if (!Number.isFinite(exponentials))
      throw new RangeError(`expected finite logits, got other values at example ${n}`);
    return 1 / exponentials;
  });
}
