import { lazily } from "../../numerics/lazily";
import { checkedLabels } from "../../numerics/labels";
import { rowProducts } from "../../kernels/doubleProducts";
import { doubles, doublesBetween } from "../../numerics/vectors";
import { withBias } from "./classifier";
import { centeredFeatures, checkLength, type LabeledFeatures } from "./classStatistics";
import type { Geometry } from "./geometry";
import { cosinesOf } from "./margins";
import { euclideanNorms } from "./norms";

/** Examples of a set, with the logits of the network itself if they are known. */
export interface MeasuredBatch extends LabeledFeatures {
  /** N x classCount, row-major; W h + b by default. */
  readonly logits?: ArrayLike<number>;
}

/**
 * Batch of examples of a set, for quantities of single examples. Derived values are computed on
 * first use, once for all quantities. n examples, C classes, features of dimension p.
 */
export interface ExampleBatch {
  /** n. */
  readonly count: number;
  readonly dim: number;
  /** C. */
  readonly classCount: number;
  /** n x p. */
  readonly features: Float64Array;
  /** n class indices. */
  readonly labels: ArrayLike<number>;
  /** n x C: W h. */
  readonly weightProducts: Float64Array;
  /** n x C: W h + b. */
  readonly classifierLogits: Float64Array;
  /** n x C: the network's own logits if given, else W h + b. */
  readonly logits: ArrayLike<number>;
  /** n: |h|. */
  readonly norms: Float64Array;
  /** n x p: h - mu_G of the training set, zero if that is rounding. */
  readonly centered: Float64Array;
  /** n x C: cos(w_c, h - mu_G). Throws if a row of W or h - mu_G is zero. */
  readonly cosines: Float64Array;
  /** The geometry of the whole set. */
  readonly geometry: Geometry;
}

/**
 * Quantity of single examples: one number per example of a batch. It may depend on the geometry of
 * the set, but not on the other examples of the batch. The function is the quantity's identity
 * ({@link Geometry.ofExamples}): define it once, not in each call.
 */
export type ExampleQuantity = (batch: ExampleBatch) => ArrayLike<number>;

/** Examples per block, which keeps their logits and distances small. */
const BLOCK = 512;

/**
 * Examples in batches of at most {@link BLOCK}.
 *
 * @throws {RangeError} If the lengths of a batch disagree, or a label is out of range.
 */
export function* exampleBatches(
  batches: Iterable<MeasuredBatch>,
  geometry: Geometry,
): Generator<ExampleBatch, void> {
  const { dim, classCount } = geometry;
  for (const { features, labels, logits } of batches) {
    checkLength(features, labels.length, dim);
    const numbers = checkedLabels(labels, classCount);
    if (logits) checkLength(logits, labels.length, classCount, "logits");
    for (let from = 0; from < labels.length; from += BLOCK) {
      const rows = (values: ArrayLike<number>, size: number) =>
        doublesBetween(values, from * size, Math.min(from + BLOCK, labels.length) * size);
      yield exampleBatch(
        rows(features, dim),
        rows(numbers, 1),
        logits && rows(logits, classCount),
        geometry,
      );
    }
  }
}

function exampleBatch(
  features: Float64Array,
  labels: ArrayLike<number>,
  logits: ArrayLike<number> | undefined,
  geometry: Geometry,
): ExampleBatch {
  const { dim, classCount } = geometry;
  return lazily<ExampleBatch>({
    count: () => labels.length,
    dim: () => dim,
    classCount: () => classCount,
    features: () => features,
    labels: () => labels,
    weightProducts: () => rowProducts(features, doubles(geometry.classifier.weights), dim),
    classifierLogits: ({ weightProducts }) => withBias(weightProducts, geometry.classifier),
    logits: (self) => logits ?? self.classifierLogits,
    norms: () => euclideanNorms(features, dim),
    centered: () => centeredFeatures(features, geometry.trainStatistics, geometry.center),
    cosines: ({ weightProducts, centered }) => {
      const { trainStatistics, center, classifier } = geometry;
      const weights = doubles(classifier.weights);
      // W (h - mu_G) = W h - W mu_G.
      const offsets = rowProducts(trainStatistics[center], weights, dim);
      const products = weightProducts.map((product, at) => product - offsets[at % classCount]);
      return cosinesOf(products, euclideanNorms(centered, dim), euclideanNorms(weights, dim));
    },
    geometry: () => geometry,
  });
}
