import type { RunRecord } from "../runs/record";
import {
  curveFigure,
  curveNote,
  meanWithRange,
  terminalPhaseLine,
  type EpochAxisOptions,
} from "./curves";
import type { Figure } from "./figure";
import { drawnGroups } from "./drawnGroups";
import type { EpochValue, Scale } from "./series";

/** Which images a measure is of. */
export type CurveSet = "train" | "test";

/** How a measure is drawn. */
export interface MeasureCurveOptions extends EpochAxisOptions {
  /** "train" unless given. */
  readonly set?: CurveSet;
  /** Of the measure's axis; "linear" unless given. */
  readonly scale?: Scale;
  /** What the figure shows, without the set; the measure's name unless given. */
  readonly title?: string;
  /** The measure's axis: its formula, and its unit if it has one. */
  readonly axisTitle?: string;
  /** A second measure, dotted in the same colours. */
  readonly dotted?: string;
  /** What that is, for the subtitle; the measure's name unless given. */
  readonly dottedName?: string;
  /** What the values are multiplied by, such as 100 for percent. */
  readonly factor?: number;
}

/**
 * A measure by its name in `collapseReport`, or `accuracy` or `crossEntropy`, against the epoch, a
 * line a regulariser: training images unless `set` is "test".
 *
 * A line is the mean over the regulariser's runs (on a logarithmic axis the geometric mean), with a
 * band from the smallest to the largest of them. Drawn are the epochs at which every run has the
 * measure: those of `measureEvery` or `testEvery`, and else those of `reportCount`. A thin vertical
 * line is where the terminal phase begins, the median over the runs.
 *
 * @throws {RangeError} If there is no record.
 */
export function measureCurves(
  records: readonly RunRecord[],
  measure: string,
  options: MeasureCurveOptions = {},
): Figure {
  const { set = "train", scale = "linear", dotted, factor = 1 } = options;
  const { title = measure, axisTitle = measure, epochScale } = options;
  const groups = drawnGroups(records);
  const solid = groups.flatMap((group) =>
    meanWithRange(group, valueOf(measure, set, factor), scale),
  );
  const second = groups.flatMap((group) => {
    if (dotted === undefined) return [];
    const name = `${group.label}, ${dotted}`;
    const look = { name, line: { color: group.color, width: 2, dash: "dot" }, showlegend: false };
    return meanWithRange(group, valueOf(dotted, set, factor), scale, look);
  });
  const shapes = groups.flatMap(terminalPhaseLine);
  const logarithmic = { type: "log", dtick: logTicks([...second, ...solid]), tickformat: "~g" };
  const yaxis = {
    ...{ title: { text: axisTitle }, hoverformat: ".3~g" },
    ...(scale === "log" ? logarithmic : { rangemode: "tozero" }),
  };
  const dots = dotted === undefined ? [] : [`dotted: ${options.dottedName ?? dotted}`];
  const note = [...dots, ...curveNote(groups, shapes)].join("; ");
  const whole = `${title} (${set === "train" ? "training" : "test"})`;
  return curveFigure(whole, groups, [...second, ...solid], yaxis, { epochScale, note, shapes });
}

/** Decades of a logarithmic axis from which on each is labelled once, not at 1, 2 and 5. */
const WIDE_DECADES = 3;
/** Labels that a wide axis has room for. */
const WIDE_LABELS = 8;

/** plotly's `dtick` of a logarithmic axis: at 1, 2 and 5 of each decade, or every so many decades. */
function logTicks(lines: readonly object[]): "D2" | number {
  const values = (lines as { readonly y: readonly number[] }[]).flatMap(({ y }) => y);
  const logs = values.map(Math.log10);
  const decades = Math.max(...logs) - Math.min(...logs);
  return decades > WIDE_DECADES ? Math.ceil(decades / WIDE_LABELS) : "D2";
}

/** Whether an epoch of some record has the measure, so that there is something to draw. */
export function hasMeasure(
  records: readonly RunRecord[],
  measure: string,
  set: CurveSet = "train",
): boolean {
  const value = valueOf(measure, set);
  return records.some(({ epochs }) => epochs.some((epoch) => typeof value(epoch) === "number"));
}

/** A measure of an epoch, from its frequent measures or else from its report. */
export function valueOf(measure: string, set: CurveSet, factor = 1): EpochValue {
  return (epoch) => {
    const frequent = epoch[set] as Readonly<Record<string, number | null>> | undefined;
    const value = frequent?.[measure] ?? epoch.report?.[set].collapse[measure];
    return typeof value === "number" ? factor * value : value;
  };
}
