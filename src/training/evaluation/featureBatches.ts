import type { FeatureSet } from "../../data/featureSet";
import type { MeasuredBatch } from "../../metrics/collapse/exampleBatch";
import { labelNumbers } from "../../numerics/labels";
import { rowArray, type RowArray } from "../../numerics/rowArray";

/** Bytes of a batch in double precision. */
const BATCH_BYTES = 2 ** 25;

/** Called after each batch that was read. */
export type BatchProgress = (done: number, total: number) => void;

/** Set with its arrays as matrices. */
export interface FeatureMatrices {
  readonly features: RowArray;
  readonly labels: ArrayLike<number>;
  readonly logits?: RowArray;
  readonly places: Required<NonNullable<FeatureSet["places"]>>;
}

/** Default names of arrays, for errors. */
const PLACES = {
  features: "features",
  labels: "labels",
  logits: "logits",
  weights: "weights",
  bias: "bias",
} as const;

/**
 * Arrays of a set as matrices.
 *
 * @throws {RangeError} If there is no example, or lengths disagree: the message names the arrays.
 */
export function featureMatrices(set: FeatureSet): FeatureMatrices {
  const places = { ...PLACES, ...definedOf(set.places) };
  const labels = labelNumbers(set.labels);
  const { length: count } = labels;
  if (count === 0) throw new RangeError(`${places.labels}: expected labels, got none`);
  const matrix = (values: ArrayLike<number> | RowArray, place: string) => {
    const own = rowArray(values, count);
    if (own.count !== count || !Number.isInteger(own.size) || own.size < 1) {
      const got = "rows" in values ? `${own.count} x ${own.size}` : `${values.length} values`;
      throw new RangeError(
        `${place}: expected ${count} rows, as many as ${places.labels}, got ${got}`,
      );
    }
    return own;
  };
  return {
    features: matrix(set.features, places.features),
    labels,
    logits: set.logits && matrix(set.logits, places.logits),
    places,
  };
}

const definedOf = (places: FeatureSet["places"] = {}) =>
  Object.fromEntries(Object.entries(places).filter(([, place]) => place !== undefined));

/** Rows of a batch of a matrix, at least 1. */
export const batchRows = ({ size }: RowArray) => Math.max(1, Math.floor(BATCH_BYTES / (8 * size)));

/**
 * Examples of a set in batches, read again on every iteration.
 *
 * @param labels Class indices.
 * @throws {RangeError} While iterating, if a feature or logit is not finite: the message names the
 *   place.
 */
export function featureBatches(
  { features, labels, logits, places }: FeatureMatrices,
  progress: BatchProgress = () => undefined,
): Iterable<MeasuredBatch> {
  const own = Int32Array.from(labels);
  let checked = 0;
  return {
    *[Symbol.iterator]() {
      const batch = batchRows(features);
      for (let from = 0; from < own.length; from += batch) {
        const to = Math.min(from + batch, own.length);
        const part = { features: features.rows(from, to), logits: logits?.rows(from, to) };
        if (checked < to) {
          checkFinite(part.features, features.size, from, places.features);
          if (part.logits) checkFinite(part.logits, logits!.size, from, places.logits);
          checked = to;
        }
        yield { ...part, labels: own.subarray(from, to) };
        progress(to, own.length);
      }
    },
  };
}

/** @throws {RangeError} If a value is not finite: its row and column. */
function checkFinite(values: ArrayLike<number>, size: number, from: number, place: string): void {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i]))
      throw new RangeError(
        `${place}: expected finite values, got ${values[i]} in row ${from + Math.floor(i / size)}, ` +
          `column ${i % size}`,
      );
}
