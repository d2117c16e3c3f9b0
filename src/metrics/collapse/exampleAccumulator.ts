import { checkClassifier, classifierLogits, type Classifier } from "./classifier";
import { roundingLevel, type Center, type ClassStatistics } from "./classStatistics";
import { checkLabels } from "../../numerics/labels";
import { cosineMargins, logitMargins } from "./margins";
import { nearestClassCenters, predictedClasses } from "./nearestClassCenter";
import { euclideanNorms } from "./norms";
import { SummaryAccumulator, type Summary } from "./summary";
import { whereDefined } from "./undefinedMeasure";
import { frobeniusNorm } from "../../numerics/vectors";

/** What is measured example by example, against class means that are known already. */
export interface ExampleMeasures {
  readonly count: number;
  /** Share of examples whose largest logit is that of their class. */
  readonly accuracy: number;
  /** NC4. {@link nearestClassCenterMismatch} */
  readonly nearestClassCenterMismatch: number;
  /** NC4. {@link nearestClassCenterAccuracy} */
  readonly nearestClassCenterAccuracy: number;
  /** |h|. */
  readonly featureNorms: Summary;
  /** {@link logitMargins} */
  readonly logitMargins: Summary;
  /** {@link cosineMargins} about mu_G; null if an example is at mu_G or a row of W is zero. */
  readonly cosineMargins: Summary | null;
}

/**
 * The measures that need every example, from features in batches: the second pass over the data,
 * after a {@link ClassAccumulator} has found the class means in a first one. How the examples are cut
 * into batches changes nothing. Memory is that of one batch.
 */
export class ExampleAccumulator {
  private correct = 0;
  private mismatched = 0;
  private nearest = 0;
  private readonly norms = new SummaryAccumulator();
  private readonly logits = new SummaryAccumulator();
  private cosines: SummaryAccumulator | null = new SummaryAccumulator();

  /**
   * @param statistics Of the training set, whichever set is measured: its class means, and mu_G.
   * @param center Which mean is the mu_G of the cosine margins.
   * @throws {RangeError} If there are fewer than 2 classes, or the classifier has another shape than
   *   the class means or a value that is not finite.
   */
  constructor(
    readonly statistics: ClassStatistics,
    readonly classifier: Classifier,
    readonly center: Center = "meanOfClassMeans",
  ) {
    checkClassifier(classifier, statistics);
    if (statistics.classCount < 2)
      throw new RangeError(`expected 2 classes or more, got ${statistics.classCount}`);
  }

  /**
   * Takes in a batch; an empty one changes nothing, and so does one that is refused.
   *
   * @param features N x dim, row-major.
   * @param labels N class indices.
   * @throws {RangeError} If lengths disagree, a label is out of range or a feature is not finite.
   */
  add(features: ArrayLike<number>, labels: ArrayLike<number>): void {
    const { classMeans, classCount, dim } = this.statistics;
    if (features.length !== labels.length * dim)
      throw new RangeError(
        `expected ${labels.length} labels x ${dim} features, got ${features.length} values`,
      );
    checkLabels(labels, classCount);
    const nearest = nearestClassCenters(features, classMeans, classCount);
    const logits = classifierLogits(features, this.classifier);
    const predicted = predictedClasses(logits, classCount);
    const margins = logitMargins(logits, labels, classCount);
    const norms = euclideanNorms(features, dim);
    for (let n = 0; n < labels.length; n++) {
      if (predicted[n] === labels[n]) this.correct++;
      if (nearest[n] === labels[n]) this.nearest++;
      if (nearest[n] !== predicted[n]) this.mismatched++;
      this.norms.add(norms[n]);
      this.logits.add(margins[n]);
    }
    this.addCosines(features, labels);
  }

  /**
   * The measures of all examples so far.
   *
   * @throws {RangeError} If there is none yet.
   */
  measures(): ExampleMeasures {
    const featureNorms = this.norms.summary();
    const { count } = featureNorms;
    return {
      count,
      accuracy: this.correct / count,
      nearestClassCenterMismatch: this.mismatched / count,
      nearestClassCenterAccuracy: this.nearest / count,
      featureNorms,
      logitMargins: this.logits.summary(),
      cosineMargins: this.cosines && this.cosines.summary(),
    };
  }

  private addCosines(features: ArrayLike<number>, labels: ArrayLike<number>): void {
    const { statistics, classifier, center, cosines } = this;
    if (!cosines) return;
    const centered = centeredFeatures(features, statistics, center);
    const { weights } = classifier;
    const margins = whereDefined(() => cosineMargins(centered, weights, labels, statistics.dim));
    if (margins) margins.forEach((margin) => cosines.add(margin));
    else this.cosines = null;
  }
}

/**
 * The features less mu_G. One that agrees with mu_G up to rounding ({@link roundingLevel}) gives a
 * row of exact zeros, as in {@link centeredClassMeans}.
 *
 * @param features N x dim, row-major.
 * @param center Which mean is mu_G.
 * @returns N x dim, row-major.
 */
export function centeredFeatures(
  features: ArrayLike<number>,
  statistics: ClassStatistics,
  center: Center = "meanOfClassMeans",
): Float64Array {
  const { dim } = statistics;
  const origin = statistics[center];
  const centered = Float64Array.from(features, (value, i) => value - origin[i % dim]);
  const smallest = roundingLevel(statistics);
  for (let start = 0; start < centered.length; start += dim) {
    const row = centered.subarray(start, start + dim);
    if (frobeniusNorm(row) <= smallest) row.fill(0);
  }
  return centered;
}
