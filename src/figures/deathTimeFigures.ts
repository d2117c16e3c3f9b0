import type { EpochValue } from "../results/epochValue";
import type { DeathTimeQuantiles, EpochReport } from "../training/evaluation/epochReport";
import type { RunRecord } from "../runs/record";
import { median } from "../statistics/summary";
import { band, curveFigure, line, type EpochAxisOptions } from "./curves";
import type { Figure } from "./figure";
import { ABOVE_BETA, axis, BELOW_BETA, layout, NEUTRAL, translucent } from "./theme";
import { dataDescription } from "../results/runGroups";
import { drawnGroups } from "./drawnGroups";
import { hasPoints } from "./measureCurves";
import { meanSeries } from "./series";
import { betaLine } from "./trainingCurves";

/** Whose death times: of each class's training images, test images, or both together. */
export type DeathTimeSet = Exclude<keyof EpochReport, "margins" | "layers">;

const SET_NAMES: Readonly<Record<DeathTimeSet, string>> = {
  train: "training",
  test: "test",
  union: "training and test",
};

/** Where the quantiles stand in a record: minimum, 5, 25, 50, 75, 95 %, maximum. */
const [P5, P50, P95] = [1, 3, 5];

/**
 * The death times of a class's examples together against the epoch: the median over classes of
 * their medians, with a band from the median over classes of their 5 % quantiles to that of their
 * 95 % quantiles; beta dashed where the regularizer has a weight. At the epochs of `reportCount`, in
 * evaluation mode, unlike `deathTimeCurves`, which shows the sub-batches of training.
 *
 * Lines and bands are means over the regularizer's runs. More examples of a class lie closer
 * together: sets of different sizes are not to be compared.
 *
 * @throws {RangeError} If there is no record.
 */
export function deathTimeQuantileCurves(
  records: readonly RunRecord[],
  { set = "train", epochScale = "log" }: EpochAxisOptions & { readonly set?: DeathTimeSet } = {},
): Figure {
  const groups = drawnGroups(records);
  const data = groups.flatMap((group) => {
    const quantile = (which: number) => meanSeries(group.runs, classMedian(set, which));
    return [
      ...band(group, [quantile(P5), quantile(P95)], ["5 % quantile", "95 % quantile"]),
      line(group, quantile(P50)),
      ...betaLine(group),
    ];
  });
  const yaxis = { title: { text: "death time (feature unit)" }, hoverformat: ".3~f" };
  const title = `Death times of a class (${SET_NAMES[set]})`;
  const note = "medians over classes; band: 5 to 95 % of the death times; dashed: beta";
  return curveFigure(title, groups, data, { ...yaxis, rangemode: "tozero" }, { epochScale, note });
}

/** Whether some record has the death times of a set's classes at two epochs: a curve. */
export function hasDeathTimes(records: readonly RunRecord[], set: DeathTimeSet): boolean {
  return hasPoints(records, classMedian(set, P50));
}

/** The median over classes of a quantile; undefined of an epoch without a report. */
function classMedian(set: DeathTimeSet, which: number): EpochValue {
  return ({ report }) => {
    const classes = report?.[set].deathTimes.flatMap((times) => (times ? [times[which]] : []));
    return classes && classes.length > 0 ? median(classes) : undefined;
  };
}

/**
 * The median death time of each class against the epoch, as colors: a panel each for the training
 * images, the test images and both together, on one scale; hovering tells the 5 and 95 % quantiles.
 * At the epochs of `reportCount`.
 *
 * Sets of different sizes are not to be compared, as in {@link deathTimeQuantileCurves}.
 *
 * @throws {RangeError} If no epoch of the run has death times of its classes.
 */
