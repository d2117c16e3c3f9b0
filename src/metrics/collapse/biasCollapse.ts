import { biasOf, checkClassifier, classifierLogits, type Classifier } from "./classifier";
import type { Center, ClassStatistics } from "./classStatistics";
import { frobeniusNorm } from "../../numerics/vectors";

/**
 * NC4, bias collapse: |W mu_G + b|, the length of the logits at the global mean. Zero if the network
 * computes W (h - mu_G): with NC1 to NC3 that is the nearest-class-center rule.
 *
 * A number added to all biases changes no prediction, but counts here.
 *
 * @param center Which mean is mu_G.
 * @returns 0 or more, in the unit of logits.
 * @throws {RangeError} If the classifier has another shape than the class means or a value that is
 *   not finite.
 * @throws {UndefinedMeasureError} If there are no biases.
 * @see Papyan, Han, Donoho 2020, https://arxiv.org/abs/2008.08186
 */
export function biasCollapse(
  statistics: ClassStatistics,
  classifier: Classifier,
  center: Center = "meanOfClassMeans",
): number {
  checkClassifier(classifier, statistics);
  biasOf(classifier);
  return frobeniusNorm(classifierLogits(statistics[center], classifier));
}
