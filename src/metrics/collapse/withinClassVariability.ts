import { rowProducts } from "../../kernels/doubleProducts";
import { centeredClassMeans, roundingLevel, type ClassStatistics } from "./classStatistics";
import { meanDirections, type MeanDirections } from "./meanDirections";
import { UndefinedMeasureError } from "./undefinedMeasure";
import { frobeniusNorm } from "../../numerics/vectors";

/**
 * NC1, within-class variability: tr(S_W S_B^+) / C. Zero if every example lies on its class mean.
 *
 * The pseudo-inverse is computed from the centered class means, only along directions in which they
 * differ: small directions keep their digits, and no p x p matrix is inverted. Directions in which
 * the means differ by no more than {@link roundingLevel} are left out: the C centered means are
 * linearly dependent, so at least one is left out (if p >= C), and more if the means lie in fewer
 * than C - 1 dimensions. Variation within classes along a direction in which the class means do not
 * differ does not count, by definition of the pseudo-inverse.
 *
 * Papyan's notebook leaves out the division by C.
 *
 * @param means M', the class means less mu_G, C x dim: about the mean of the class means by
 *   default.
 * @param directions {@link meanDirections} of them.
 * @throws {RangeError} If there are fewer than 2 classes.
 * @throws {UndefinedMeasureError} If all class means coincide.
 * @see Papyan, Han, Donoho 2020, https://arxiv.org/abs/2008.08186
 */
export function withinClassVariability(
  statistics: ClassStatistics,
  means: Float64Array = centeredClassMeans(statistics),
  directions: MeanDirections = meanDirections(means, statistics.dim, roundingLevel(statistics)),
): number {
  const { dim, classCount, withinClassCovariance } = statistics;
  checkDistinct(means, classCount);
  // D S_W D' with D'D = (C S_B)^+: this C cancels the division of the trace by C.
  const { whitening } = directions;
  const products = rowProducts(whitening, withinClassCovariance, dim);
  return products.reduce((sum, value, i) => sum + value * whitening[i], 0);
}

/**
 * NC1 without an inverse: tr S_W / tr S_B, the mean squared distance of the examples to their class
 * mean over that of the class means to mu_G.
 *
 * @param means M', as for {@link withinClassVariability}.
 * @throws {RangeError} If there are fewer than 2 classes.
 * @throws {UndefinedMeasureError} If all class means coincide.
 */
export function covarianceTraceRatio(
  statistics: ClassStatistics,
  means: Float64Array = centeredClassMeans(statistics),
): number {
  const { dim, classCount, withinClassCovariance } = statistics;
  checkDistinct(means, classCount);
  const between = frobeniusNorm(means) ** 2 / classCount;
  let within = 0;
  for (let i = 0; i < dim; i++) within += withinClassCovariance[i * dim + i];
  return within / between;
}

function checkDistinct(means: Float64Array, classCount: number): void {
  if (classCount < 2) throw new RangeError(`expected 2 classes or more, got ${classCount}`);
  if (means.every((value) => value === 0))
    throw new UndefinedMeasureError("expected different class means, got identical ones");
}
