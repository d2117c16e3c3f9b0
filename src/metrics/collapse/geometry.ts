import { lazily } from "../../numerics/lazily";
import { checkClassifier, classifierLogits, type Classifier } from "./classifier";
import {
  centeredClassMeans,
  centeredFeatures,
  checkLength,
  classStatisticsOfBatches,
  type Center,
  type ClassStatistics,
  type LabeledFeatures,
} from "./classStatistics";
import { cosineMargins, logitMargins } from "./margins";
import { nearestClassCenters, predictedClasses } from "./nearestClassCenter";
import { euclideanNorms, normSummary } from "./norms";
import { betweenClassEigenvalues, withinClassEigenvalues } from "./spectra";
import { summarize, type Summary } from "./summary";
import { checkedLabels } from "../../numerics/labels";
import { whereDefined } from "./undefinedMeasure";

/** Examples of a set, with the logits that the network itself gave them where they are known. */
export interface MeasuredBatch extends LabeledFeatures {
  /** N x classCount, row-major; W h + b unless given. */
  readonly logits?: ArrayLike<number>;
}

/** The set that is measured, and the classifier on top of its features. */
export interface GeometryParts {
  /** The examples, together or in batches: iterated anew for each quantity that needs them. */
  readonly examples: Iterable<MeasuredBatch>;
  /** W and b: they say how many classes and dimensions there are. */
  readonly classifier: Classifier;
  /** The mean that is mu_G: of the class means unless given. */
  readonly center?: Center;
  /** Statistics of the training set, where the examples are of another set: for NC4 and margins. */
  readonly trainStatistics?: ClassStatistics;
  /** Mean feature of a second data set, p values, for NC5. */
  readonly outOfDistributionMean?: ArrayLike<number>;
}

/**
 * Quantities of one set that the measures are functions of, each computed once, when a measure first
 * asks for it. C classes, features of dimension p, N examples.
 */
export interface Geometry {
  readonly dim: number;
  readonly classCount: number;
  readonly classifier: Classifier;
  readonly center: Center;
  /** Statistics of the set's own classes. */
  readonly statistics: ClassStatistics;
  /** Statistics of the training set. */
  readonly trainStatistics: ClassStatistics;
  /** M', the class means less mu_G, C x p. */
  readonly means: Float64Array;
  /** The class means less the mean of the examples, C x p. */
  readonly globalMeans: Float64Array;
  /** Eigenvalues of S_W: p values, descending. */
  readonly withinClassEigenvalues: Float64Array;
  /** Eigenvalues of S_B: p values, descending. */
  readonly betweenClassEigenvalues: Float64Array;
  /** |w_c| over the classes. */
  readonly classifierNorms: Summary;
  /** N class indices. */
  readonly labels: ArrayLike<number>;
  /** N x C: W h + b, in double precision. */
  readonly classifierLogits: ArrayLike<number>;
  /** N x C: the network's own where they are given, else W h + b. */
  readonly logits: ArrayLike<number>;
  /** N class indices: that of the largest logit. */
  readonly predicted: Int32Array;
  /** N class indices: that of the nearest class mean of the training set. */
  readonly nearest: Int32Array;
  /** |h| over the examples. */
  readonly featureNorms: Summary;
  /** {@link logitMargins} of W h + b. */
  readonly logitMargins: Summary;
  /** {@link cosineMargins} about mu_G; null if an example is at mu_G or a row of W is zero. */
  readonly cosineMargins: Summary | null;
  /** p values; undefined without a second data set. */
  readonly outOfDistributionMean: ArrayLike<number> | undefined;
}

/**
 * The geometry of a set. Nothing but the classifier's shape is looked at before a measure asks.
 *
 * @throws {RangeError} If there are fewer than 2 classes, or a weight or bias is not finite. The
 *   properties throw where lengths disagree, a label is out of range, a feature is not finite, or,
 *   for the statistics, a class has no example.
 */
