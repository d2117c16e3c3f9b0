import { checkedLabels, labelNumbers, type Labels } from "../../numerics/labels";
import { frobeniusNorm } from "../../numerics/vectors";
import { classifierLogits, type Classifier } from "./classifier";
import { checkLength } from "./classStatistics";
import { effectiveRank } from "./effectiveRank";
import { differingCount, nearestClassCenters, predictedClasses } from "./nearestClassCenter";
import { centerFeatures, ridgeProbe } from "./ridgeProbe";
import { covarianceEigenvalues } from "./spectra";
import { UndefinedMeasureError, whereDefined } from "./undefinedMeasure";

/** Measures of the training set's features after a layer; null if not defined. */
export interface LayerTrainMeasures {
  /** NC1: tr S_W / tr S_B. */
  readonly covarianceTraceRatio: number | null;
  /** NC4: share of examples whose nearest class mean is that of their own class. */
  readonly nearestClassCenterAccuracy: number;
  /** {@link effectiveRank} of the covariance of the features about their mean. */
  readonly effectiveRank: number | null;
}

/** Measures of a test set's features after a layer, with the classifiers of the training set. */
export interface LayerTestMeasures {
  readonly examples: number;
  /** Share of examples whose nearest class mean of the training set is that of their own class. */
  readonly nearestClassCenterAccuracy: number;
  /** Accuracy of the {@link ridgeProbe} of the training set; null if all of its features are equal. */
  readonly probeAccuracy: number | null;
}

/** Measures of a layer on the training set, and the two classifiers fitted to its features. */
export interface FittedLayer {
  readonly train: LayerTrainMeasures;
  /** C x p. */
  readonly classMeans: Float64Array;
  readonly probe: Classifier | null;
}

/**
 * Measures the training set's features after a layer. No p x p matrix is formed if p > N, because
 * maps have many more dimensions than there are examples.
 *
 * @param features N x p, row-major; maps are flattened.
 * @param labels N class indices, 0 to classCount - 1.
 * @throws {RangeError} If lengths disagree, a label is out of range, a feature is not finite, or a
 *   class has no example.
 */
export function fitLayer(
  features: ArrayLike<number>,
  labels: Labels,
  classCount: number,
): FittedLayer {
  const numbers = checkedLabels(labels, classCount);
  const dim = dimensionOf(features, numbers.length);
  const classMeans = classMeansOf(features, numbers, dim, classCount);
  const nearest = nearestClassCenters(features, classMeans, classCount);
  const centered = centerFeatures(features, dim);
  const size = Math.sqrt(centered.products.length);
  return {
    train: {
      covarianceTraceRatio: whereDefined(() => traceRatio(features, numbers, classMeans, dim))
        .value,
      nearestClassCenterAccuracy: 1 - differingCount(nearest, numbers) / numbers.length,
      effectiveRank: whereDefined(() =>
        effectiveRank(covarianceEigenvalues(centered.products, size)),
      ).value,
    },
    classMeans,
    probe: whereDefined(() => ridgeProbe(centered, numbers, classCount)).value,
  };
}

/** Numbers of examples that the two classifiers of a layer classify correctly. */
export interface CorrectCounts {
  readonly nearest: number;
  readonly probe: number;
}

/**
 * Counts the examples that a layer's class means and its probe classify correctly.
 *
 * @param features N x p, row-major.
 * @throws {RangeError} If lengths disagree or a value is not finite.
 */
export function correctCounts(
  { classMeans, probe }: FittedLayer,
  features: ArrayLike<number>,
  labels: Labels,
  classCount: number,
): CorrectCounts {
  const numbers = labelNumbers(labels);
  const correct = (classes: ArrayLike<number>) => numbers.length - differingCount(classes, numbers);
  checkLength(features, numbers.length, classMeans.length / classCount);
  return {
    nearest: correct(nearestClassCenters(features, classMeans, classCount)),
    probe: probe ? correct(predictedClasses(classifierLogits(features, probe), classCount)) : NaN,
  };
}

/** Features of a set after a layer. */
export interface LayerFeatures {
  readonly name: string;
  /** N x p, row-major; maps are flattened. */
  readonly features: ArrayLike<number>;
}

/** Features of the same examples after several layers. */
export interface LayeredExamples {
  readonly layers: readonly LayerFeatures[];
  /** N class indices, from 0. */
  readonly labels: Labels;
}

/** Measures of a layer. */
export interface LayerMeasures {
  readonly name: string;
  readonly dim: number;
  readonly train: LayerTrainMeasures;
  /** Present if a test set was given. */
  readonly test?: LayerTestMeasures;
}

