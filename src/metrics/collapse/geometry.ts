import { confidences, reliabilityBins, type ReliabilityBin } from "../behavior/calibration";
import { scaleTemperature, type ScaledCalibration } from "../behavior/temperature";
import { lazily } from "../../numerics/lazily";
import { checkClassifier, type Classifier } from "./classifier";
import {
  centeredClassMeans,
  classStatisticsOfBatches,
  roundingLevel,
  type Center,
  type ClassStatistics,
  type Precision,
} from "./classStatistics";
import { totalCovariance } from "./covariances";
import { crossEntropies } from "./crossEntropy";
import {
  exampleBatches,
  type ExampleBatch,
  type ExampleQuantity,
  type MeasuredBatch,
} from "./exampleBatch";
import { logitMargins } from "./margins";
import { meanDirections, type MeanDirections } from "./meanDirections";
import { nearestClassCenters, predictedClasses } from "./nearestClassCenter";
import { normSummary } from "./norms";
import { nuclearNorms, type NuclearNorms } from "./oleLoss";
import { betweenClassEigenvalues, covarianceEigenvalues, withinClassEigenvalues } from "./spectra";
import { summarize, type Summary } from "./summary";
import { UndefinedMeasureError } from "./undefinedMeasure";

/** Measured set, and the classifier on its features. */
export interface GeometryParts {
  /**
   * Examples, together or in batches: iterated once for the statistics, and once for the quantities
   * of single examples. Nothing as large as the features is kept in memory.
   */
  readonly examples: Iterable<MeasuredBatch>;
  /** W and b; without it the measures that need it are not defined. */
  readonly classifier?: Classifier;
  /** Numbers of dimensions and classes; required without a classifier with a bias. */
  readonly shape?: Shape;
  /** Definition of mu_G: the mean of the class means by default. */
  readonly center?: Center;
  /**
   * Statistics of the training set, if the examples are from another set: for NC4 and margins. The
   * other set may lack examples of some classes, the training set may not.
   */
  readonly trainStatistics?: ClassStatistics;
  /** Mean feature of a second data set, p values, for NC5. */
  readonly outOfDistributionMean?: ArrayLike<number>;
  /** Precision of the features, if their arrays were widened. */
  readonly precision?: Precision;
}

/** Numbers of dimensions p and of classes C. */
export type Shape = Pick<ClassStatistics, "dim" | "classCount">;

/**
 * Quantities of one set, from which the measures are computed; each is computed once, on first use.
 * C classes, features of dimension p, N examples. A quantity whose input is missing throws an
 * {@link UndefinedMeasureError}.
 */
export interface Geometry {
  readonly dim: number;
  /** C, with the classes that have no example. */
  readonly classCount: number;
  /** W and b, a row for each of the C classes. */
  readonly classifier: Classifier;
  readonly center: Center;
  /** Statistics of the set's own classes with examples. */
  readonly statistics: ClassStatistics;
  /** The classes that have no example in the set, ascending. */
  readonly missingClasses: readonly number[];
  /** Statistics of the training set. */
  readonly trainStatistics: ClassStatistics;
  /** M', C x p: the class means less mu_G, for classes with examples. */
  readonly means: Float64Array;
  /** The same class means less the mean of the examples, C x p. */
  readonly globalMeans: Float64Array;
  /** The directions in which they differ by more than rounding. */
  readonly meanDirections: MeanDirections;
  /** The rows of W of the classes that have examples: one for each row of `means`. */
  readonly presentWeights: ArrayLike<number>;
  /** Eigenvalues of S_W: p values, descending. */
  readonly withinClassEigenvalues: Float64Array;
  /** Eigenvalues of S_B: p values, descending. */
  readonly betweenClassEigenvalues: Float64Array;
  /** Eigenvalues of S_T, the covariance of all examples: p values, descending. */
  readonly totalEigenvalues: Float64Array;
  /** Nuclear norms of the features. */
  readonly nuclearNorms: NuclearNorms;
  /** |w_c| over the classes. */
  readonly classifierNorms: Summary;
  /** N class indices. */
  readonly labels: Float64Array;
  /** N class indices: that of the largest logit (the network's own, if given). */
  readonly predicted: Float64Array;
  /** N class indices: that of the nearest class mean of the training set. */
  readonly nearest: Float64Array;
  /** N: cross entropy of the logits (the network's own, if given), in nats. */
  readonly crossEntropies: Float64Array;
  /** {@link ReliabilityBin} of the logits (the network's own, if given). */
  readonly reliability: readonly ReliabilityBin[];
  /** Calibration of the same logits after temperature scaling. */
  readonly scaledCalibration: ScaledCalibration;
  /** |h| over the examples. */
  readonly featureNorms: Summary;
  /** {@link logitMargins} of W h + b. */
  readonly logitMargins: Summary;
  /** `cosineMargins` about mu_G; not defined if an example is at mu_G or a row of W is zero. */
  readonly cosineMargins: Summary;
  /** p values. */
  readonly outOfDistributionMean: ArrayLike<number>;
  /**
   * Quantity of single examples: one number for each of the N examples, in order. The first request
   * takes a pass over the examples; later ones of the same function do not. Within
   * {@link together}, one pass serves all.
   */
  readonly ofExamples: (quantity: ExampleQuantity) => Float64Array;
  /**
   * Results of several computations. All quantities of single examples that they request come from
   * one pass over the examples; a computation that requests more after seeing the first ones needs
   * another pass. A computation that must wait for the pass is restarted after it.
   */
  readonly together: <T>(computations: readonly (() => T)[]) => T[];
}

