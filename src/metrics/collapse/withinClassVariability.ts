import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { centeredClassMeans, roundingLevel, type ClassStatistics } from "./classStatistics";
import { UndefinedMeasureError } from "./undefinedMeasure";
import { frobeniusNorm } from "../../numerics/vectors";

/**
 * NC1, within-class variability: tr(S_W S_B^+) / C. Zero if every example lies on its class mean.
 *
 * The pseudo-inverse comes from the singular values s_k and right singular vectors v_k of the
 * centered class means, since S_B = sum of (s_k^2 / C) v_k v_k': no square is taken before the
 * decomposition, so that small directions keep their digits, and only C of the p directions are
 * computed. Those with s_k up to {@link roundingLevel} are left out: the C centered means are
 * linearly dependent, so that at least one s_k is 0 but for rounding (if p >= C), and more are if
 * the means lie in fewer than C - 1 dimensions. What varies within classes in a direction in which
 * the class means do not differ therefore does not count, as the pseudo-inverse has it.
 *
 * Papyan's notebook leaves out the division by C.
 *
 * @param means M', the class means less mu_G, C x dim: about the mean of the class means unless given.
 * @throws {RangeError} If there are fewer than 2 classes.
 * @throws {UndefinedMeasureError} If all class means coincide.
 * @see Papyan, Han, Donoho 2020, https://arxiv.org/abs/2008.08186
 */
export function withinClassVariability(
  statistics: ClassStatistics,
  means: Float64Array = centeredClassMeans(statistics),
): number {
  const { dim, classCount, withinClassCovariance } = statistics;
  checkDistinct(means, classCount);
  const { diagonal, rightSingularVectors } = new SingularValueDecomposition(
    Matrix.from1DArray(classCount, dim, means),
    { autoTranspose: true, computeLeftSingularVectors: true, computeRightSingularVectors: true },
  );
  const smallest = roundingLevel(statistics);
  let variability = 0;
  for (let k = 0; k < diagonal.length; k++)
    if (diagonal[k] > smallest) {
      const spread = quadraticForm(withinClassCovariance, rightSingularVectors.getColumn(k));
      // The C of s_k^2 / C cancels the C that the trace is divided by.
      variability += spread / diagonal[k] ** 2;
    }
  return variability;
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
    throw new UndefinedMeasureError("expected class means that differ, got coinciding ones");
}

/** v' A v for a symmetric A, p x p. */
function quadraticForm(matrix: Float64Array, vector: number[]): number {
  const dim = vector.length;
  let sum = 0;
  for (let i = 0; i < dim; i++)
    for (let j = 0; j < dim; j++) sum += vector[i] * matrix[i * dim + j] * vector[j];
  return sum;
}
