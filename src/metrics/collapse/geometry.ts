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

/** The set that is measured, and the classifier on top of its features. */
export interface GeometryParts {
  /**
   * The examples, together or in batches: iterated once for the statistics, and once for the
   * quantities of single examples. Nothing as large as the features is kept.
   */
  readonly examples: Iterable<MeasuredBatch>;
  /** W and b; without it the measures that need it are not defined. */
  readonly classifier?: Classifier;
  /** How many dimensions and classes there are, where no classifier with a bias says so. */
  readonly shape?: Shape;
  /** The mean that is mu_G: of the class means by default. */
  readonly center?: Center;
  /**
   * Statistics of the training set, where the examples are of another set: for NC4 and margins. The
   * other set may lack examples of some classes, the training set may not.
   */
  readonly trainStatistics?: ClassStatistics;
  /** Mean feature of a second data set, p values, for NC5. */
  readonly outOfDistributionMean?: ArrayLike<number>;
  /** The precision of the features, where their arrays are wider than they were. */
  readonly precision?: Precision;
}

/** Numbers of dimensions p and of classes C. */
export type Shape = Pick<ClassStatistics, "dim" | "classCount">;

/**
 * Quantities of one set that the measures are functions of, each computed once, when a measure first
 * asks for it. C classes, features of dimension p, N examples. Those that need what was not given
 * throw an {@link UndefinedMeasureError} that says so.
 */
export interface Geometry {
  readonly dim: number;
  /** C, with the classes that have no example. */
  readonly classCount: number;
  /** W and b, a row for each of the C classes. */
  readonly classifier: Classifier;
  readonly center: Center;
  /** Statistics of the set's own classes, those that have examples. */
  readonly statistics: ClassStatistics;
  /** The classes that have no example in the set, ascending. */
  readonly missingClasses: readonly number[];
  /** Statistics of the training set. */
  readonly trainStatistics: ClassStatistics;
  /** M', the means of the classes that have examples less mu_G, C x p. */
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
  /** N class indices: that of the largest logit, of the network's own where they are given. */
  readonly predicted: Float64Array;
  /** N class indices: that of the nearest class mean of the training set. */
  readonly nearest: Float64Array;
  /** N: the cross entropy of the logits, the network's own where they are given, in nats. */
  readonly crossEntropies: Float64Array;
  /** {@link ReliabilityBin} of the logits, the network's own where they are given. */
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
   * A quantity of single examples: one number for each of the N, in their order. The first request
   * takes a pass over the examples; further ones of the same function do not. Within
   * {@link together}, one pass serves all.
   */
  readonly ofExamples: (quantity: ExampleQuantity) => Float64Array;
  /**
   * The results of some computations. All quantities of single examples that any of them asks for
   * come from one pass over the examples (one more where a computation asks for a further one after
   * it has seen the first): a computation that has to wait for the pass is begun anew after it.
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
 * The geometry of a set. Nothing but the classifier's shape is looked at before a measure asks.
 *
 * @throws {RangeError} If there are fewer than 2 classes, nothing says how many classes and
 *   dimensions there are, or a weight or bias is not finite. The properties throw where lengths
 *   disagree, a label is out of range, a feature is not finite, or, for the statistics of a training
 *   set, a class has no example.
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
      // Before the others, which further measures ask for: one pass then serves all.
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

/** No measure of class means is defined for the only class of a set that lacks the others. */
function severalClasses(statistics: ClassStatistics): ClassStatistics {
  if (statistics.classCount < 2)
    throw new UndefinedMeasureError("expected examples of 2 classes or more, got those of one");
  return statistics;
}

/** The numbers of dimensions and classes that the classifier has, and the training set as well. */
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

/** Thrown to leave a computation until the pass that it waits for. */
const WAITING = new Error("not available before a pass over the examples");

/** Quantities of single examples, kept by their functions. */
function passesOver(
  examples: () => Iterable<ExampleBatch>,
): Pick<Geometry, "ofExamples" | "together"> {
  const known = new Map<ExampleQuantity, () => Float64Array>();
  let awaited: Set<ExampleQuantity> | undefined;
  // Labels cost nothing, and measures ask for them together with other quantities.
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

/** The values of some quantities, or the error of those that one of the examples has none of. */
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
