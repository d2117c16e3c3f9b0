import type { Labels } from "../numerics/labels";
import type { RowArray } from "../numerics/rowArray";

/** Features of labeled examples, from any network. */
export interface FeatureSet {
  /** N x dim, row-major, or the rows of a file. */
  readonly features: ArrayLike<number> | RowArray;
  /** N class indices, from 0. */
  readonly labels: Labels;
  /** N x classCount: the network's own logits; W h + b by default. */
  readonly logits?: ArrayLike<number> | RowArray;
  /** Names of the arrays in errors, such as file and key. */
  readonly places?: ArrayPlaces;
}

/** Arrays that a measurement takes. */
export type ArrayRole = "features" | "labels" | "logits" | "weights" | "bias";

/** Names of arrays in errors. */
export type ArrayPlaces = Readonly<Partial<Record<ArrayRole, string>>>;

/** Last dense layer: logits = W h + b. */
export interface LinearLayer {
  /** W, classCount x dim, row-major. */
  readonly weights?: ArrayLike<number>;
  /** b, classCount values; zeros by default. */
  readonly bias?: ArrayLike<number>;
}
