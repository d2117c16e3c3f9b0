import { centeredClassMeans, type Center, type ClassStatistics } from "./classStatistics";
import { checkClassifier, type Classifier } from "./classifier";
import { equiangularity, maximalAngle } from "./equiangularity";
import { equinorm } from "./equinorm";
import { selfDuality } from "./selfDuality";
import { whereDefined } from "./undefinedMeasure";
import { rowCount } from "../../numerics/vectors";
import { covarianceTraceRatio, withinClassVariability } from "./withinClassVariability";

export type { Classifier } from "./classifier";

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
 * The geometric neural-collapse measures that a run records, of one set of features and the
 * classifier on top of them. {@link collapseReport} has all measures.
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
  classifier,
  center = "meanOfClassMeans",
}: {
  readonly statistics: ClassStatistics;
  readonly classifier: Classifier;
  readonly center?: Center;
}): CollapseMeasures {
  const { dim } = statistics;
  checkClassifier(classifier, statistics);
  const means = centeredClassMeans(statistics, center);
  const { weights } = classifier;
  rowCount(weights, dim);
  return {
    withinClassVariability: whereDefined(() => withinClassVariability(statistics, center)),
    covarianceTraceRatio: whereDefined(() => covarianceTraceRatio(statistics, center)),
    meansEquinorm: whereDefined(() => equinorm(means, dim)),
    classifierEquinorm: whereDefined(() => equinorm(weights, dim)),
    meansEquiangularity: whereDefined(() => equiangularity(means, dim)),
    classifierEquiangularity: whereDefined(() => equiangularity(weights, dim)),
    meansMaximalAngle: whereDefined(() => maximalAngle(means, dim)),
    classifierMaximalAngle: whereDefined(() => maximalAngle(weights, dim)),
    selfDuality: whereDefined(() => selfDuality(weights, means, dim)),
  };
}
