import type { Random } from "../../numerics/random";
import { takeRows } from "../../numerics/takeRows";
import { clopperPearsonInterval, type Interval } from "./clopperPearson";
import { deathTimes, isBetaConnected } from "./deathTimes";
import { pointCount } from "./distances";
import type { Metric } from "./metric";

/** Options for estimating a class's connectivity. */
export interface ConnectivityEstimateOptions {
  /** b: examples in a sub-batch. */
  readonly subBatchSize: number;
  /** Scales, in the unit of the features; all use the same sub-batches. */
  readonly betas: readonly number[];
  /** Number of sub-batches to draw, such as 1000. */
  readonly draws: number;
  readonly random: Random;
  readonly metric?: Metric;
  /** Confidence of the interval; 0.95 by default. */
  readonly confidence?: number;
  /**
   * Whether a sub-batch may contain an example twice; false by default. Two copies have a death
   * time of 0, and then the sub-batch is not beta-connected for any beta: from n examples, at most
   * n!/((n - b)! n^b) of the sub-batches are, whatever the features.
   */
  readonly replacement?: boolean;
}

/** Estimate of c_beta. */
export interface ConnectivityEstimate {
  readonly beta: number;
  /** Share of sub-batches that are beta-connected. */
  readonly connectivity: number;
  /** Clopper and Pearson's confidence interval. */
  readonly interval: Interval;
}

/**
 * The connectivity c_beta of a class: the probability that b of its examples are beta-connected, as
 * the share of `draws` sub-batches, each drawn at random from the examples.
 *
 * The interval covers the randomness of the draws, given the features: it is exact for the c_beta
 * of these examples, and does not cover other examples of the class.
 *
 * @param features Features of one class, n x dim, row-major.
 * @returns One estimate for each of `betas`, in their order; it never decreases with beta.
 * @throws {RangeError} If the features do not fit `dim` or are not finite, fewer examples are given
 *   than distinct ones are drawn, or an option is invalid.
 * @see Hofer et al. 2020, section 3, https://arxiv.org/abs/2002.04805
 */
export function estimateConnectivity(
  features: Float32Array | Float64Array,
  dim: number,
  options: ConnectivityEstimateOptions,
): ConnectivityEstimate[] {
  const { betas, draws, random, metric, confidence, replacement = false } = options;
  const count = pointCount(features, dim);
  const size = checkedSize(options, count);
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  const chosen = new Uint32Array(size);
  const connected = betas.map(() => 0);
  for (let draw = 0; draw < draws; draw++) {
    for (let i = 0; i < size; i++)
      chosen[i] = replacement ? random.integer(count) : drawNext(rows, i, random);
    const times = deathTimes(takeRows(features, dim, chosen), dim, metric);
    betas.forEach((beta, k) => (connected[k] += isBetaConnected(times, beta) ? 1 : 0));
  }
  return betas.map((beta, k) => ({
    beta,
    connectivity: connected[k] / draws,
    interval: clopperPearsonInterval(connected[k], draws, confidence),
  }));
}

/** Swaps a random one of the rows from place `i` on into place `i` (Fisher and Yates). */
function drawNext(rows: Uint32Array, i: number, random: Random): number {
  const j = i + random.integer(rows.length - i);
  [rows[i], rows[j]] = [rows[j], rows[i]];
  return rows[i];
}

function checkedSize(options: ConnectivityEstimateOptions, count: number): number {
  const { subBatchSize, draws, replacement } = options;
  for (const [what, value] of Object.entries({ "sub-batch size": subBatchSize, draws }))
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`expected ${what} of 1 or more, got ${value}`);
  if (!replacement && subBatchSize > count)
    throw new RangeError(
      `expected ${subBatchSize} examples or more to draw distinct ones, got ${count}`,
    );
  return subBatchSize;
}
