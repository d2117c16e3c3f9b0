import { checkedLabels, type Labels } from "../../numerics/labels";
import { predictedClasses } from "../collapse/nearestClassCenter";

/**
 * Q_k(D_k): of each class k, the share of its examples in the decision region D_k of k, where the
 * logit of k is the largest (the first in case of ties).
 *
 * @param logits N x classCount, row-major.
 * @param labels N class indices.
 * @returns classCount shares.
 * @throws {RangeError} If lengths disagree, a logit is not finite, a label is out of range, or a
 * class has no example.
 * @see Hofer et al. 2020, section 3, https://arxiv.org/abs/2002.04805
 */
export function classDecisionMasses(
  logits: ArrayLike<number>,
  labels: Labels,
  classCount: number,
): Float64Array {
  const own = checkedLabels(labels, classCount);
  const predicted = predictedClasses(logits, classCount);
  if (predicted.length !== own.length)
    throw new RangeError(`expected ${own.length} x ${classCount} logits, got ${logits.length}`);
  const masses = predictedMasses(predicted, own, classCount);
  const empty = masses.indexOf(null);
  if (empty >= 0) throw new RangeError(`expected examples of every class, got none of ${empty}`);
  return Float64Array.from(masses as number[]);
}

/**
 * Decision masses from predicted classes.
 *
 * @param predicted N class indices.
 * @param labels N class indices.
 * @returns classCount shares; null for a class without an example.
 */
export function predictedMasses(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  classCount: number,
): (number | null)[] {
  const counts = new Float64Array(classCount);
  const inside = new Float64Array(classCount);
  for (let n = 0; n < labels.length; n++) {
    counts[labels[n]]++;
    if (predicted[n] === labels[n]) inside[labels[n]]++;
  }
  return Array.from(inside, (n, k) => (counts[k] === 0 ? null : n / counts[k]));
}

/**
 * Error that follows from decision masses: sum over classes of share_k (1 - Q_k(D_k)).
 *
 * @param masses Q_k(D_k), one per class.
 * @param classShares The share of each class among the examples, summing to 1; without it classes
 *   count equally, and the error is the class-balanced one, the mean of 1 - Q_k(D_k).
 * @returns From 0 to 1.
 * @throws {RangeError} If there is no class, or a mass or share is invalid.
 */
export function decisionError(masses: ArrayLike<number>, classShares?: ArrayLike<number>): number {
  checkMasses(masses);
  const shares = Array.from(classShares ?? new Float64Array(masses.length).fill(1 / masses.length));
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (shares.length !== masses.length || !(Math.abs(total - 1) < 1e-9))
    throw new RangeError(
      `expected ${masses.length} class shares with sum 1, got ${shares.length} with sum ${total}`,
    );
  if (shares.some((share) => share < 0))
    throw new RangeError(`expected class shares of 0 or more, got ${shares}`);
  return Array.from(masses).reduce((sum, mass, k) => sum + shares[k] * (1 - mass), 0);
}

/**
 * K eps with eps the largest 1 - Q_k(D_k) of K classes: no error, whatever the classes' shares, is
 * larger. (It is a union bound; the error is at most eps, since the shares sum to 1.)
 *
 * @param masses Q_k(D_k), one per class.
 * @returns 0 or more; not informative above 1.
 * @throws {RangeError} If there is no class or a mass is not from 0 to 1.
 * @see Hofer et al. 2020, section 3, https://arxiv.org/abs/2002.04805
 */
export function decisionErrorBound(masses: ArrayLike<number>): number {
  checkMasses(masses);
  return masses.length * (1 - Math.min(...Array.from(masses)));
}

function checkMasses(masses: ArrayLike<number>): void {
  if (masses.length === 0) throw new RangeError("expected masses of 1 class or more, got none");
  for (let k = 0; k < masses.length; k++)
    if (!(masses[k] >= 0 && masses[k] <= 1))
      throw new RangeError(`expected masses from 0 to 1, got ${masses[k]} of class ${k}`);
}
