import { rowsByClass } from "../data/classes";
import type { ImageSet } from "../data/imageSet";
import type { Outputs } from "./evaluate";

/** The features of a set, together and class by class. */
export interface ClassSample {
  /** N x dim, row-major, in float32: their spanning trees go through SIMD. */
  readonly features: Float32Array;
  readonly labels: Uint8Array;
  readonly dim: number;
  /** Of each class its features, n_k x dim; empty for a class without an example. */
  readonly classes: readonly Float32Array[];
}

/** The features of one set. */
export function classSample({ labels, classCount }: ImageSet, { features }: Outputs): ClassSample {
  const dim = features.length / labels.length;
  const rows = rowsByClass(labels);
  const classes = Array.from({ length: classCount }, (_, k) =>
    selectFeatures(features, dim, rows.get(k) ?? []),
  );
  return { features, labels, dim, classes };
}

/** Some rows of features, in their order. */
export function selectFeatures(
  features: Float32Array,
  dim: number,
  rows: ArrayLike<number>,
): Float32Array {
  const selected = new Float32Array(rows.length * dim);
  for (let i = 0; i < rows.length; i++)
    selected.set(features.subarray(rows[i] * dim, (rows[i] + 1) * dim), i * dim);
  return selected;
}
