import type { Classifier } from "./classifier";
import { MEASURES, type Measure } from "./catalogue";
import { meanFeature } from "./classStatistics";
import { geometryOf, type Geometry, type GeometryParts } from "./geometry";
import { whereDefined } from "./undefinedMeasure";
import type { Labels } from "../../numerics/labels";

/** A measure with its value. */
export interface ReportEntry extends Omit<Measure, "value"> {
  /** null if the measure is not defined, or an input is missing. */
  readonly value: number | null;
  /** Reason why the value is null, if known: a sentence without a period. */
  readonly reason?: string;
}

/** Optional inputs of a report, besides features, labels and classifier. */
export type ReportOptions = Pick<
  GeometryParts,
  "center" | "trainStatistics" | "shape" | "precision"
> & {
  /** M x p: features of a second data set, for NC5. */
  readonly outOfDistributionFeatures?: ArrayLike<number>;
};

/** Measures of neural collapse: the whole catalogue except accuracy and cross entropy. */
const COLLAPSE_MEASURES: readonly Measure[] = MEASURES.filter(
  ({ section }) => section !== "accuracy",
);

/**
 * All neural-collapse measures of features held in memory, with their formulas: the rows of
 * {@link MEASURES}, which explains the symbols.
 *
 * If a measure is not defined, because class means coincide or the classifier is zero or missing,
 * its value is null and `reason` gives the cause. For features that do not fit in memory, use
 * {@link collapseReportOf} with batches.
 *
 * @param features N x p, row-major, in evaluation mode.
 * @param labels N class indices, 0 to C - 1.
 * @param classifier C x p weights and C biases: they define the numbers of classes and dimensions.
 *   Without classifier or biases, `shape` is required.
 * @throws {RangeError} If there are fewer than 2 classes, a class has no example, lengths disagree,
 *   a label is out of range, or a feature or weight is not finite.
 */
export function collapseReport(
  features: ArrayLike<number>,
  labels: Labels,
  classifier: Classifier | undefined,
  { outOfDistributionFeatures: outside, ...options }: ReportOptions = {},
): ReportEntry[] {
  const dim = features.length / labels.length;
  const outOfDistributionMean = outside && meanFeature([outside], dim);
  const examples = [{ features, labels }];
  return collapseReportOf(geometryOf({ examples, classifier, outOfDistributionMean, ...options }));
}

/**
 * Report of a geometry, whose examples may come in batches:
 *
 * ```ts
 * collapseReportOf(geometryOf({ examples: batches, classifier }))
 * ```
 *
 * @throws {RangeError} As {@link collapseReport}.
 */
export function collapseReportOf(geometry: Geometry): ReportEntry[] {
  return measured(COLLAPSE_MEASURES, geometry);
}

/**
 * Values of some measures.
 *
 * @throws {RangeError} As {@link collapseReport}, if a measure uses an invalid input.
 */
export function measured(measures: readonly Measure[], geometry: Geometry): ReportEntry[] {
  const values = geometry.together(
    measures.map((measure) => () => whereDefined(() => measure.value(geometry))),
  );
  return measures.map((measure, i) => ({ ...measure, ...values[i] }));
}

/** Values of some measures by name. */
export function measuredValues(
  measures: readonly Measure[],
  geometry: Geometry,
): Record<string, number | null> {
  const entries = measured(measures, geometry);
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
}