const labelsOf: ExampleQuantity = ({ labels }) => labels;
const predicted: ExampleQuantity = ({ logits, classCount }) => predictedClasses(logits, classCount);
const nearest: ExampleQuantity = ({ features, classCount, geometry: { trainStatistics } }) =>
  nearestClassCenters(features, trainStatistics.classMeans, classCount);
const crossEntropy: ExampleQuantity = ({ logits, labels, classCount }) =>
  crossEntropies(logits, labels, classCount);
const confidence: ExampleQuantity = ({ logits, classCount }) => confidences(logits, classCount);
const norm: ExampleQuantity = ({ norms }) => norms;
const logitMargin: ExampleQuantity = ({ classifierLogits, labels, classCount }) =>
  logitMargins(classifierLogits, labels, classCount);
const cosineMargin: ExampleQuantity = ({ cosines, labels, classCount }) =>
  logitMargins(cosines, labels, classCount);

/**
 * Geometry of a set. Only the classifier's shape is checked before the first use.
 *
 * @throws {RangeError} If there are fewer than 2 classes, the numbers of classes and dimensions are
 *   missing, or a weight or bias is not finite. The properties throw if lengths disagree, a label
 *   is out of range, a feature is not finite, or, for the statistics of a training set, a class has
 *   no example.
 */
export function geometryOf(parts: GeometryParts): Geometry {
  const { center = "meanOfClassMeans", precision, trainStatistics } = parts;
  const { dim, classCount } = checkedShape(parts);
  const passes = passesOver(() => exampleBatches(parts.examples, self));
  const self = lazily<Geometry>({
    dim: () => dim,
    classCount: () => classCount,
    classifier: () => given(parts.classifier, "no classifier was given"),
    center: () => center,
    outOfDistributionMean: () =>
      given(parts.outOfDistributionMean, "no out-of-distribution examples were given"),
    statistics: () => {
      const options = { precision, mayLackClasses: trainStatistics !== undefined };
      return severalClasses(classStatisticsOfBatches(parts.examples, dim, classCount, options));
    },
    missingClasses: ({ statistics }) => statistics.missingClasses,
    trainStatistics: (self) => trainStatistics ?? self.statistics,
    means: ({ statistics }) => centeredClassMeans(statistics, center),
    globalMeans: ({ statistics, means }) =>
      center === "globalMean" ? means : centeredClassMeans(statistics, "globalMean"),
    meanDirections: ({ statistics, means }) =>
      meanDirections(means, dim, roundingLevel(statistics)),
    presentWeights: ({ classifier: { weights }, missingClasses }) =>
      missingClasses.length === 0
        ? weights
        : Float64Array.from(weights).filter(
            (_, at) => !missingClasses.includes(Math.floor(at / dim)),
          ),
    withinClassEigenvalues: ({ statistics }) => withinClassEigenvalues(statistics),
    betweenClassEigenvalues: ({ statistics, means, meanDirections: { rank } }) =>
      betweenClassEigenvalues(statistics, means, rank),
    totalEigenvalues: ({ statistics, globalMeans }) =>
      covarianceEigenvalues(totalCovariance(statistics, globalMeans), dim),
    nuclearNorms: ({ statistics, missingClasses }) =>
      nuclearNorms(parts.examples, statistics, missingClasses),
    classifierNorms: ({ classifier }) => normSummary(classifier.weights, dim),
    labels: ({ ofExamples }) => ofExamples(labelsOf),
    predicted: ({ ofExamples }) => ofExamples(predicted),
    nearest: ({ ofExamples }) => ofExamples(nearest),
    crossEntropies: ({ ofExamples }) => ofExamples(crossEntropy),
    reliability: (self) => {
      // Requested first, together with the quantities of other measures, so that one pass serves
      // all.
      const values = self.ofExamples(confidence);
      return reliabilityBins(values, self.predicted, self.labels);
    },
    scaledCalibration: (self) => {
      const count = self.labels.length;
      const batches = { [Symbol.iterator]: () => exampleBatches(parts.examples, self) };
      return scaleTemperature(batches, classCount, count);
    },
    featureNorms: ({ ofExamples }) => summarize(ofExamples(norm)),
    logitMargins: ({ ofExamples }) => summarize(ofExamples(logitMargin)),
    cosineMargins: ({ ofExamples }) => summarize(ofExamples(cosineMargin)),
    ofExamples: () => passes.ofExamples,
    together: () => passes.together,
  });
  return self;
}

