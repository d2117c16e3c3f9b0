import { UndefinedMeasureError } from "./undefinedMeasure";
import { frobeniusNorm, rowCount } from "../../numerics/vectors";
import { biasOf, type Classifier } from "./classifier";

/**
 * NC0: |sum over c of w_c| / |W|_F, the norm of the sum of the classifier's rows relative to that of
 * the classifier. Zero if the rows are centered, as those of a simplex ETF are.
 *
 * The gradients of the cross entropy with respect to the rows sum to zero for every example, so
 * that under SGD with weight decay coupled to the gradient the sum decays, whatever the data and
 * the regularizer of the features are.
 *
 * @returns From 0 to sqrt(C), without a unit.
 * @throws {RangeError} If there are fewer than 2 rows, or a weight is not finite.
 * @throws {UndefinedMeasureError} If all weights are zero.
 * @see Zhao et al. 2026, who do not divide by |W|_F, https://arxiv.org/abs/2602.16642
 */
export function classifierSum({ weights }: Classifier, dim: number): number {
  const rows = rowCount(weights, dim);
  const sum = new Float64Array(dim);
  for (let at = 0; at < rows * dim; at++) sum[at % dim] += weights[at];
  return frobeniusNorm(sum) / classifierNorm(weights);
}

/**
 * NC0 of the biases: |sum over c of b_c| / |W|_F. Zero if the biases sum to zero; a common summand
 * changes no prediction.
 *
 * @returns 0 or more, in the unit of features.
 * @throws As {@link classifierSum}.
 * @throws {UndefinedMeasureError} If there are no biases.
 */
export function biasSum(classifier: Classifier): number {
  const bias = biasOf(classifier);
  let sum = 0;
  for (let c = 0; c < bias.length; c++) sum += bias[c];
  return Math.abs(sum) / classifierNorm(classifier.weights);
}

function classifierNorm(weights: ArrayLike<number>): number {
  const norm = frobeniusNorm(weights);
  if (norm === 0) throw new UndefinedMeasureError("expected a classifier, got only zeros");
  return norm;
}
