import type { Classifier } from "../metrics/collapse/classifier";
import type { ClassStatistics } from "../metrics/collapse/classStatistics";
import type { Figure } from "./figure";
import { originalAxes } from "./simplexAxes";
import {
  simplexProjection,
  type LabeledFeatures,
  type ProjectionOptions,
} from "./simplexProjection";

/**
 * Features as the original's `rep_plot` draws them, on columns i and j of its rotation
 * ({@link originalAxes} says what is wrong with that), in the look of {@link simplexProjection}: with
 * class means and classifier, which the original leaves out.
 *
 * @param columns The original's i and j: two different classes.
 * @throws {RangeError} As {@link simplexProjection} and {@link originalAxes}.
 */
export function originalProjection(
  examples: LabeledFeatures,
  statistics: ClassStatistics,
  classifier: Classifier,
  columns: readonly [number, number],
  options: ProjectionOptions = {},
): Figure {
  const title = "The original's projection, not centered";
  const axes = originalAxes(statistics, columns);
  return simplexProjection(examples, statistics, classifier, axes, { title, ...options });
}
