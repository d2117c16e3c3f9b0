import type { ClassStatistics } from "./classStatistics";
import { UndefinedMeasureError } from "./undefinedMeasure";
import { rowProducts } from "../../kernels/doubleProducts";
import { doubles } from "../../numerics/vectors";

/** The last dense layer: logits = W h + b, or W h if it has no bias. */
export interface Classifier {
  /** W, classCount x dim, row-major (tfjs keeps its transpose). */
  readonly weights: ArrayLike<number>;
  /** b, classCount values. */
  readonly bias?: ArrayLike<number>;
}

/**
 * Rejects a classifier that does not fit the features.
 *
 * @throws {RangeError} If its shape does not fit, or a value is not finite.
 */
export function checkClassifier(
  { weights, bias }: Classifier,
  { dim, classCount }: Pick<ClassStatistics, "dim" | "classCount">,
): void {
  if (weights.length !== classCount * dim || (bias && bias.length !== classCount))
    throw new RangeError(
      `expected ${classCount} x ${dim} weights and ${classCount} biases, ` +
        `got ${weights.length} and ${bias?.length ?? "none"}`,
    );
  for (const [values, what] of [[weights, "vectors"] as const, [bias ?? [], "biases"] as const])
    for (let i = 0; i < values.length; i++)
      if (!Number.isFinite(values[i]))
        throw new RangeError(`expected finite ${what}, got ${values[i]} at value ${i}`);
}

/**
 * The bias of a classifier.
 *
 * @throws {UndefinedMeasureError} If it has none.
 */
export function biasOf({ bias }: Classifier): ArrayLike<number> {
  if (bias === undefined) throw new UndefinedMeasureError("the classifier has no bias");
  return bias;
}

/**
 * The logits W h + b, in double precision; W h without a bias.
 *
 * @param features N x dim, row-major.
 * @param classCount By default the number of biases.
 * @returns N x classCount, row-major.
 * @throws {RangeError} If the lengths do not fit.
 */
export function classifierLogits(
  features: ArrayLike<number>,
  { weights, bias }: Classifier,
  classCount: number = bias?.length ?? NaN,
): Float64Array {
  const dim = weights.length / classCount;
  const count = features.length / dim;
  if (!Number.isInteger(dim) || dim < 1 || !Number.isInteger(count))
    throw new RangeError(
      `expected features and ${classCount} rows of weights of one dimension, ` +
        `got ${features.length} and ${weights.length} values`,
    );
  return withBias(rowProducts(doubles(features), doubles(weights), dim), { bias });
}

/** The products W h with the bias, N x classCount; without a bias the products themselves. */
export function withBias(products: Float64Array, { bias }: Pick<Classifier, "bias">): Float64Array {
  return bias ? products.map((product, at) => product + bias[at % bias.length]) : products;
}
