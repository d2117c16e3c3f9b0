import { rowsByClass } from "../../numerics/classes";
import { takeRows } from "../../numerics/takeRows";
import type { ImageSet } from "../../data/imageSet";
import type { Outputs } from "./outputs";

/** The features of a set, together and class by class. */
export interface ClassSample {
  /** N x dim, row-major, in float32: their spanning trees go through SIMD. */
  readonly features: Float32Array;
  readonly labels: Uint8Array;
  readonly dim: number;
  /** Features of each class, n_k x dim; empty for a class without an example. */
  readonly classes: readonly Float32Array[];
}

/** The features of one set. */
export function classSample({ labels, classCount }: ImageSet, { features }: Outputs): ClassSample {
  const dim = features.length / labels.length;
  const rows = rowsByClass(labels);
  const classes = Array.from({ length: classCount }, (_, k) =>
    takeRows(features, dim, rows.get(k) ?? []),
  );
  return { features, labels, dim, classes };
}
