import type { EpochValue } from "../results/epochValue";
import type { MeasuredSet } from "../results/epochValue";
import type { RunRecord } from "../runs/record";
import {
  curveFigure,
  curveNote,
  meanWithRange,
  terminalPhaseLine,
  type EpochAxisOptions,
} from "./curves";
import type { Figure } from "./figure";
import { hasPoints, measureCurves } from "./measureCurves";
import { drawnGroups } from "./drawnGroups";

/** Which images, and the epochs' axis. */
export interface PapyanOptions extends EpochAxisOptions {
  /** "train" unless given; "test" is known at the epochs of `reportCount`. */
  readonly set?: MeasuredSet;
}

/**
 * Figure 2 of Papyan et al.: std / mean of the norms of the centered class means, and dotted of the
 * classifiers. 0: all norms are equal.
 *
 * Lines, bands, marks and errors of this and the following figures are those of {@link measureCurves}.
 *
 * @throws {RangeError} If there is no record.
 * @see Papyan, Han and Donoho 2020, https://arxiv.org/abs/2008.08186
 */
export function equinormCurves(records: readonly RunRecord[], options?: PapyanOptions): Figure {
  return measureCurves(records, "meansEquinorm", options);
}

/**
 * Figure 3: std over pairs of classes of the cosines between the centered class means, and dotted
 * between the classifiers. 0: all angles are equal.
 */
export function equiangularityCurves(
  records: readonly RunRecord[],
  options?: PapyanOptions,
): Figure {
  return measureCurves(records, "meansEquiangularity", options);
}

/**
 * Figure 4: mean over pairs of classes of |cos + 1 / (C - 1)| of the centered class means, and dotted
 * of the classifiers. 0: every angle is the largest that C directions can all have.
 */
export function maximalAngleCurves(records: readonly RunRecord[], options?: PapyanOptions): Figure {
  return measureCurves(records, "meansMaximalAngle", options);
}

/**
 * Figure 5: |W' / |W|_F - M / |M|_F|_F. 0: the classifier is the centered class means, scaled. The
 * original's figure shows the square.
 */
export function selfDualityCurves(records: readonly RunRecord[], options?: PapyanOptions): Figure {
  return measureCurves(records, "selfDuality", options);
}

/**
 * Figure 6: NC1, the within-class variability tr(S_W S_B^+) / C, on a logarithmic axis. 0 (below all
 * of it): the features of each class are its mean. Epochs at which it is 0 or not defined are left
 * out.
 */
export function collapseCurves(records: readonly RunRecord[], options?: PapyanOptions): Figure {
  return measureCurves(records, "withinClassVariability", options);
}

/**
 * Figure 7: percentage of images, test images unless `set` says "train", whose largest logit is not
 * that of the nearest class mean of the training set. 0: the network decides as the means do.
 */
export function nearestClassCenterCurves(
  records: readonly RunRecord[],
  options?: PapyanOptions,
): Figure {
  return measureCurves(records, "nearestClassCenterMismatch", { set: "test", ...options });
}

/**
 * Figure 8: by which part of its norm a test image has to be moved until the network decides
 * otherwise, the mean of |r| / |x| with r DeepFool's perturbation of the image x; higher is more
 * robust. At the epochs of `reportCount` of runs with a `robustnessCount`; others are left out.
 *
 * @throws {RangeError} If no record has margins.
 */
export function robustnessCurves(
  records: readonly RunRecord[],
  { epochScale }: EpochAxisOptions = {},
): Figure {
  const measured = records.filter((record) => hasRobustness([record]));
  const groups = drawnGroups(measured);
  const data = groups.flatMap((group) => meanWithRange(group, relativeMargin, "linear"));
  const shapes = groups.flatMap(terminalPhaseLine);
  const counts = measured.flatMap(({ epochs }) =>
    epochs.flatMap(({ report }) => report?.margins?.images ?? []),
  );
  const images = [...new Set([Math.min(...counts), Math.max(...counts)])].join(" to ");
  const note = [`${images} test images, by DeepFool`, ...curveNote(groups, shapes)].join("; ");
  const yaxis = { title: { text: "mean of |r| / |x|" }, hoverformat: ".3~g", rangemode: "tozero" };
  return curveFigure("Robustness (test)", groups, data, yaxis, { epochScale, note, shapes });
}

/** Whether an epoch of some record has margins, so that there is something to draw. */
export function hasRobustness(records: readonly RunRecord[]): boolean {
  return hasPoints(records, relativeMargin, 1);
}

const relativeMargin: EpochValue = ({ report }) => report?.margins?.meanRelativeNorm;
