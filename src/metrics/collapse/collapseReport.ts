import { behaviorEntries } from "./behaviorEntries";
import { checkClassifier, type Classifier } from "./classifier";
import { classStatistics, type Center, type ClassStatistics } from "./classStatistics";
import { ExampleAccumulator, type ExampleMeasures } from "./exampleAccumulator";
import { geometryEntries } from "./geometryEntries";
import { MeanAccumulator } from "./meanAccumulator";
import { rowCount } from "../../numerics/vectors";

/** One measure with its name, formula and value. */
export interface ReportEntry {
  /** NC1 to NC5 of the literature, or what it describes beside them. */
  readonly section: "NC1" | "NC2" | "NC3" | "NC4" | "NC5" | "spectra" | "norms" | "margins";
  readonly name: string;
  /** In plain text, with the symbols of {@link collapseReport}. */
  readonly formula: string;
  /** null where the measure is not defined, or where what it needs was not given. */
  readonly value: number | null;
  /** Whether a collapsed network has the value 0. */
  readonly zeroIsCollapsed: boolean;
}

/** What a report may be told beside features, labels and classifier. */
export interface ReportOptions {
  /** Which mean is mu_G: by default that of the class means. */
  readonly center?: Center;
  /** Of the training set, where the features are those of a test set: for NC4 and the margins. */
  readonly trainStatistics?: ClassStatistics;
}

/** What a report is made from, each gathered in batches if need be. */
export interface ReportParts extends ReportOptions {
  readonly statistics: ClassStatistics;
  readonly classifier: Classifier;
  /** Measured with the same `center`. Without it the measures that need every example are null. */
  readonly examples?: ExampleMeasures;
  /** p values. Without it NC5 is null. */
  readonly outOfDistributionMean?: ArrayLike<number>;
}

/**
 * All neural-collapse measures of features held in memory, with their formulas.
 *
 * The symbols: C classes, features h of dimension p, class means mu_c, mu_G the mean that
 * `center` names, v_c the mean squared distance of class c to mu_c, S_W and S_B the within- and
 * between-class covariance, S_T the total one, M = [mu_c - mu_G], W and b the classifier with rows
 * w_c, std the population's and sampleStd the sample's standard deviation.
 *
 * Where a measure is not defined, because class means coincide or the classifier is zero, its value
 * is null. Features that do not fit in memory go through the accumulators: {@link collapseReportOf}.
 *
 * @param features N x p, row-major, in evaluation mode.
 * @param labels N class indices, 0 to C - 1.
 * @param classifier C x p weights and C biases: they say how many classes and dimensions there are.
 * @param options `outOfDistributionFeatures`: M x p, of a second data set, for NC5.
 * @throws {RangeError} If there are fewer than 2 classes, a class has no example, lengths disagree,
 *   a label is out of range, or a feature or weight is not finite.
 */
export function collapseReport(
  features: ArrayLike<number>,
  labels: ArrayLike<number>,
  classifier: Classifier,
  options: ReportOptions & { readonly outOfDistributionFeatures?: ArrayLike<number> } = {},
): ReportEntry[] {
  const classCount = classifier.bias.length;
  const dim = classifier.weights.length / classCount;
  const statistics = classStatistics(features, labels, dim, classCount);
  const { outOfDistributionFeatures, trainStatistics = statistics, center } = options;
  const examples = new ExampleAccumulator(trainStatistics, classifier, center);
  examples.add(features, labels);
  return collapseReportOf({
    ...options,
    statistics,
    classifier,
    examples: examples.measures(),
    outOfDistributionMean: outOfDistributionFeatures && meanOf(outOfDistributionFeatures, dim),
  });
}

/**
 * The same report from parts that were gathered batch by batch. The two passes over a data set, and
 * one over a second:
 *
 * ```ts
 * const classes = new ClassAccumulator(dim, classCount); // add(features, labels), then statistics()
 * const examples = new ExampleAccumulator(statistics, classifier); // add(features, labels)
 * const outside = new MeanAccumulator(dim); // add(features)
 * ```
 *
 * @throws {RangeError} If there are fewer than 2 classes, or the classifier has another shape than
 *   the class means or a value that is not finite.
 */
export function collapseReportOf(parts: ReportParts): ReportEntry[] {
  const { statistics, classifier } = parts;
  checkClassifier(classifier, statistics);
  rowCount(statistics.classMeans, statistics.dim);
  return [...geometryEntries(parts), ...behaviorEntries(parts)];
}

function meanOf(features: ArrayLike<number>, dim: number): Float64Array {
  const accumulator = new MeanAccumulator(dim);
  accumulator.add(features);
  return accumulator.mean();
}
