import { decompose } from "../../numerics/eigendecomposition";
import { UndefinedValueError } from "../../numerics/undefinedValue";
import { largestOf } from "../../numerics/vectors";

/** Inputs of the scores from the training set and the network. */
export interface DetectionBasis {
  readonly dim: number;
  readonly classCount: number;
  /** p: the mean of the training features. */
  readonly center: ArrayLike<number>;
  /** W, C x p, row-major. */
  readonly weights: ArrayLike<number>;
  /** Orthonormal rows of p values: the first principal components of the training features. */
  readonly components: Float64Array;
}

/** Examples to score. */
export interface ScoredBatch {
  /** n x p, row-major. */
  readonly features: ArrayLike<number>;
  /** n x C, row-major. */
  readonly logits: ArrayLike<number>;
}

/** Score that should be larger for examples of the training set's distribution than for others. */
export interface Detector {
  /** Name in reports, tables and CSV, where the name of the rate follows it. */
  readonly name: string;
  readonly title: string;
  /** In plain text, with the symbols of `MEASURES`. */
  readonly formula: string;
  readonly source: string;
  /** Score of example n of a batch. */
  readonly score: (batch: ScoredBatch, n: number, basis: DetectionBasis) => number;
}

/** Weight of the norm in NCI: OpenOOD's default before tuning on a validation set. */
export const NORM_WEIGHT = 1e-4;

const CENTERED = "h_G the mean of the training features";

/** Scores, larger inside the distribution. */
// prettier-ignore
export const DETECTORS: readonly Detector[] = [
  { name: "msp", title: "Maximum softmax probability",
    formula: "max over c of softmax(z)_c, ranked by its log odds, which do not round to 1",
    source: "Hendrycks, Gimpel 2017, https://arxiv.org/abs/1610.02136", score: confidenceLogOdds },
  { name: "energy", title: "Energy", formula: "log(sum over c of exp z_c)",
    source: "Liu et al. 2020, https://arxiv.org/abs/2010.03759", score: freeEnergy },
  { name: "neco", title: "NECO",
    formula: `|P (h - h_G)| / |h - h_G|, P onto the first C - 1 principal components of the training features, ${CENTERED}`,
    source: "Ammar et al. 2024, https://arxiv.org/abs/2310.06823", score: principalShare },
  { name: "nci", title: "NCI",
    formula: `w_k (h - h_G) / |h - h_G| + ${NORM_WEIGHT} |h|_1, k the predicted class, ${CENTERED}`,
    source: "Liu, Qin 2025, https://arxiv.org/abs/2311.01479", score: weightProximity },
];

/**
 * log(p / (1 - p)) of the largest softmax probability p: it separates probabilities that round to
 * 1.
 */
function confidenceLogOdds(
  { logits }: ScoredBatch,
  n: number,
  { classCount }: DetectionBasis,
): number {
  const start = n * classCount;
  const predicted = largestOf(logits, start, classCount);
  let second = -Infinity;
  for (let c = 0; c < classCount; c++)
    if (c !== predicted) second = Math.max(second, logits[start + c]);
  let others = 0;
  for (let c = 0; c < classCount; c++)
    if (c !== predicted) others += Math.exp(logits[start + c] - second);
  return logits[start + predicted] - second - Math.log(others);
}

function freeEnergy({ logits }: ScoredBatch, n: number, { classCount }: DetectionBasis): number {
  const start = n * classCount;
  const largest = logits[start + largestOf(logits, start, classCount)];
  let exponentials = 0;
  for (let c = 0; c < classCount; c++) exponentials += Math.exp(logits[start + c] - largest);
  return largest + Math.log(exponentials);
}

/** 0 for a feature at the mean, where the paper expects out-of-distribution examples. */
function principalShare({ features }: ScoredBatch, n: number, basis: DetectionBasis): number {
  const { dim, center, components } = basis;
  const deviation = deviationOf(features, n, dim, center);
  const whole = squaredNorm(deviation);
  if (whole === 0) return 0;
  let inside = 0;
  for (let start = 0; start < components.length; start += dim)
    inside += dot(components, start, deviation) ** 2;
  return Math.sqrt(inside / whole);
}

/** A feature at the mean has only the norm. */
function weightProximity(
  { features, logits }: ScoredBatch,
  n: number,
  { dim, classCount, center, weights }: DetectionBasis,
): number {
  const predicted = largestOf(logits, n * classCount, classCount);
  const deviation = deviationOf(features, n, dim, center);
  const length = Math.sqrt(squaredNorm(deviation));
  const proximity = length === 0 ? 0 : dot(weights, predicted * dim, deviation) / length;
  let norm = 0;
  for (let i = 0; i < dim; i++) norm += Math.abs(features[n * dim + i]);
  return proximity + NORM_WEIGHT * norm;
}

