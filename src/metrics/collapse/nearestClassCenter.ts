import { labelNumbers, type Labels } from "../../numerics/labels";
import { rowProducts } from "../../kernels/doubleProducts";
import { doubles, largestOf } from "../../numerics/vectors";

/**
 * NC4: share of examples whose predicted class is not that of the nearest class mean. Zero if the
 * network has become a nearest-class-center classifier.
 *
 * @param nearest N class indices: {@link nearestClassCenters} of the training set's means, also for
 *   test examples.
 * @param predicted N class indices: {@link predictedClasses} of the same examples.
 * @returns From 0 to 1.
 * @throws {RangeError} If the lengths differ, or there is no example.
 * @see Papyan, Han, Donoho 2020, figure 7, https://arxiv.org/abs/2008.08186
 */
export function nearestClassCenterMismatch(
  nearest: ArrayLike<number>,
  predicted: ArrayLike<number>,
): number {
  return differingCount(nearest, predicted) / predicted.length;
}

/**
 * NC4: share of examples whose nearest class mean is that of their own class.
 *
 * @param nearest As for {@link nearestClassCenterMismatch}.
 * @param labels N class indices.
 * @returns From 0 to 1.
 * @throws {RangeError} If the lengths differ, or there is no example.
 */
export function nearestClassCenterAccuracy(nearest: ArrayLike<number>, labels: Labels): number {
  return 1 - differingCount(nearest, labelNumbers(labels)) / labels.length;
}

/**
 * Class whose mean is nearest to each example, in Euclidean distance; the first of equals.
 *
 * One matrix product gives all distances up to rounding; where several classes are as near as its
 * rounding lets tell, their distances are computed from the differences themselves.
 *
 * @param features N x dim, row-major.
 * @param classMeans classCount x dim, row-major.
 * @returns N class indices.
 * @throws {RangeError} If lengths do not fit or a value is not finite.
 */
export function nearestClassCenters(
  features: ArrayLike<number>,
  classMeans: ArrayLike<number>,
  classCount: number,
): Int32Array {
  const dim = rowLength(classMeans, classCount, "class means");
  const count = features.length / dim;
  if (!Number.isInteger(count))
    throw new RangeError(`expected features of dimension ${dim}, got ${features.length} values`);
  const [values, means] = [doubles(features), doubles(classMeans)];
  const center = meanRow(means, dim);
  const centered = lessRow(means, center);
  // |h - mu|^2 without the terms that are equal for all classes: |mu'|^2 - 2 mu' (h - center), mu' = mu - center.
  const constants = rowProducts(center, centered, dim);
  const squares = squaredNorms(centered, dim);
  const largest = Math.sqrt(squares.reduce((a, b) => Math.max(a, b)));
  squares.forEach((square, c) => (constants[c] = square + 2 * constants[c]));
  const distances = rowProducts(values, centered, dim);
  for (let at = 0, c = 0; at < distances.length; at++, c = c + 1 === classCount ? 0 : c + 1)
    distances[at] = constants[c] - 2 * distances[at];
  checkFinite(distances, classCount, "distances");
  const offset = Math.sqrt(squaredNorms(center, dim)[0]);
  return Int32Array.from(squaredNorms(values, dim), (square, n) => {
    const own = distances.subarray(n * classCount, (n + 1) * classCount);
    // Rounding of sums of dim products, and of the means less the center.
    const scale = Math.sqrt(square) + offset + largest;
    const error = 4 * Number.EPSILON * scale * (dim * largest + offset);
    return nearestOf(values.subarray(n * dim, (n + 1) * dim), means, own, error);
  });
}

/** Nearest class among those within twice the error of the smallest distance. */
function nearestOf(
  feature: Float64Array,
  means: Float64Array,
  distances: Float64Array,
  error: number,
): number {
  let smallest = 0;
  for (let c = 1; c < distances.length; c++) if (distances[c] < distances[smallest]) smallest = c;
  const limit = distances[smallest] + 2 * error;
  let near = 0;
  for (let c = 0; c < distances.length; c++) if (distances[c] <= limit) near++;
  if (near === 1) return smallest;
  let [nearest, least] = [smallest, Infinity];
  distances.forEach((distance, c) => {
    if (distance > limit) return;
    const exact = squaredDistance(feature, means, c * feature.length);
    if (exact < least) [nearest, least] = [c, exact];
  });
  return nearest;
}

function squaredDistance(a: Float64Array, rows: Float64Array, start: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - rows[start + i]) ** 2;
  return sum;
}

function meanRow(rows: Float64Array, dim: number): Float64Array {
  const mean = new Float64Array(dim);
  for (let start = 0; start < rows.length; start += dim)
    for (let i = 0; i < dim; i++) mean[i] += (rows[start + i] * dim) / rows.length;
  return mean;
}

function lessRow(rows: Float64Array, row: Float64Array): Float64Array {
  const less = new Float64Array(rows.length);
  for (let start = 0; start < rows.length; start += row.length)
    for (let i = 0; i < row.length; i++) less[start + i] = rows[start + i] - row[i];
  return less;
}

function squaredNorms(rows: Float64Array, dim: number): Float64Array {
  const norms = new Float64Array(rows.length / dim);
  for (let n = 0; n < norms.length; n++)
    for (let i = n * dim; i < (n + 1) * dim; i++) norms[n] += rows[i] ** 2;
  return norms;
}

/**
 * Class of the largest logit of each example; the first in case of ties.
 *
 * @param logits N x classCount, row-major.
 * @returns N class indices.
 * @throws {RangeError} If the length does not fit or a logit is not finite.
 */
export function predictedClasses(logits: ArrayLike<number>, classCount: number): Int32Array {
  const count = logits.length / classCount;
  if (!Number.isInteger(count))
    throw new RangeError(`expected logits of ${classCount} classes, got ${logits.length} values`);
  checkFinite(logits, classCount, "logits");
  return rowMaxima(logits, classCount);
}

function checkFinite(values: ArrayLike<number>, classCount: number, what: string): void {
  for (let at = 0; at < values.length; at++)
    if (!Number.isFinite(values[at]))
      throw new RangeError(
        `expected finite ${what}, got ${values[at]} at example ${Math.floor(at / classCount)}, ` +
          `class ${at % classCount}`,
      );
}

/** Column of the largest value of each row; the first in case of ties. */
function rowMaxima(values: ArrayLike<number>, columns: number): Int32Array {
  const maxima = new Int32Array(values.length / columns);
  for (let n = 0; n < maxima.length; n++) maxima[n] = largestOf(values, n * columns, columns);
  return maxima;
}

function rowLength(matrix: ArrayLike<number>, rows: number, what: string): number {
  const length = matrix.length / rows;
  if (!Number.isSafeInteger(rows) || rows < 1 || !Number.isInteger(length) || length < 1)
    throw new RangeError(`expected ${what} of ${rows} classes, got ${matrix.length} values`);
  return length;
}

/**
 * Number of examples for which two predictions differ.
 *
 * @throws {RangeError} If the lengths differ, or there is no example.
 */
export function differingCount(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length || a.length === 0)
    throw new RangeError(`expected features of ${b.length} examples (1 or more), got ${a.length}`);
  let differing = 0;
  for (let n = 0; n < a.length; n++) if (a[n] !== b[n]) differing++;
  return differing;
}
