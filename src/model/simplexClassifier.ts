import * as tf from "@tensorflow/tfjs";
import type { Random } from "../numerics/random";

/**
 * Weights of a classifier that is fixed to a simplex ETF: one vector of norm 1 per class, with
 * pairwise cosine -1 / (C - 1), so that W W' = C / (C - 1) (I - 11' / C).
 *
 * W = sqrt(C / (C - 1)) U P', with U an orthonormal basis of the vectors of C values whose sum is
 * 0, and P one of a random subspace of the features: every rotation is equally likely.
 *
 * @param classCount C, 2 or more.
 * @param dim Dimension of the features, C - 1 or more.
 * @returns dim x C: W', in the layout of the network's classifier.
 * @throws {RangeError} If `classCount` or `dim` is invalid.
 * @see Zhu et al. 2021, https://arxiv.org/abs/2105.02375
 */
export function simplexClassifier(classCount: number, dim: number, random: Random): tf.Tensor2D {
  if (!Number.isSafeInteger(classCount) || classCount < 2)
    throw new RangeError(`expected 2 classes or more, got ${classCount}`);
  if (!Number.isSafeInteger(dim) || dim < classCount - 1)
    throw new RangeError(
      `expected a dimension of ${classCount - 1} or more for ${classCount} classes, got ${dim}`,
    );
  const scale = Math.sqrt(classCount / (classCount - 1));
  const weights = new Float64Array(dim * classCount);
  orthonormalVectors(classCount - 1, dim, random).forEach((axis, k) =>
    axis.forEach((value, i) => {
      for (let c = 0; c <= k + 1; c++)
        weights[i * classCount + c] += scale * value * contrast(k + 1, c);
    }),
  );
  return tf.tensor2d(Float32Array.from(weights), [dim, classCount]);
}

/**
 * Value c, from 0 to k, of the k-th vector of U: k equal values, one that makes the sum 0, and
 * zeros (the rows of Helmert's matrix).
 */
function contrast(k: number, c: number): number {
  return (c < k ? 1 : -k) / Math.sqrt(k * (k + 1));
}

/** Orthonormal vectors of a random subspace: Gram and Schmidt on normal vectors. */
function orthonormalVectors(count: number, dim: number, random: Random): Float64Array[] {
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = Float64Array.from({ length: dim }, () => random.normal());
    // Done twice, so that the second pass removes the rounding of the first.
    for (const other of [...vectors, ...vectors]) {
      const along = dot(vector, other);
      vector.forEach((value, i) => (vector[i] = value - along * other[i]));
    }
    const norm = Math.sqrt(dot(vector, vector));
    vectors.push(vector.map((value) => value / norm));
  }
  return vectors;
}

function dot(left: Float64Array, right: Float64Array): number {
  return left.reduce((sum, value, i) => sum + value * right[i], 0);
}
