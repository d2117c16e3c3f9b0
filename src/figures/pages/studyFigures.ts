import type { MeasuredSet } from "../../results/epochValue";
import { MEASURES, measureNamed, type Measure } from "../../metrics/collapse/catalogue";
import { pairedComparisons } from "../../results/pairedComparisons";
import type { RunRecord } from "../../runs/record";
import { completeGroups } from "../../results/runGroups";
import { deathTimeQuantileCurves, hasDeathTimes } from "../deathTimeFigures";
import type { Figure } from "../figure";
import { hasMeasure, measureCurves } from "../measureCurves";
import { figureTitle } from "./page";
import * as papyan from "../papyanFigures";
import { pairedDifferenceFigure, publishedMnist250, resultIntervals } from "../resultFigures";
import { drawnGroups } from "../drawnGroups";
import { scheduleFigure } from "../scheduleFigure";
import { heading } from "../theme";
import { accuracyCurves, deathTimeCurves } from "../trainingCurves";

/** A figure of a study. */
export interface StudyFigure {
  /** For a file or an address: lower case, with hyphens. */
  readonly name: string;
  readonly figure: Figure;
  /** Sentence on how to read it. */
  readonly sentence: string;
}

/**
 * All figures that records have numbers for: results, curves of accuracy, neural collapse on
 * training and test images, death times, schedules. Of several presets each has figures of its own,
 * with the preset in name and title: other data, or other settings of all regularizers, are not to be
 * read as one experiment.
 *
 * @param records Those without an epoch do not count.
 * @throws {RangeError} If no record has an epoch.
 */
export function studyFigures(records: readonly RunRecord[]): StudyFigure[] {
  const begun = records.filter(({ epochs }) => epochs.length > 0);
  if (begun.length === 0)
    throw new RangeError("expected 1 run or more with an epoch behind it, got 0");
  const presets = [...new Set(begun.map(({ config }) => config.preset))].sort();
  if (presets.length === 1) return presetFigures(begun);
  return presets.flatMap((preset) =>
    presetFigures(begun.filter(({ config }) => config.preset === preset)).map(
      ({ name, figure, sentence }) => ({
        name: `${preset}-${name}`,
        sentence,
        figure: forPreset(figure, preset),
      }),
    ),
  );
}

/** A figure with the preset in its title, on a line of its own: titles are cut, not wrapped. */
function forPreset(figure: Figure, preset: string): Figure {
  const { title, margin, height } = figure.layout as {
    readonly title: { readonly subtitle: { readonly text: string } };
    readonly margin: { readonly t: number };
    readonly height?: number;
  };
  const head = heading(`${figureTitle(figure)}:<br>${preset}`, title.subtitle.text);
  const taller = height && { height: height + head.margin.t - margin.t };
  return { ...figure, layout: { ...figure.layout, ...head, ...taller } };
}

function presetFigures(begun: readonly RunRecord[]): StudyFigure[] {
  return [
    ...resultSections(begun),
    accuracySection(begun),
    ...collapseSections(begun),
    ...deathTimeSections(begun),
    scheduleSection(begun),
  ];
}

/** Test accuracy, generalization gap. */
export function accuracySection(records: readonly RunRecord[]): StudyFigure {
  const sentence =
    "The distance from a dotted line down to the solid one of its color is what the network " +
    "does not generalize; a regularizer should make it smaller.";
  return { name: "accuracy", figure: accuracyCurves(records), sentence };
}

/** NC1 on the training images. */
export function collapseSection(records: readonly RunRecord[]): StudyFigure {
  return measureSection(records, "withinClassVariability", "train");
}

/** Death times of the sub-batches of training. */
export function deathTimeSection(records: readonly RunRecord[]): StudyFigure {
  const sentence =
    "A regularizer that works draws its death times to its dashed beta; " +
    "vanilla's go where cross entropy leaves them. The band goes from the lower to the upper " +
    "quartile; images that were drawn twice count as 0.";
  return { name: "death-times-steps", figure: deathTimeCurves(records), sentence };
}

function resultSections(records: readonly RunRecord[]): StudyFigure[] {
  const tested = completeGroups(records).some(({ runs }) =>
    runs.some((run) => run.epochs.at(-1)?.test),
  );
  if (!tested) return [];
  const isMnist250 = records.every(({ config }) => config.preset === "mnist-250");
  const results = resultIntervals(records, isMnist250 ? publishedMnist250 : {});
  const sections = [
    {
      name: "results",
      figure: results,
      sentence:
        "An interval covers the mean over all choices of split and seed in 95 of 100 studies like " +
        "this one. Experiments share their splits: the differences say more than two intervals.",
    },
  ];
  if (pairedComparisons(records).length === 0) return sections;
  const sentence =
    "Each dot is one split, run with both. Of many comparisons some will seem more than chance " +
    "by chance alone.";
  return [...sections, { name: "differences", figure: pairedDifferenceFigure(records), sentence }];
}

/** A figure of each measure with a curve, on training and on test images; Papyan's among them. */
function collapseSections(records: readonly RunRecord[]): StudyFigure[] {
  const drawn: readonly Measure[] = MEASURES;
  return [
    ...drawn.flatMap(({ name, curve }) =>
      (curve?.sets ?? CURVE_SETS)
        .filter((set) => curve !== undefined && hasMeasure(records, name, set))
        .map((set) => measureSection(records, name, set)),
    ),
    ...(papyan.hasRobustness(records) ? [robustnessSection(records)] : []),
  ];
}

const CURVE_SETS = ["train", "test"] as const;

function measureSection(
  records: readonly RunRecord[],
  measure: string,
  set: MeasuredSet,
): StudyFigure {
  const { name, sentence } = measureNamed(measure)!.curve!;
  return {
    name: `${name}-${set}`,
    figure: measureCurves(records, measure, { set }),
    sentence: set === "train" ? sentence : `${sentence} This figure shows the test images.`,
  };
}

function robustnessSection(records: readonly RunRecord[]): StudyFigure {
  const sentence =
    "By which part of its norm a test image has to be moved, at the least that was found, until " +
    "the network decides otherwise; the higher, the more robust.";
  return { name: "robustness-test", figure: papyan.robustnessCurves(records), sentence };
}

function deathTimeSections(records: readonly RunRecord[]): StudyFigure[] {
  const sentence =
    "How far apart the examples of a class are, all of them together: more images lie closer to " +
    "each other, so that sets of different sizes are not to be compared.";
  const steps = records.some(({ epochs }) => epochs.some((epoch) => epoch.deathTimes));
  return [
    ...(steps ? [deathTimeSection(records)] : []),
    ...(["train", "test", "union"] as const)
      .filter((set) => hasDeathTimes(records, set))
      .map((set) => ({
        name: `death-times-${set}`,
        sentence,
        figure: deathTimeQuantileCurves(records, { set }),
      })),
  ];
}

function scheduleSection(records: readonly RunRecord[]): StudyFigure {
  const configs = drawnGroups(records).map(({ label, runs: [{ config }] }) => ({
    ...config,
    regularizer: label,
  }));
  const sentence =
    "What the regularizers were told: their weight in the loss, and the target beta.";
  return { name: "schedules", figure: scheduleFigure(...configs), sentence };
}
