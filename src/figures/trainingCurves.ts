import type { RunRecord } from "../experiment/record";
import type { EpochRecord } from "../experiment/train";
import type { Figure } from "./figure";
import { layout, translucent } from "./look";
import { dataDescription, groupRuns, meanSeries, type RunGroup, type Series } from "./runGroups";

const EPOCHS = { title: { text: "epoch" }, rangemode: "tozero" };
/** Up to here every epoch is marked, so that a short run shows where it was measured. */
const MARKED_EPOCHS = 40;

/**
 * Test accuracy in percent against the epoch, a solid line a regulariser; accuracy on the training
 * images, in evaluation mode, thin and dotted.
 *
 * A line is the mean over the regulariser's runs; where there are several, each run's test accuracy
 * is drawn faintly behind it.
 *
 * @throws {RangeError} If there is no record.
 */
export function accuracyCurves(records: readonly RunRecord[]): Figure {
  const groups = groupRuns(records);
  const test = (epoch: EpochRecord) => percent(epoch.test?.accuracy);
  const train = (epoch: EpochRecord) => percent(epoch.train?.accuracy);
  const data = groups.flatMap((group) => [
    ...eachRun(group, test),
    line(group, meanSeries(group.records, train), {
      name: `${group.label}, training images`,
      line: { color: group.color, width: 1.2, dash: "dot" },
      ...{ mode: "lines", showlegend: false },
    }),
    line(group, meanSeries(group.records, test)),
  ]);
  const yaxis = { title: { text: "accuracy (%)" }, hoverformat: ".2f" };
  return figure("Test accuracy (dotted: training images)", groups, data, yaxis);
}

/**
 * NC1, the within-class variability tr(S_W S_B^+) / C of the training set's features, against the
 * epoch on a logarithmic axis.
 *
 * A line is the geometric mean over the regulariser's runs, each of them drawn faintly behind it.
 * Epochs at which it is 0 or not defined are left out.
 *
 * @throws {RangeError} If there is no record.
 */
export function collapseCurves(records: readonly RunRecord[]): Figure {
  const groups = groupRuns(records);
  const value = (epoch: EpochRecord) => epoch.train?.withinClassVariability;
  const data = groups.flatMap((group) => [
    ...eachRun(group, value, "log"),
    line(group, meanSeries(group.records, value, "log")),
  ]);
  const yaxis = {
    title: { text: "tr(S<sub>W</sub> S<sub>B</sub><sup>+</sup>) / C" },
    ...{ type: "log", dtick: "D2", tickformat: "~g", hoverformat: ".3~g" },
  };
  return figure("NC1, within-class variability (training)", groups, data, yaxis);
}

/**
 * The median death time of an epoch's sub-batches against the epoch, with a band from the lower to
 * the upper quartile, and beta dashed where the regulariser has a weight. Zeros, of images drawn
 * twice, count.
 *
 * Lines and bands are means over the regulariser's runs.
 *
 * @throws {RangeError} If there is no record.
 */
export function deathTimeCurves(records: readonly RunRecord[]): Figure {
  const groups = groupRuns(records);
  const data = groups.flatMap((group) => [
    ...quartileBand(group),
    medianLine(group),
    ...beta(group),
  ]);
  const yaxis = { title: { text: "death time (unit of the features)" }, hoverformat: ".3~f" };
  const title = "Death times, quartiles (dashed: beta)";
  return figure(title, groups, data, { ...yaxis, rangemode: "tozero" });
}

function medianLine(group: RunGroup): object {
  return line(
    group,
    meanSeries(group.records, ({ deathTimes }) => deathTimes?.quartiles[1]),
  );
}

function quartileBand(group: RunGroup): object[] {
  const quartile = (which: 0 | 2) =>
    meanSeries(group.records, ({ deathTimes }) => deathTimes?.quartiles[which]);
  const bare = { mode: "lines", line: { width: 0 }, showlegend: false };
  return [
    line(group, quartile(0), { ...bare, name: `${group.label}, lower quartile` }),
    line(group, quartile(2), {
      ...{ ...bare, name: `${group.label}, upper quartile` },
      ...{ fill: "tonexty", fillcolor: translucent(group.color, 0.12) },
    }),
  ];
}

/** None where beta is without effect. */
function beta(group: RunGroup): object[] {
  const hasWeight = ({ epochs }: RunRecord) => epochs.some((e) => e.topologicalWeight !== 0);
  if (!group.records.some(hasWeight)) return [];
  return [
    line(
      group,
      meanSeries(group.records, (epoch) => epoch.beta),
      {
        name: `${group.label}, beta`,
        line: { color: group.color, width: 1.5, dash: "dash" },
        ...{ mode: "lines", showlegend: false },
      },
    ),
  ];
}

/** The runs of a group one by one, faint; none if there is one only, which is its own mean. */
function eachRun(
  group: RunGroup,
  valueOf: (epoch: EpochRecord) => number | null | undefined,
  scale?: "log",
): object[] {
  if (group.records.length === 1) return [];
  return group.records.map((record) =>
    line(group, meanSeries([record], valueOf, scale), {
      name: `${group.label}, split ${record.config.split}`,
      line: { color: translucent(group.color, 0.25), width: 1 },
      ...{ mode: "lines", showlegend: false, hoverinfo: "skip" },
    }),
  );
}

function line({ label, color, records }: RunGroup, { epochs, values }: Series, other = {}): object {
  return {
    type: "scatter",
    mode: epochs.length <= MARKED_EPOCHS ? "lines+markers" : "lines",
    name: records.length === 1 ? label : `${label} (n = ${records.length})`,
    legendgroup: label,
    ...{ x: epochs, y: values },
    line: { color, width: 2.5 },
    marker: { color, size: 5 },
    ...other,
  };
}

function figure(
  title: string,
  groups: readonly RunGroup[],
  data: object[],
  yaxis: Parameters<typeof layout>[3],
): Figure {
  return { data, layout: layout(title, dataDescription(groups), EPOCHS, yaxis) };
}

const percent = (share: number | undefined) => (share === undefined ? undefined : 100 * share);
