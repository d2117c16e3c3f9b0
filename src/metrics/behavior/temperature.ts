import { UndefinedValueError } from "../../numerics/undefinedValue";
import { confidences, reliabilityBins, type ReliabilityBin } from "./calibration";
import { largestOf } from "../../numerics/vectors";

/** Logits and classes of some examples. */
export interface LogitBatch {
  /** N x classCount, row-major. */
  readonly logits: ArrayLike<number>;
  /** N class indices. */
  readonly labels: ArrayLike<number>;
}

/**
 * Temperatures T > 0 that minimize the mean cross entropy of z / T: 0 and Infinity where it falls
 * toward one of them without a minimum ({@link definedTemperature} refuses both).
 */
export interface Temperatures {
  /** Temperature for all examples. */
  readonly all: number;
  /** Temperature for the examples with an even index, counted through all batches. */
  readonly even: number;
  /** Temperature for the examples with an odd index. */
  readonly odd: number;
}

/**
 * Temperature, if it is finite and above 0.
 *
 * @throws {UndefinedValueError} If it is 0, because every example is classified correctly, or
 *   infinite, because the logits predict no better than equal probabilities.
 */
export function definedTemperature(temperature: number): number {
  if (temperature === 0)
    throw new UndefinedValueError(
      "expected a misclassified example: without one, T = 0 has the least cross entropy",
    );
  if (temperature === Infinity)
    throw new UndefinedValueError(
      "expected logits that predict better than equal probabilities do",
    );
  return temperature;
}

/** Calibration after temperature scaling. */
export interface ScaledCalibration {
  readonly temperatures: Temperatures;
  /**
   * Each half of the examples uses the temperature of the other half, so that no label influences
   * its own temperature; undefined if a half has no temperature.
   */
  readonly scaled?: {
    readonly bins: readonly ReliabilityBin[];
    /** Mean cross entropy, in nats. */
    readonly crossEntropy: number;
  };
}

/**
 * Calibration after temperature scaling, if both halves have a temperature.
 *
 * @throws {UndefinedValueError} As {@link definedTemperature}.
 */
export function scaledOf({ temperatures: { even, odd }, scaled }: ScaledCalibration) {
  for (const temperature of [even, odd]) definedTemperature(temperature);
  return scaled!;
}

/** With more logits, the search for temperatures takes minutes. */
const MOST_LOGITS = 2 ** 26;
/**
 * Limit on the logits that are kept during the search (128 MB); beyond it, every pass computes them
 * again.
 */
const KEPT_LOGITS = 2 ** 24;

/**
 * Temperature scaling by cross-fitting: the temperature of the examples with an even index is
 * applied to those with an odd index, and vice versa.
 *
 * @param batches Iterated once, or about six times for more than 2^24 logits.
 * @param count Number of examples in all batches.
 * @throws {RangeError} If there is no example, or a logit is not finite.
 * @throws {UndefinedValueError} If there are more than 2^26 logits.
 * @see Guo et al. 2017, https://arxiv.org/abs/1706.04599
 */
export function scaleTemperature(
  batches: Iterable<LogitBatch>,
  classCount: number,
  count: number,
): ScaledCalibration {
  if (count * classCount > MOST_LOGITS)
    throw new UndefinedValueError(
      `expected ${MOST_LOGITS} logits or fewer, got ${count * classCount}`,
    );
  const used =
    count * classCount > KEPT_LOGITS
      ? batches
      : Array.from(batches, ({ logits, labels }) => ({
          logits: Float64Array.from(logits),
          labels: Float64Array.from(labels),
        }));
  const temperatures = fitTemperatures(used, classCount);
  const halves = [temperatures.odd, temperatures.even];
  if (halves.some((temperature) => temperature === 0 || temperature === Infinity))
    return { temperatures };
  return { temperatures, scaled: calibrationAt(used, classCount, count, halves) };
}

/** Calibration of z / T, with one T for the examples of even and one for those of odd index. */
function calibrationAt(
  batches: Iterable<LogitBatch>,
  classCount: number,
  count: number,
  temperatures: readonly number[],
): ScaledCalibration["scaled"] {
  const values = new Float64Array(count);
  const predicted = new Float64Array(count);
  const all = new Float64Array(count);
  const scaled = new Float64Array(classCount);
  let [example, crossEntropy] = [0, 0];
  for (const { logits, labels } of batches)
    for (let n = 0; n < labels.length; n++, example++) {
      for (let c = 0; c < classCount; c++)
        scaled[c] = logits[n * classCount + c] / temperatures[example % 2];
      all[example] = labels[n];
      predicted[example] = largestOf(scaled, 0, classCount);
      values[example] = confidences(scaled, classCount)[0];
      crossEntropy += scaled[predicted[example]] - scaled[labels[n]] - Math.log(values[example]);
    }
  return { bins: reliabilityBins(values, predicted, all), crossEntropy: crossEntropy / count };
}

/**
 * Temperatures of all examples and of their halves.
 *
 * The mean cross entropy is convex in 1 / T. Its slope is searched for a zero at a few temperatures
 * in each pass over the examples, so that about four passes find T to twelve digits.
 *
 * @throws {RangeError} If there is no example, or a logit is not finite.
 * @see Guo et al. 2017, https://arxiv.org/abs/1706.04599
 */
