import { measureNamed } from "../metrics/collapse/catalogue";
import { epochValueOf, type EpochValue, type MeasuredSet } from "../results/epochValue";
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
import type { Scale } from "./series";

/** How a measure is drawn; what is not given is taken from the measure's row in {@link MEASURES}. */
export interface MeasureCurveOptions extends EpochAxisOptions {
  /** "train" unless given. */
  readonly set?: MeasuredSet;
  /** The measure's axis. */
  readonly scale?: Scale;
  /** Subject of the figure, without the set. */
  readonly title?: string;
  /** Title of the measure's axis: its formula, and its unit if it has one. */
  readonly axisTitle?: string;
  /** A second measure, dotted in the same colors. */
  readonly dotted?: string;
  /** Name of the dotted lines, for the subtitle. */
  readonly dottedName?: string;
  /** Factor of the values, such as 100 for percent. */
  readonly factor?: number;
}

/**
 * A measure by its name in {@link MEASURES} against the epoch, a line per regularizer: training
 * images unless `set` is "test".
 *
 * A line is the mean over the regularizer's runs (on a logarithmic axis the geometric mean), with a
 * band from the smallest to the largest of them. Drawn are the epochs at which every run has the
 * measure: those of `measureEvery` or `testEvery`, and else those of `reportCount`. A thin vertical
 * line marks the start of the terminal phase, the median over the runs.
 *
 * @throws {RangeError} If there is no record.
 */
export function measureCurves(
  records: readonly RunRecord[],
  measure: string,
  options: MeasureCurveOptions = {},
): Figure {
  const { set = "train", epochScale, ...own } = options;
  const look = { ...catalogueLook(measure), ...own };
  const { title, axisTitle, scale, dotted, dottedName = dotted, factor } = look;
  const groups = drawnGroups(records);
  const solid = groups.flatMap((group) =>
    meanWithRange(group, epochValueOf(measure, set, factor), scale),
  );
  const second =
    dotted === undefined
      ? []
      : groups.flatMap((group) => {
          const name = `${group.label}, ${dotted}`;
          const line = { color: group.color, width: 2, dash: "dot" };
          const traceLook = { name, line, showlegend: false };
          return meanWithRange(group, epochValueOf(dotted, set, factor), scale, traceLook);
        });
  const shapes = groups.flatMap(terminalPhaseLine);
  const dtick = logTicks([...second, ...solid]);
  const logarithmic = {
    type: "log",
    dtick,
    ...(dtick === "D2" ? { tickformat: "~g" } : { exponentformat: "e" }),
  };
  const yaxis = {
    title: { text: axisTitle },
    hoverformat: ".3~g",
    ...(scale === "log" ? logarithmic : { rangemode: "tozero" }),
  };
  const dots = dotted === undefined ? [] : [`dotted: ${dottedName}`];
  const note = [...dots, ...curveNote(groups, shapes)].join("; ");
  const whole = `${title} (${set === "train" ? "training" : "test"})`;
  return curveFigure(whole, groups, [...second, ...solid], yaxis, { epochScale, note, shapes });
}

interface CurveLook {
  readonly title: string;
  readonly axisTitle: string;
  readonly scale: Scale;
  readonly dotted?: string;
  readonly dottedName?: string;
  readonly factor: number;
}

/** The look of a measure's figure, from its row in the catalogue. */
function catalogueLook(name: string): CurveLook {
  const { title = name, formula = name, curve } = measureNamed(name) ?? {};
  return {
    title,
    axisTitle: formulaMarkup(curve?.axis ?? formula),
    scale: curve?.scale ?? "linear",
    dotted: curve?.dotted,
    dottedName: curve?.dottedName,
    factor: curve?.percent ? 100 : 1,
  };
}

/** A formula in plain text, with plotly's markup for subscripts and superscripts. */
export function formulaMarkup(formula: string): string {
  return formula
    .replace(/_(\w+)/g, "<sub>$1</sub>")
    .replace(/\^(\+|\d+)/g, "<sup>$1</sup>")
    .replace(/'/g, "\u1d40")
    .replace(/ - /g, " \u2212 ");
}

/** Decades of a logarithmic axis from which on each is labeled once, not at 1, 2 and 5. */
const WIDE_DECADES = 3;
/** Labels that a wide axis has room for. */
const WIDE_LABELS = 6;

/** plotly's `dtick` of a logarithmic axis: at 1, 2 and 5 of each decade, or every so many decades. */
function logTicks(lines: readonly object[]): "D2" | number {
  const values = (lines as { readonly y: readonly number[] }[]).flatMap(({ y }) => y);
  const logs = values.map(Math.log10);
  const decades = Math.max(...logs) - Math.min(...logs);
  return decades > WIDE_DECADES ? Math.ceil(decades / WIDE_LABELS) : "D2";
}

/**
 * Whether there is a curve to draw: some record has the measure at two epochs, or, of the training
 * images, at its only one.
 */
export function hasMeasure(
  records: readonly RunRecord[],
  measure: string,
  set: MeasuredSet = "train",
): boolean {
  return hasPoints(records, epochValueOf(measure, set), set === "train" ? 1 : 2);
}

/** Whether some record has a value at so many epochs or more. */
export function hasPoints(records: readonly RunRecord[], valueOf: EpochValue, least = 2): boolean {
  return records.some(
    ({ epochs }) => epochs.filter((epoch) => typeof valueOf(epoch) === "number").length >= least,
  );
}
