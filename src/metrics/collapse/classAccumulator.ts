import type { ClassStatistics } from "./classStatistics";
import { checkLabels } from "../../numerics/labels";

/**
 * Class means and within-class covariance of features that arrive in batches, in one pass.
 *
 * Each example updates the mean of its class and the scatter around it by Welford's recurrence,
 * which never subtracts large sums: features far from the origin keep their digits. How the
 * examples are cut into batches changes nothing, not even the last bit. Memory is
 * O(classCount dim + dim^2), time O(dim^2 / 2) an example.
 *
 * @see Welford 1962, https://doi.org/10.1080/00401706.1962.10490022
 */
export class ClassAccumulator {
  private readonly counts: Float64Array;
  private readonly means: Float64Array;
  // Of each class: the sum of squared distances to its mean.
  private readonly classScatter: Float64Array;
  // Upper triangle only; the lower one is filled in by `statistics`.
  private readonly scatter: Float64Array;
  private readonly deviation: Float64Array;

  /**
   * @param dim Dimension of a feature vector.
   * @param classCount Labels run from 0 to classCount - 1.
   * @throws {RangeError} If either is not a whole number of at least 1.
   */
  constructor(
    readonly dim: number,
    readonly classCount: number,
  ) {
    if (!Number.isSafeInteger(dim) || dim < 1)
      throw new RangeError(`expected features of dimension 1 or more, got ${dim}`);
    if (!Number.isSafeInteger(classCount) || classCount < 1)
      throw new RangeError(`expected 1 class or more, got ${classCount}`);
    this.counts = new Float64Array(classCount);
    this.means = new Float64Array(classCount * dim);
    this.classScatter = new Float64Array(classCount);
    this.scatter = new Float64Array(dim * dim);
    this.deviation = new Float64Array(dim);
  }

  /**
   * Takes in a batch; an empty one changes nothing, and so does one that is refused.
   *
   * @param features N x dim, row-major.
   * @param labels N class indices.
   * @throws {RangeError} If lengths disagree, a label is out of range or a feature is not finite.
   */
  add(features: ArrayLike<number>, labels: ArrayLike<number>): void {
    this.check(features, labels);
    for (let n = 0; n < labels.length; n++) this.addExample(features, n, labels[n]);
  }

  /**
   * The statistics of all examples so far. More may be added afterwards: the result is a copy.
   *
   * @throws {RangeError} If a class has no example yet, or features are so large that their squares
   *   are not finite.
   */
  statistics(): ClassStatistics {
    const { dim, classCount, counts, means } = this;
    const empty = counts.indexOf(0);
    if (empty >= 0)
      throw new RangeError(
        `expected an example of each of ${classCount} classes, got none of class ${empty}`,
      );
    const total = counts.reduce((sum, count) => sum + count);
    const globalMean = new Float64Array(dim);
    const meanOfClassMeans = new Float64Array(dim);
    for (let c = 0; c < classCount; c++)
      for (let i = 0; i < dim; i++) {
        globalMean[i] += (means[c * dim + i] * counts[c]) / total;
        meanOfClassMeans[i] += means[c * dim + i] / classCount;
      }
    return {
      dim,
      classCount,
      counts: counts.slice(),
      classMeans: means.slice(),
      globalMean,
      meanOfClassMeans,
      withinClassCovariance: this.covariance(total),
      classVariances: this.classScatter.map((sum, c) => sum / counts[c]),
    };
  }

  private covariance(total: number): Float64Array {
    const { dim, scatter } = this;
    const broken = scatter.find((value) => !Number.isFinite(value));
    if (broken !== undefined)
      throw new RangeError(`expected features with finite squares, got a sum of ${broken}`);
    const covariance = new Float64Array(dim * dim);
    for (let i = 0; i < dim; i++)
      for (let j = i; j < dim; j++)
        covariance[i * dim + j] = covariance[j * dim + i] = scatter[i * dim + j] / total;
    return covariance;
  }

  private addExample(features: ArrayLike<number>, n: number, label: number): void {
    const { dim, means, scatter, deviation } = this;
    const count = ++this.counts[label];
    const mean = means.subarray(label * dim, (label + 1) * dim);
    for (let i = 0; i < dim; i++) {
      deviation[i] = features[n * dim + i] - mean[i];
      mean[i] += deviation[i] / count;
    }
    const weight = (count - 1) / count;
    for (let i = 0; i < dim; i++) {
      const weighted = weight * deviation[i];
      this.classScatter[label] += weighted * deviation[i];
      const row = i * dim;
      for (let j = i; j < dim; j++) scatter[row + j] += weighted * deviation[j];
    }
  }

  private check(features: ArrayLike<number>, labels: ArrayLike<number>): void {
    const { dim, classCount } = this;
    if (features.length !== labels.length * dim)
      throw new RangeError(
        `expected ${labels.length} labels x ${dim} features, got ${features.length} values`,
      );
    checkLabels(labels, classCount);
    for (let i = 0; i < features.length; i++)
      if (!Number.isFinite(features[i]))
        throw new RangeError(
          `expected finite features, got ${features[i]} at example ${Math.floor(i / dim)}`,
        );
  }
}