export function fitTemperatures(batches: Iterable<LogitBatch>, classCount: number): Temperatures {
  const [even, odd, all] = [newSearch(), newSearch(), newSearch()];
  const searches = [even, odd, all];
  for (let pass = 0; searches.some(({ points }) => points.length > 0); pass++) {
    if (pass > MAXIMAL_PASSES)
      throw new RangeError("expected a temperature with finite cross entropy, found none");
    evaluate(batches, classCount, searches);
    searches.forEach(advance);
  }
  return { all: all.temperature, even: even.temperature, odd: odd.temperature };
}

const MAXIMAL_PASSES = 100;
/** Natural logarithms of 1 / T at which a search begins. */
const FIRST_POINTS = [-4, -2, 0, 2, 4];
/** How much narrower a bracket is to become in a pass. */
const NARROWING = 0.02;
/** How well the logarithm of T is to be known. */
const PRECISION = 1e-12;

/** A value of 1 / T, with the slope of the cross entropy there. */
interface Point {
  /** log(1 / T). */
  readonly at: number;
  /** Sum of d crossEntropy / d(1 / T) over the examples. */
  slope: number;
  /** Sum of the derivative of the slope by `at`. */
  change: number;
}

interface Search {
  /** To be evaluated in the next pass; none once the temperature is found. */
  points: Point[];
  /** The nearest points on either side of the zero, as far as they are known. */
  below?: Point;
  above?: Point;
  estimate: number;
  temperature: number;
  /** Sums over the examples of the largest logit and of the mean logit, less that of the label. */
  gap: number;
  slopeAtZero: number;
}

function newSearch(): Search {
  const points = FIRST_POINTS.map(pointAt);
  return { points, estimate: NaN, temperature: NaN, gap: 0, slopeAtZero: 0 };
}

const pointAt = (at: number): Point => ({ at, slope: 0, change: 0 });

/** Adds the slopes of all examples at the points of the searches: even, odd and all. */
function evaluate(
  batches: Iterable<LogitBatch>,
  classCount: number,
  searches: readonly Search[],
): void {
  for (const search of searches) search.gap = search.slopeAtZero = 0;
  const differences = new Float64Array(classCount);
  let example = 0;
  for (const { logits, labels } of batches)
    for (let n = 0; n < labels.length; n++, example++) {
      const start = n * classCount;
      let largest = -Infinity;
      for (let c = 0; c < classCount; c++) largest = Math.max(largest, logits[start + c]);
      let sum = 0;
      for (let c = 0; c < classCount; c++) sum += differences[c] = logits[start + c] - largest;
      if (!Number.isFinite(sum))
        throw new RangeError(`expected finite logits, got other values at example ${example}`);
      const own = differences[labels[n]];
      for (const search of [searches[example % 2], searches[2]]) {
        search.gap -= own;
        search.slopeAtZero += sum / classCount - own;
        for (const point of search.points) addSlope(point, differences, own);
      }
    }
  if (example === 0) throw new RangeError("expected an example, got none");
}

/** Adds an example: the mean logit under the softmax of z / T less that of the label. */
function addSlope(point: Point, differences: Float64Array, own: number): void {
  const inverse = Math.exp(point.at);
  let [total, first, second] = [0, 0, 0];
  for (let c = 0; c < differences.length; c++) {
    const weight = Math.exp(inverse * differences[c]);
    total += weight;
    first += weight * differences[c];
    second += weight * differences[c] ** 2;
  }
  const mean = first / total;
  point.slope += mean - own;
  point.change += inverse * (second / total - mean ** 2);
}

/** Takes the evaluated points in, and says where to look next. */
function advance(search: Search): void {
  const { points } = search;
  if (points.length === 0) return;
  search.points = [];
  // An empty half has no slope either.
  if (search.gap === 0 || search.slopeAtZero >= 0) {
    search.temperature = search.gap === 0 ? 0 : Infinity;
    return;
  }
  for (const point of points) {
    if (point.slope < 0 && !(search.below && search.below.at > point.at)) search.below = point;
    if (point.slope >= 0 && !(search.above && search.above.at < point.at)) search.above = point;
  }
  const { below, above } = search;
  if (!below || !above) {
    // Twice as far out.
    search.points = [
      pointAt((below ?? above)!.at + (below ? 1 : -1) * Math.abs((below ?? above)!.at)),
    ];
    return;
  }
  const estimate = zeroBetween(below, above);
  const width = NARROWING * (above.at - below.at);
  if (Math.abs(estimate - search.estimate) <= PRECISION || width <= PRECISION)
    search.temperature = Math.exp(-estimate);
  else search.points = [estimate - width, estimate, estimate + width].map(pointAt);
  search.estimate = estimate;
}

/** Where the slope is zero: the cubic through both points that has their derivatives. */
function zeroBetween(below: Point, above: Point): number {
  const rise = above.slope - below.slope;
  const t = -below.slope / rise;
  const [start, end] = [rise / below.change, rise / above.change];
  const cubic =
    below.at * (1 + 2 * t) * (1 - t) ** 2 +
    above.at * (3 - 2 * t) * t ** 2 +
    start * t * (1 - t) ** 2 -
    end * (1 - t) * t ** 2;
  // A zero at one of the points may come out beside it by rounding.
  const nearest = Math.min(Math.max(cubic, below.at), above.at);
  const isCubic = Math.abs(cubic - nearest) <= 1e-3 * (above.at - below.at);
  return isCubic ? nearest : (below.at + above.at) / 2;
}