export function geometryOf(parts: GeometryParts): Geometry {
  const { classifier, center = "meanOfClassMeans", outOfDistributionMean } = parts;
  const { dim, classCount } = checkedShape(parts);
  const each = (of: (batch: CheckedBatch) => ArrayLike<number>) =>
    concatenated(checkedBatches(parts.examples, dim, classCount), of);
  return lazily<Geometry>({
    dim: () => dim,
    classCount: () => classCount,
    classifier: () => classifier,
    center: () => center,
    outOfDistributionMean: () => outOfDistributionMean,
    statistics: () => classStatisticsOfBatches(parts.examples, dim, classCount),
    trainStatistics: (self) => parts.trainStatistics ?? self.statistics,
    means: ({ statistics }) => centeredClassMeans(statistics, center),
    globalMeans: ({ statistics, means }) =>
      center === "globalMean" ? means : centeredClassMeans(statistics, "globalMean"),
    withinClassEigenvalues: ({ statistics }) => withinClassEigenvalues(statistics),
    betweenClassEigenvalues: ({ statistics, means }) => betweenClassEigenvalues(statistics, means),
    classifierNorms: () => normSummary(classifier.weights, dim),
    labels: () => each(({ labels }) => labels),
    classifierLogits: () => each(({ features }) => classifierLogits(features, classifier)),
    logits: (self) =>
      haveLogits(parts.examples) ? each(({ logits }) => logits!) : self.classifierLogits,
    predicted: ({ logits }) => predictedClasses(logits, classCount),
    nearest: ({ trainStatistics: { classMeans } }) =>
      Int32Array.from(
        each(({ features }) => nearestClassCenters(features, classMeans, classCount)),
      ),
    featureNorms: () => summarize(each(({ features }) => euclideanNorms(features, dim))),
    logitMargins: (self) => summarize(logitMargins(self.classifierLogits, self.labels, classCount)),
    cosineMargins: ({ trainStatistics }) => {
      const margins = ({ features, labels }: MeasuredBatch) => {
        const centered = centeredFeatures(features, trainStatistics, center);
        return cosineMargins(centered, classifier.weights, labels, dim);
      };
      return whereDefined(() => summarize(each(margins)));
    },
  });
}

/** The numbers of dimensions and classes that the classifier has, and the training set as well. */
function checkedShape({ classifier, examples, trainStatistics }: GeometryParts) {
  const classCount = classifier.bias.length;
  const dim = classifier.weights.length / classCount;
  if (classCount < 2) throw new RangeError(`expected 2 classes or more, got ${classCount}`);
  if (!Number.isInteger(dim) || dim < 1)
    throw new RangeError(
      `expected ${classCount} rows of weights, got ${classifier.weights.length} values`,
    );
  checkClassifier(classifier, { dim, classCount });
  if ((examples as unknown) === examples[Symbol.iterator]())
    throw new RangeError("expected batches that can be iterated again, got an iterator");
  if (trainStatistics) checkClassifier(classifier, trainStatistics);
  return { dim, classCount };
}

function haveLogits(batches: Iterable<MeasuredBatch>): boolean {
  for (const { logits } of batches) if (logits === undefined) return false;
  return true;
}

/** A batch with labels that are numbers. */
type CheckedBatch = MeasuredBatch & { readonly labels: ArrayLike<number> };

/** The batches, each refused if its lengths disagree or a label is out of range. */
function* checkedBatches(
  batches: Iterable<MeasuredBatch>,
  dim: number,
  classCount: number,
): Iterable<CheckedBatch> {
  for (const { features, labels, logits } of batches) {
    checkLength(features, labels.length, dim);
    const numbers = checkedLabels(labels, classCount);
    if (logits) checkLength(logits, labels.length, classCount, "logits");
    yield { features, labels: numbers, logits };
  }
}

/** One value or more an example, batch after batch; the batch's own array if there is one batch. */
function concatenated(
  batches: Iterable<CheckedBatch>,
  of: (batch: CheckedBatch) => ArrayLike<number>,
): ArrayLike<number> {
  const parts = Array.from(batches, of);
  if (parts.length === 1) return parts[0];
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
