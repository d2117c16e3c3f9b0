import { labelNumbers, type Labels } from "../../numerics/labels";
import { squaredDistances } from "../../numerics/vectors";

/**
 * NC4: share of examples that the network gives to another class than the nearest class mean would.
 * Zero if the network has become a nearest-class-center classifier.
 *
 * @param nearest N class indices: {@link nearestClassCenters} of the training set's means, also
 *   where the examples are of the test set.
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
 * The class whose mean is nearest to each example, in Euclidean distance; the first of equals.
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
  const distances = squaredDistances(features, classMeans, dim);
  checkFinite(distances, classCount, "distances");
  return rowMaxima(
    distances.map((distance) => -distance),
    classCount,
  );
}

/**
 * The class of the largest logit of each example; the first of equals.
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

/** The column of the largest value of each row; the first of equals. */
function rowMaxima(values: ArrayLike<number>, columns: number): Int32Array {
  const maxima = new Int32Array(values.length / columns);
  for (let n = 0; n < maxima.length; n++)
    for (let c = 1; c < columns; c++)
      if (values[n * columns + c] > values[n * columns + maxima[n]]) maxima[n] = c;
  return maxima;
}

function rowLength(matrix: ArrayLike<number>, rows: number, what: string): number {
  const length = matrix.length / rows;
  if (!Number.isSafeInteger(rows) || rows < 1 || !Number.isInteger(length) || length < 1)
    throw new RangeError(`expected ${what} of ${rows} classes, got ${matrix.length} values`);
  return length;
}

/**
 * The number of examples that two rules give to different classes.
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
