import { largestOf } from "./softmax";
import { definedTemperature, type Temperatures } from "./temperature";

/** Logits and classes of some examples. */
export interface LogitBatch {
  /** N x classCount, row-major. */
  readonly logits: ArrayLike<number>;
  /** N class indices. */
  readonly labels: ArrayLike<number>;
}

/** The examples whose confidence, the largest softmax probability, lies in one bin. */
export interface ReliabilityBin {
  readonly count: number;
  /** Share of them that are classified correctly; null without an example. */
  readonly accuracy: number | null;
  /** Their mean confidence; null without an example. */
  readonly confidence: number | null;
}

/** Calibration of examples at some temperature. */
export interface Calibration {
  /** {@link BIN_COUNT} bins of equal width from 0 to 1, each open below and closed above. */
  readonly bins: readonly ReliabilityBin[];
  /** Mean cross entropy, in nats. */
  readonly crossEntropy: number;
}

/** As in Guo et al. 2017. */
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
 * Calibration of the logits as they are.
 *
 * @throws {RangeError} If there is no example, or a logit is not finite.
 */
export function calibrationOf(batches: Iterable<LogitBatch>, classCount: number): Calibration {
  return calibrationAt(batches, classCount, [1, 1]);
}

/**
 * Calibration after temperature scaling: each half of the examples (those with an even and with an
 * odd index) at the temperature fitted on the other half, so that no example is judged by a
 * temperature that knows its label.
 *
 * @throws {RangeError} If there is no example, or a logit is not finite.
 * @throws {UndefinedValueError} If a half has no temperature: see {@link definedTemperature}.
 * @see Guo et al. 2017, https://arxiv.org/abs/1706.04599
 */
export function scaledCalibration(
  batches: Iterable<LogitBatch>,
  classCount: number,
  { even, odd }: Temperatures,
): Calibration {
  return calibrationAt(batches, classCount, [odd, even].map(definedTemperature));
}

/** Calibration of z / T, with one T for the examples of even and one for those of odd index. */
function calibrationAt(
  batches: Iterable<LogitBatch>,
  classCount: number,
  temperatures: readonly number[],
): Calibration {
  const counts = new Float64Array(BIN_COUNT);
  const hits = new Float64Array(BIN_COUNT);
  const confidences = new Float64Array(BIN_COUNT);
  let [example, crossEntropy] = [0, 0];
  for (const { logits, labels } of batches)
    for (let n = 0; n < labels.length; n++, example++) {
      const start = n * classCount;
      const inverse = 1 / temperatures[example % 2];
      const predicted = largestOf(logits, start, classCount);
      const largest = logits[start + predicted];
      let exponentials = 0;
      for (let c = 0; c < classCount; c++)
        exponentials += Math.exp((logits[start + c] - largest) * inverse);
      if (!Number.isFinite(exponentials))
        throw new RangeError(`expected finite logits, got others at example ${example}`);
      crossEntropy += Math.log(exponentials) + (largest - logits[start + labels[n]]) * inverse;
      const bin = Math.ceil(BIN_COUNT / exponentials) - 1;
      counts[bin]++;
      confidences[bin] += 1 / exponentials;
      if (predicted === labels[n]) hits[bin]++;
    }
  if (example === 0) throw new RangeError("expected an example, got none");
  const share = (sum: number, count: number) => (count === 0 ? null : sum / count);
  const bins = Array.from(counts, (count, bin) => ({
    count,
    accuracy: share(hits[bin], count),
    confidence: share(confidences[bin], count),
  }));
  return { bins, crossEntropy: crossEntropy / example };
}