function given<T>(value: T | undefined, reason: string): T {
  if (value === undefined) throw new UndefinedMeasureError(reason);
  return value;
}

/** Measures of class means are not defined for a set with examples of one class only. */
function severalClasses(statistics: ClassStatistics): ClassStatistics {
  if (statistics.classCount < 2)
    throw new UndefinedMeasureError("expected examples of 2 classes or more, got those of one");
  return statistics;
}

/** Numbers of dimensions and classes, checked against classifier and training set. */
function checkedShape(parts: GeometryParts): Shape {
  const { classifier, examples, trainStatistics } = parts;
  const { dim, classCount } = shapeOf(parts);
  if (classCount < 2) throw new RangeError(`expected 2 classes or more, got ${classCount}`);
  if (!Number.isInteger(dim) || dim < 1)
    throw new RangeError(
      `expected ${classCount} rows of weights, got ${classifier?.weights.length} values`,
    );
  if (classifier) checkClassifier(classifier, { dim, classCount });
  if ((examples as unknown) === examples[Symbol.iterator]())
    throw new RangeError("expected batches that can be iterated repeatedly, got an iterator");
  if (trainStatistics && (trainStatistics.dim !== dim || trainStatistics.classCount !== classCount))
    throw new RangeError(
      `expected training statistics of ${classCount} classes x ${dim}, ` +
        `got ${trainStatistics.classCount} x ${trainStatistics.dim}`,
    );
  return { dim, classCount };
}

function shapeOf({ classifier, shape, trainStatistics }: GeometryParts): Shape {
  if (shape) return shape;
  const classCount = classifier?.bias?.length;
  if (classCount !== undefined) return { dim: classifier!.weights.length / classCount, classCount };
  if (trainStatistics) return trainStatistics;
  throw new RangeError("expected the shape, or a classifier with a bias");
}

/** Thrown to suspend a computation until the pass that it needs. */
const WAITING = new Error("not available before a pass over the examples");

/** Quantities of single examples, cached by their functions. */
function passesOver(
  examples: () => Iterable<ExampleBatch>,
): Pick<Geometry, "ofExamples" | "together"> {
  const known = new Map<ExampleQuantity, () => Float64Array>();
  let awaited: Set<ExampleQuantity> | undefined;
  // Labels are cheap, and measures request them with other quantities.
  const pass = (quantities: Iterable<ExampleQuantity>) => {
    const all = known.has(labelsOf) ? quantities : new Set([labelsOf, ...quantities]);
    for (const [quantity, values] of onePass(examples(), all)) known.set(quantity, values);
  };
  return {
    ofExamples: (quantity) => {
      if (!known.has(quantity) && awaited) {
        awaited.add(quantity);
        throw WAITING;
      }
      if (!known.has(quantity)) pass([quantity]);
      return known.get(quantity)!();
    },
    together: <T>(computations: readonly (() => T)[]) => {
      const results = new Map<number, T>();
      while (results.size < computations.length) {
        awaited = new Set();
        try {
          computations.forEach((compute, i) => {
            if (!results.has(i)) tryNow(() => results.set(i, compute()));
          });
          const quantities = awaited;
          awaited = undefined;
          if (quantities.size > 0) pass(quantities);
        } finally {
          awaited = undefined;
        }
      }
      return computations.map((_, i) => results.get(i)!);
    },
  };
}

function tryNow(compute: () => unknown): void {
  try {
    compute();
  } catch (error) {
    if (error !== WAITING) throw error;
  }
}

/** Values of some quantities, or the error of a quantity that is not defined for an example. */
function onePass(
  batches: Iterable<ExampleBatch>,
  quantities: Iterable<ExampleQuantity>,
): Map<ExampleQuantity, () => Float64Array> {
  const columns = Array.from(quantities, (quantity) => ({
    quantity,
    parts: [] as ArrayLike<number>[],
    failure: undefined as { readonly error: unknown } | undefined,
  }));
  for (const batch of batches)
    for (const column of columns)
      if (column.failure === undefined)
        try {
          column.parts.push(column.quantity(batch));
        } catch (error) {
          column.failure = { error };
        }
  return new Map(
    columns.map(({ quantity, parts, failure }) => {
      const values = failure === undefined ? concatenated(parts) : new Float64Array();
      return [
        quantity,
        () => {
          if (failure) throw failure.error;
          return values;
        },
      ];
    }),
  );
}

function concatenated(parts: readonly ArrayLike<number>[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