function deviationOf(
  features: ArrayLike<number>,
  n: number,
  dim: number,
  center: ArrayLike<number>,
): Float64Array {
  const deviation = new Float64Array(dim);
  for (let i = 0; i < dim; i++) deviation[i] = features[n * dim + i] - center[i];
  return deviation;
}

const squaredNorm = (vector: Float64Array) => vector.reduce((sum, x) => sum + x * x, 0);

/** Inner product of the row of `matrix` that begins at `start` with a vector. */
function dot(matrix: ArrayLike<number>, start: number, vector: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += matrix[start + i] * vector[i];
  return sum;
}

/**
 * Unit eigenvectors of a covariance matrix for its largest eigenvalues; eigenvectors with
 * eigenvalue zero, up to rounding, are left out.
 *
 * @param covariance dim x dim, symmetric.
 * @param count Largest number of eigenvectors.
 * @returns Rows of dim values.
 * @throws {UndefinedValueError} If `count` is dim or more: they would span the whole space; or if
 *   all eigenvalues are 0.
 */
export function principalComponents(
  covariance: ArrayLike<number>,
  dim: number,
  count: number,
): Float64Array {
  if (count >= dim)
    throw new UndefinedValueError(
      `expected more dimensions than components, got ${dim} dimensions and ${count} components`,
    );
  const { realEigenvalues, eigenvectorMatrix } = decompose(covariance, dim);
  const order = realEigenvalues
    .map((_, k) => k)
    .sort((a, b) => realEigenvalues[b] - realEigenvalues[a]);
  const level = dim * Number.EPSILON * realEigenvalues[order[0]];
  const used = order.slice(0, count).filter((k) => realEigenvalues[k] > level);
  if (used.length === 0)
    throw new UndefinedValueError("expected different training features, got identical ones");
  return Float64Array.from(used.flatMap((k) => eigenvectorMatrix.getColumn(k)));
}

/**
 * Scores of a detector for the examples of a batch.
 *
 * @param count n.
 * @returns n scores.
 * @throws {RangeError} If a score is not finite.
 */
export function batchScores(
  { score }: Pick<Detector, "score">,
  batch: ScoredBatch,
  count: number,
  basis: DetectionBasis,
): Float64Array {
  return Float64Array.from({ length: count }, (_, n) => {
    const value = score(batch, n, basis);
    if (!Number.isFinite(value))
      throw new RangeError(`expected finite features and logits, got a score of ${value}`);
    return value;
  });
}

/**
 * AUROC: the probability that an example inside the distribution has a larger score than one
 * outside; an equal score counts half.
 *
 * @returns From 0 to 1; 0.5 for uninformative scores.
 * @throws {RangeError} If either has no score.
 * @see Mann, Whitney 1947, https://doi.org/10.1214/aoms/1177730491
 */
export function areaUnderCurve(inside: Float64Array, outside: Float64Array): number {
  const [high, low] = sortedBoth(inside, outside);
  let [smaller, notLarger, wins] = [0, 0, 0];
  for (const score of high) {
    while (smaller < low.length && low[smaller] < score) smaller++;
    while (notLarger < low.length && low[notLarger] <= score) notLarger++;
    wins += (smaller + notLarger) / 2;
  }
  return wins / (high.length * low.length);
}

/**
 * The false-positive rate: the share of examples outside the distribution whose score reaches the
 * largest threshold that `sensitivity` of those inside reach. Equal scores fall on the same side.
 *
 * @param sensitivity Above 0, at most 1; 0.95 gives FPR95.
 * @returns From 0 to 1.
 * @throws {RangeError} If either has no score.
 */
export function falsePositiveRate(
  inside: Float64Array,
  outside: Float64Array,
  sensitivity = 0.95,
): number {
  const [high, low] = sortedBoth(inside, outside);
  let accepted = Math.floor(sensitivity * high.length);
  while (accepted / high.length < sensitivity) accepted++;
  const threshold = high[high.length - accepted];
  return low.reduce((count, score) => count + (score >= threshold ? 1 : 0), 0) / low.length;
}

function sortedBoth(inside: Float64Array, outside: Float64Array): [Float64Array, Float64Array] {
  if (inside.length === 0 || outside.length === 0)
    throw new RangeError("expected an example inside and one outside the distribution");
  return [inside.slice().sort(), outside.slice().sort()];
}
