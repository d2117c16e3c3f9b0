import { centeredClassMeans, type Center, type ClassStatistics } from "./classStatistics";
import { equiangularity, maximalAngle } from "./equiangularity";
import { equinorm } from "./equinorm";
import { selfDuality } from "./selfDuality";
import { rowNorms } from "./vectors";
import { covarianceTraceRatio, withinClassVariability } from "./withinClassVariability";

/** The last dense layer: logits = W h + b. */
export interface Classifier {
  /** W, classCount x dim, row-major (tfjs keeps its transpose). */
  readonly weights: ArrayLike<number>;
  /** b, classCount values. The measures of this file do not depend on it. */
  readonly bias: ArrayLike<number>;
}

/**
 * The measures that follow from class statistics and classifier alone. 0 means collapsed; null
 * that the measure is not defined, because the vectors it compares coincide or are zero.
 */
export interface CollapseMeasures {
  /** NC1. {@link withinClassVariability} */
  readonly withinClassVariability: number | null;
  /** NC1. {@link covarianceTraceRatio} */
  readonly covarianceTraceRatio: number | null;
  /** NC2. {@link equinorm} */
  readonly meansEquinorm: number | null;
  readonly classifierEquinorm: number | null;
  /** NC2. {@link equiangularity} */
  readonly meansEquiangularity: number | null;
  readonly classifierEquiangularity: number | null;
  /** NC2. {@link maximalAngle} */
  readonly meansMaximalAngle: number | null;
  readonly classifierMaximalAngle: number | null;
  /** NC3. {@link selfDuality} */
  readonly selfDuality: number | null;
}

/**
 * All geometric neural-collapse measures of one set of features and the classifier on top of them.
 *
 * Where a single measure would throw because class means coincide or the classifier is zero, its
 * value here is null: a network that has not separated its classes can be measured all the same.
 *
 * @param center Which mean the class means are centred on.
 * @throws {RangeError} If there are fewer than 2 classes, or the classifier has another shape than
 *   the class means or a value that is not finite.
 */
export function measureCollapse({
  statistics,
  classifier: { weights, bias },
  center = "meanOfClassMeans",
}: {
  readonly statistics: ClassStatistics;
  readonly classifier: Classifier;
  readonly center?: Center;
}): CollapseMeasures {
  const { dim, classCount } = statistics;
  if (weights.length !== classCount * dim || bias.length !== classCount)
    throw new RangeError(
      `expected ${classCount} x ${dim} weights and ${classCount} biases, ` +
        `got ${weights.length} and ${bias.length}`,
    );
  const means = centeredClassMeans(statistics, center);
  const meansNorms = rowNorms(means, dim);
  const weightsNorms = rowNorms(weights, dim);
  const separated = meansNorms.some(isPositive);
  const trained = weightsNorms.some(isPositive);
  return {
    withinClassVariability: separated ? withinClassVariability(statistics, center) : null,
    covarianceTraceRatio: separated ? covarianceTraceRatio(statistics, center) : null,
    meansEquinorm: separated ? equinorm(means, dim) : null,
    classifierEquinorm: trained ? equinorm(weights, dim) : null,
    meansEquiangularity: meansNorms.every(isPositive) ? equiangularity(means, dim) : null,
    classifierEquiangularity: weightsNorms.every(isPositive) ? equiangularity(weights, dim) : null,
    meansMaximalAngle: meansNorms.every(isPositive) ? maximalAngle(means, dim) : null,
    classifierMaximalAngle: weightsNorms.every(isPositive) ? maximalAngle(weights, dim) : null,
    selfDuality: separated && trained ? selfDuality(weights, means, dim) : null,
  };
}

function isPositive(norm: number): boolean {
  return norm > 0;
}
