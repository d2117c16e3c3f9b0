import { checkedLabels, type Labels } from "../../numerics/labels";
import { checkLength } from "./classStatistics";
import { euclideanNorms } from "./norms";
import { UndefinedMeasureError } from "./undefinedMeasure";
import { rowProducts } from "../../kernels/doubleProducts";
import { doubles } from "../../numerics/vectors";

/**
 * Logit margin of each example: the logit of its class less the largest other one. Above 0 if the
 * prediction is correct.
 *
 * @param logits N x classCount, row-major.
 * @param labels N class indices.
 * @returns N margins, in the unit of logits.
 * @throws {RangeError} If lengths disagree, there are fewer than 2 classes, a label is out of range
 *   or a logit is not finite.
 */
export function logitMargins(
  logits: ArrayLike<number>,
  labels: Labels,
  classCount: number,
): Float64Array {
  const own = checkedByLogits(labels, logits, classCount);
  return Float64Array.from({ length: own.length }, (_, n) => {
    const start = n * classCount;
    let largest = -Infinity;
    for (let c = 0; c < classCount; c++)
      if (c !== own[n] && logits[start + c] > largest) largest = logits[start + c];
    return logits[start + own[n]] - largest;
  });
}

/**
 * Differences between the logit of each example's class and every other logit; the smallest is the
 * margin. The original plots their distribution.
 *
 * @param logits N x classCount, row-major.
 * @param labels N class indices.
 * @returns N x (classCount - 1), row-major, the other classes ascending.
 * @throws {RangeError} As {@link logitMargins}.
 */
export function logitDifferences(
  logits: ArrayLike<number>,
  labels: Labels,
  classCount: number,
): Float64Array {
  const own = checkedByLogits(labels, logits, classCount);
  const differences = new Float64Array(own.length * (classCount - 1));
  for (let n = 0, at = 0; n < own.length; n++)
    for (let c = 0; c < classCount; c++)
      if (c !== own[n])
        differences[at++] = logits[n * classCount + own[n]] - logits[n * classCount + c];
  return differences;
}

/**
 * Cosine margin of each example: cos(w_y, h) of its class y less the largest cos(w_c, h) of another
 * one, a logit margin without lengths and biases. For h on the class mean of a simplex ETF with its
 * dual classifier it is C / (C - 1).
 *
 * Angles are seen from the origin of `features`: center them ({@link centeredFeatures}) for angles
 * about mu_G, as those of the class means are.
 *
 * @param features N x dim, row-major.
 * @param weights W, classCount x dim, row-major.
 * @param labels N class indices.
 * @returns N margins from -2 to 2.
 * @throws {RangeError} As {@link logitMargins}.
 * @throws {UndefinedMeasureError} If a feature or a row of the classifier is zero.
 */
export function cosineMargins(
  features: ArrayLike<number>,
  weights: ArrayLike<number>,
  labels: Labels,
  dim: number,
): Float64Array {
  return logitMargins(cosineLogits(features, weights, dim), labels, weights.length / dim);
}

/**
 * cos(w_c, h) of every example and class.
 *
 * @param features N x dim, row-major.
 * @param weights W, classCount x dim, row-major.
 * @returns N x classCount, row-major.
 * @throws {RangeError} If a length is not a multiple of `dim` or a norm is not finite.
 * @throws {UndefinedMeasureError} If a feature or a row of the classifier is zero.
 */
export function cosineLogits(
  features: ArrayLike<number>,
  weights: ArrayLike<number>,
  dim: number,
): Float64Array {
  const [norms, weightNorms] = [features, weights].map((rows) => euclideanNorms(rows, dim));
  return cosinesOf(rowProducts(doubles(features), doubles(weights), dim), norms, weightNorms);
}

/**
 * Cosines of the angles between N vectors and K others, from their inner products and norms.
 *
 * @param products N x K, overwritten.
 * @returns N x K, row-major.
 * @throws {UndefinedMeasureError} If a norm is zero.
 */
export function cosinesOf(
  products: Float64Array,
  norms: Float64Array,
  otherNorms: Float64Array,
): Float64Array {
  if (norms.includes(0) || otherNorms.includes(0))
    throw new UndefinedMeasureError("expected features and weights other than zero, got zero");
  for (let n = 0, at = 0; n < norms.length; n++)
    for (let c = 0; c < otherNorms.length; c++, at++) products[at] /= norms[n] * otherNorms[c];
  return products;
}

/** Labels as numbers, checked together with the logits. */
function checkedByLogits(
  labels: Labels,
  logits: ArrayLike<number>,
  classCount: number,
): ArrayLike<number> {
  if (!Number.isSafeInteger(classCount) || classCount < 2)
    throw new RangeError(`expected 2 classes or more, got ${classCount}`);
  checkLength(logits, labels.length, classCount, "logits");
  const own = checkedLabels(labels, classCount);
  for (let i = 0; i < logits.length; i++)
    if (!Number.isFinite(logits[i]))
      throw new RangeError(
        `expected finite logits, got ${logits[i]} at example ${Math.floor(i / classCount)}`,
      );
  return own;
}