/**
 * Neural collapse layer by layer, from arrays: tr S_W / tr S_B, nearest-class-center accuracy and
 * effective rank of a training set's features after each layer and, with a test set, the accuracies
 * of nearest class centers and of a ridge probe on it.
 *
 * ```ts
 * measureLayers({ layers: [{ name: "conv1", features }], labels, test: { layers, labels } })
 * ```
 *
 * @param train At least one layer and two classes; the largest label defines the number of classes.
 * @throws {RangeError} As {@link fitLayer}, with the layer's name, and if the test set's layers are
 *   not those of the training set.
 */
export function measureLayers({
  layers,
  labels,
  test,
}: LayeredExamples & { readonly test?: LayeredExamples }): LayerMeasures[] {
  const classCount = Math.max(...uniqueLabels(labels)) + 1;
  if (test) checkSameLayers(layers, test.layers);
  return layers.map(({ name, features }, at) =>
    named(name, () => {
      const fitted = fitLayer(features, labels, classCount);
      const dim = dimensionOf(features, labels.length);
      const { train } = fitted;
      if (test === undefined) return { name, dim, train };
      const numbers = checkedLabels(test.labels, classCount);
      const counts = correctCounts(fitted, test.layers[at].features, numbers, classCount);
      return { name, dim, train, test: testMeasures(counts, numbers.length) };
    }),
  );
}

/** Test measures from counts of correct examples. */
export function testMeasures({ nearest, probe }: CorrectCounts, count: number): LayerTestMeasures {
  return {
    examples: count,
    nearestClassCenterAccuracy: nearest / count,
    probeAccuracy: Number.isNaN(probe) ? null : probe / count,
  };
}

function uniqueLabels(labels: Labels): Set<number> {
  const unique = new Set(Array.from(labelNumbers(labels)));
  if (unique.size < 2) throw new RangeError(`expected 2 classes or more, got ${unique.size}`);
  return unique;
}

function checkSameLayers(train: readonly LayerFeatures[], test: readonly LayerFeatures[]): void {
  const names = (layers: readonly LayerFeatures[]) => layers.map(({ name }) => name).join(", ");
  if (names(train) !== names(test))
    throw new RangeError(
      `expected the test set's features of the layers ${names(train)}, got ${names(test) || "none"}`,
    );
}

/** Result of a function; an error gets the layer's name. */
function named<T>(layer: string, measure: () => T): T {
  try {
    return measure();
  } catch (error) {
    throw new RangeError(`${layer}: ${(error as Error).message}`, { cause: error });
  }
}

/** @throws {RangeError} If the features are not `count` rows of one length, or not finite. */
function dimensionOf(features: ArrayLike<number>, count: number): number {
  const dim = features.length / count;
  if (!Number.isInteger(dim) || dim < 1)
    throw new RangeError(
      `expected features of ${count} examples (1 or more), got ${features.length} values`,
    );
  return dim;
}

function classMeansOf(
  features: ArrayLike<number>,
  labels: ArrayLike<number>,
  dim: number,
  classCount: number,
): Float64Array {
  const means = new Float64Array(classCount * dim);
  const counts = new Float64Array(classCount);
  for (let n = 0; n < labels.length; n++) {
    counts[labels[n]]++;
    for (let i = 0; i < dim; i++) means[labels[n] * dim + i] += features[n * dim + i];
  }
  const empty = counts.indexOf(0);
  if (empty >= 0)
    throw new RangeError(
      `expected an example of each of ${classCount} classes, got none of class ${empty}`,
    );
  return means.map((sum, at) => sum / counts[Math.floor(at / dim)]);
}

/** tr S_W over tr S_B, each a mean of squared distances. */
function traceRatio(
  features: ArrayLike<number>,
  labels: ArrayLike<number>,
  classMeans: Float64Array,
  dim: number,
): number {
  const classCount = classMeans.length / dim;
  const center = new Float64Array(dim);
  classMeans.forEach((value, at) => (center[at % dim] += value / classCount));
  const between = classMeans.reduce((sum, value, at) => sum + (value - center[at % dim]) ** 2, 0);
  if (Math.sqrt(between) <= 1e-12 * frobeniusNorm(classMeans))
    throw new UndefinedMeasureError("expected different class means, got identical ones");
  let within = 0;
  for (let n = 0; n < labels.length; n++)
    for (let i = 0; i < dim; i++)
      within += (features[n * dim + i] - classMeans[labels[n] * dim + i]) ** 2;
  return within / labels.length / (between / classCount);
}
