import type { EpochValue } from "../results/epochValue";
import { median } from "../statistics/summary";
import type { Figure } from "./figure";
import { layout, translucent, verticalLine, type Axis, type LineLook } from "./theme";
import { dataDescription } from "../results/runGroups";
import type { DrawnGroup } from "./drawnGroups";
import { meanSeries, rangeSeries, type Scale, type Series } from "./series";

/** Up to here every epoch has a marker, so that a short run shows where it was measured. */
const MARKED_EPOCHS = 40;
/** Markers of a longer line. */
const FEW_MARKERS = 10;

/** A line's markers: all of a short one, a few of a long one, so that it is known without its color. */
export function lineMarkers({ color, symbol }: LineLook, points: number): object {
  const maxdisplayed = points <= MARKED_EPOCHS ? 0 : FEW_MARKERS;
  return { color, symbol, size: 7, maxdisplayed };
}

/** Choices for the axis of epochs. */
export interface EpochAxisOptions {
  /** "log" where the first epochs are to be seen; "linear" unless given. */
  readonly epochScale?: Scale;
}

/** The line of a group: its color and pattern, its name in the legend with n. */
export function line(group: DrawnGroup, { epochs, values }: Series, other = {}): object {
  const { label, color, dash, runs } = group;
  return {
    type: "scatter",
    mode: "lines+markers",
    name: runs.length === 1 ? label : `${label} (n = ${runs.length})`,
    legendgroup: label,
    x: epochs,
    y: values,
    line: { color, dash, width: 2.5 },
    marker: lineMarkers(group, epochs.length),
    ...other,
  };
}

/** A filled band of a group between two series; none between series without epochs. */
export function band(
  group: DrawnGroup,
  [lower, upper]: readonly [Series, Series],
  [lowerName, upperName]: readonly [string, string],
): object[] {
  if (lower.epochs.length === 0) return [];
  const bare = { mode: "lines", line: { width: 0 }, showlegend: false };
  return [
    line(group, lower, { ...bare, name: `${group.label}, ${lowerName}` }),
    line(group, upper, {
      ...bare,
      name: `${group.label}, ${upperName}`,
      fill: "tonexty",
      fillcolor: translucent(group.color, 0.12),
    }),
  ];
}

/** A group's mean, with a band from the smallest to the largest run where there are several. */
export function meanWithRange(
  group: DrawnGroup,
  valueOf: EpochValue,
  scale: Scale,
  other = {},
): object[] {
  const mean = line(group, meanSeries(group.runs, valueOf, scale), other);
  if (group.runs.length === 1) return [mean];
  const { lowest, highest } = rangeSeries(group.runs, valueOf, scale);
  return [...band(group, [lowest, highest], ["smallest run", "largest run"]), mean];
}

/**
 * A thin vertical line where a group's terminal phase begins: the median over its runs, a run that
 * has not come there counting as never. None if the median run has not.
 */
export function terminalPhaseLine({ runs, color, dash }: DrawnGroup): object[] {
  const epochs = runs.map(
    ({ terminalPhaseEpoch }) => terminalPhaseEpoch ?? Number.MAX_SAFE_INTEGER,
  );
  const x = median(epochs);
  if (x > Math.max(...runs.map(({ config }) => config.epochs))) return [];
  return [verticalLine(x, { color, dash, width: 1 })];
}

/** Lines against the epoch; the terminal phases marked if `groups` are those of the lines. */
export function curveFigure(
  title: string,
  groups: readonly DrawnGroup[],
  data: object[],
  yaxis: Axis,
  options: EpochAxisOptions & { readonly note?: string; readonly shapes?: object[] } = {},
): Figure {
  const { epochScale = "linear", note, shapes = [] } = options;
  const x = { title: { text: "epoch" } };
  const range = epochScale === "log" ? { type: "log", dtick: "D2" } : { rangemode: "tozero" };
  const subtitle = [dataDescription(groups), ...(note ? [note] : [])].join("; ");
  const look = layout(title, subtitle, { ...x, ...range }, yaxis);
  return { data, layout: { ...look, shapes } };
}

/** The meaning of bands and vertical lines of a figure, as far as it has them. */
export function curveNote(groups: readonly DrawnGroup[], shapes: readonly object[]): string[] {
  return [
    ...(groups.some(({ runs }) => runs.length > 1) ? ["band: smallest to largest run"] : []),
    ...(shapes.length > 0 ? ["vertical: terminal phase from there"] : []),
  ];
}
