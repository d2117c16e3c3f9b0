import type { LinearLayer } from "../../data/featureSet";
import type { Classifier } from "../../metrics/collapse/classifier";
import type { RowArray } from "../../numerics/rowArray";
import type { FeatureMatrices } from "./featureBatches";

/** Number of classes: that of weights, names or logits, else that of the labels. */
export function classCountOf(
  { weights, bias, classNames }: LinearLayer & { readonly classNames?: readonly string[] },
  { features, labels, logits, places }: FeatureMatrices,
): number {
  const rows = weights && weights.length / features.size;
  if (rows !== undefined && !Number.isInteger(rows))
    throw new RangeError(
      `${places.weights}: expected rows of ${features.size} weights, as many as features have ` +
        `dimensions, got ${weights!.length} values`,
    );
  const counts: [string, number | undefined][] = [
    [places.weights, rows],
    [places.bias, bias?.length],
    [places.logits, logits?.size],
    ["class names", classNames?.length],
  ];
  const given = counts.filter((one): one is [string, number] => one[1] !== undefined);
  for (const [place, count] of given)
    if (count !== given[0][1])
      throw new RangeError(
        `${place}: expected ${given[0][1]} classes, as many as ${given[0][0]}, got ${count}`,
      );
  if (given.length > 0) return given[0][1];
  let largest = 0;
  for (let n = 0; n < labels.length; n++) largest = Math.max(largest, labels[n]);
  return largest + 1;
}

/** Rejects labels that are not class indices and, optionally, classes without an example. */
export function checkLabels(
  { labels, places }: FeatureMatrices,
  classCount: number,
  isComplete: boolean,
): void {
  const counts = new Map<number, number>();
  for (let n = 0; n < labels.length; n++) {
    const label = labels[n];
    if (!Number.isInteger(label) || label < 0 || label >= classCount)
      throw new RangeError(
        `${places.labels}: expected class indices from 0 to ${classCount - 1}, got ${label} ` +
          `at example ${n}${startsAtOne(labels, classCount)}`,
      );
    counts.set(label, n);
  }
  if (classCount < 2)
    throw new RangeError(`${places.labels}: expected 2 classes or more, got ${classCount}`);
  if (!isComplete || counts.size === classCount) return;
  let missing = 0;
  while (counts.has(missing)) missing++;
  throw new RangeError(
    `${places.labels}: expected an example of each of ${classCount} classes, ` +
      `got none of class ${missing}${startsAtOne(labels, classCount - 1)}`,
  );
}

/** Hint for labels from 1 to C, as in MATLAB. */
function startsAtOne(labels: ArrayLike<number>, classCount: number): string {
  const isCounted = Array.from(labels).every((label) => label >= 1 && label <= classCount);
  return isCounted ? "; classes count from 0, so subtract 1 from labels that start at 1" : "";
}

/** Rejects a test set whose labels or dimensions differ from those of the training set. */
export function checkTest(test: FeatureMatrices, train: FeatureMatrices, classCount: number): void {
  checkLabels(test, classCount, false);
  checkDim(test.features, test.places.features, train);
}

/** Rejects features whose dimension differs from the training set's. */
export function checkDim(features: RowArray, place: string, train: FeatureMatrices): void {
  if (features.size !== train.features.size)
    throw new RangeError(
      `${place}: expected ${train.features.size} dimensions, as many as ${train.places.features}, ` +
        `got ${features.size}`,
    );
}

/** Classifier, if there is one; a value that is not finite is rejected. */
export function checkedClassifier(
  { weights, bias }: LinearLayer,
  { features, places }: FeatureMatrices,
): Classifier | undefined {
  if (!weights) {
    if (bias) throw new RangeError(`${places.bias}: expected weights with the bias, got none`);
    return undefined;
  }
  checkRows(weights, features.size, places.weights);
  if (bias) checkRows(bias, 1, places.bias);
  return bias ? { weights, bias } : { weights };
}

function checkRows(values: ArrayLike<number>, size: number, place: string): void {
  const wrong = Array.from(values).findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0)
    throw new RangeError(
      `${place}: expected finite values, got ${values[wrong]} in row ${Math.floor(wrong / size)}` +
        (size > 1 ? `, column ${wrong % size}` : ""),
    );
}