export function classDeathTimeMaps(record: RunRecord): Figure {
  const epochs = record.epochs.filter(({ report }) => report !== undefined);
  if (epochs.length === 0)
    throw new RangeError("expected a run with reports of death times, got one without");
  const sets = Object.keys(SET_NAMES) as DeathTimeSet[];
  const epochAxis = (panel: number) => ({
    title: { text: `epoch (${sets[panel] === "union" ? "both" : SET_NAMES[sets[panel]]})` },
    type: "category",
    showgrid: false,
    domain: PANELS[panel],
    anchor: panelAxes(panel).yaxis,
  });
  const classAxis = { title: { text: "class" }, dtick: 1, showgrid: false, ticks: "" };
  const hidden = { ...classAxis, title: { text: "" }, showticklabels: false, matches: "y" };
  const others = [1, 2].map((panel) => ({
    [`xaxis${panel + 1}`]: axis(epochAxis(panel)),
    [`yaxis${panel + 1}`]: axis({ ...hidden, anchor: panelAxes(panel).xaxis }),
  }));
  const title = `Median death times of each class: ${record.config.regularizer}`;
  const note = `${dataDescription(drawnGroups([record]))}; split ${record.config.split}`;
  const bar = { title: { text: "death time (feature unit)", side: "right" } };
  const coloraxis = { colorscale: "Cividis", colorbar: bar };
  const look = { ...layout(title, note, epochAxis(0), classAxis), hovermode: "closest", coloraxis };
  const data = sets.map((set, panel) => ({ ...deathTimeMap(epochs, set), ...panelAxes(panel) }));
  return { data, layout: { ...look, ...others[0], ...others[1] } };
}

/** The medians of one set: classes against epochs. */
function deathTimeMap(epochs: RunRecord["epochs"], set: DeathTimeSet): object {
  const classes = epochs[0].report![set].deathTimes.map((_, label) => label);
  const times = classes.map((label) => epochs.map((e) => e.report![set].deathTimes[label]));
  const cells = (of: (quantiles: NonNullable<DeathTimeQuantiles>) => number | string) =>
    times.map((line) => line.map((quantiles) => quantiles && of(quantiles)));
  return {
    type: "heatmap",
    name: SET_NAMES[set],
    x: epochs.map(({ epoch }) => `${epoch}`),
    y: classes,
    z: cells((q) => q[P50]),
    text: cells((q) => `${threeDigits(q[P5])} to ${threeDigits(q[P95])}`),
    hovertemplate: "class %{y}, epoch %{x}: %{z:.3~g}, 5 to 95 %: %{text}<extra></extra>",
    coloraxis: "coloraxis",
  };
}

/** Where the panels stand on the figure's width. */
const PANELS = [
  [0, 0.31],
  [0.345, 0.655],
  [0.69, 1],
];

/** plotly's names of a panel's axes: x and y, x2 and y2, ... */
function panelAxes(panel: number): { readonly xaxis: string; readonly yaxis: string } {
  const suffix = panel === 0 ? "" : `${panel + 1}`;
  return { xaxis: `x${suffix}`, yaxis: `y${suffix}` };
}

const threeDigits = (value: number) => Number(value.toPrecision(3));

/**
 * The distribution of each class's death times as violins, a violin a class and set; the white line
 * in a violin's box is the median. Two sets share a violin, a half each.
 *
 * @param timesBySet By the set's name, of each class its death times (`classDeathTimes`).
 * @throws {RangeError} If there is no set, or sets have different numbers of classes.
 */
export function deathTimeDistributions(
  timesBySet: Readonly<Record<string, readonly ArrayLike<number>[]>>,
): Figure {
  const names = Object.keys(timesBySet);
  const counts = new Set(names.map((name) => timesBySet[name].length));
  if (counts.size !== 1)
    throw new RangeError(
      `expected sets of the same number of classes, got ${[...counts].join(", ") || "no set"}`,
    );
  const colors = [ABOVE_BETA, BELOW_BETA, NEUTRAL];
  const data = names.map((name, i) => {
    const classes = timesBySet[name].map((times) => Array.from(times));
    return {
      type: "violin",
      name,
      points: false,
      scalemode: "width",
      spanmode: "hard",
      x: classes.flatMap((times, label) => times.map(() => `${label}`)),
      y: Float32Array.from(classes.flat()),
      ...(names.length === 2 && { side: i === 0 ? "negative" : "positive", width: 0.9 }),
      line: { color: colors[i % colors.length], width: 1.2 },
      fillcolor: translucent(colors[i % colors.length], 0.35),
      box: { visible: true, width: 0.12 },
    };
  });
  const x = { title: { text: "class" }, type: "category", categoryorder: "category ascending" };
  const y = { title: { text: "death time (feature unit)" }, rangemode: "tozero" };
  const sizes = names.map((name) => `${name} ${sum(timesBySet[name])}`).join(", ");
  const look = layout("Death times of each class", `death times: ${sizes}`, x, y);
  const modes = { violinmode: names.length === 2 ? "overlay" : "group", violingap: 0.1 };
  return { data, layout: { ...look, ...modes, hovermode: "closest" } };
}

const sum = (classes: readonly ArrayLike<number>[]) =>
  classes.reduce((total, times) => total + times.length, 0);
