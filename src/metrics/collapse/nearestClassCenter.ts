import { checkLabels } from "../../numerics/labels";

/**
 * NC4: share of examples that the network gives to another class than the nearest class mean would.
 * Zero if the network has become a nearest-class-centre classifier.
 *
 * The class means are those of the training set, also where the examples are of the test set.
 *
 * @param features N x dim, row-major.
 * @param logits N x classCount, row-major, of the same examples.
 * @param classMeans classCount x dim, row-major, not centred.
 * @returns From 0 to 1.
 * @throws {RangeError} If lengths disagree, there is no example, or a value is not finite.
 * @see Papyan, Han, Donoho 2020, figure 7, https://arxiv.org/abs/2008.08186
 */
export function nearestClassCenterMismatch(
  features: ArrayLike<number>,
  logits: ArrayLike<number>,
  classMeans: ArrayLike<number>,
  classCount: number,
): number {
  const nearest = nearestClassCenters(features, classMeans, classCount);
  return differingShare(nearest, predictedClasses(logits, classCount));
}

/**
 * NC4: share of examples whose nearest class mean is that of their own class.
 *
 * @param features N x dim, row-major.
 * @param labels N class indices.
 * @param classMeans classCount x dim, row-major, not centred, of the training set.
 * @returns From 0 to 1.
 * @throws {RangeError} If lengths disagree, there is no example, a feature is not finite or a label
 *   is out of range.
 */
export function nearestClassCenterAccuracy(
  features: ArrayLike<number>,
  labels: ArrayLike<number>,
  classMeans: ArrayLike<number>,
  classCount: number,
): number {
  checkLabels(labels, classCount);
  return 1 - differingShare(nearestClassCenters(features, classMeans, classCount), labels);
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
  const centers = Float64Array.from(classMeans);
  const feature = new Float64Array(dim);
  const nearest = new Int32Array(count);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < dim; i++) feature[i] = features[n * dim + i];
    let smallest = Infinity;
    for (let c = 0; c < classCount; c++) {
      const distance = squaredDistance(feature, centers, c * dim);
      if (!Number.isFinite(distance))
        throw new RangeError(
          `expected finite distances, got ${distance} at example ${n}, class ${c}`,
        );
      if (distance < smallest) {
        smallest = distance;
        nearest[n] = c;
      }
    }
  }
  return nearest;
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
  const predicted = new Int32Array(count);
  for (let n = 0; n < count; n++) {
    let largest = -Infinity;
    for (let c = 0; c < classCount; c++) {
      const logit = logits[n * classCount + c];
      if (!Number.isFinite(logit))
        throw new RangeError(`expected finite logits, got ${logit} at example ${n}, class ${c}`);
      if (logit > largest) {
        largest = logit;
        predicted[n] = c;
      }
    }
  }
  return predicted;
}

function squaredDistance(feature: Float64Array, centers: Float64Array, start: number): number {
  let sum = 0;
  for (let i = 0; i < feature.length; i++) {
    const difference = feature[i] - centers[start + i];
    sum += difference * difference;
  }
  return sum;
}

function rowLength(matrix: ArrayLike<number>, rows: number, what: string): number {
  const length = matrix.length / rows;
  if (!Number.isSafeInteger(rows) || rows < 1 || !Number.isInteger(length) || length < 1)
    throw new RangeError(`expected ${what} of ${rows} classes, got ${matrix.length} values`);
  return length;
}

function differingShare(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length || actual.length === 0)
    throw new RangeError(
      `expected features of ${expected.length} examples (1 or more), got ${actual.length}`,
    );
  let differing = 0;
  for (let n = 0; n < actual.length; n++) if (actual[n] !== expected[n]) differing++;
  return differing / actual.length;
}
