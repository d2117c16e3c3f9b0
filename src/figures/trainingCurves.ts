import type { EpochValue } from "../results/epochValue";
import type { RunRecord } from "../runs/record";
import { band, curveFigure, line } from "./curves";
import type { Figure } from "./figure";
import { translucent } from "./theme";
import { epochValueOf } from "../results/epochValue";
import { drawnGroups, type DrawnGroup } from "./drawnGroups";
import { meanSeries } from "./series";

export { collapseCurves } from "./papyanFigures";

/**
 * Test accuracy in percent against the epoch, a solid line a regularizer; accuracy on the training
 * images, in evaluation mode, thin and dotted.
 *
 * A line is the mean over the regularizer's runs; where there are several, each run's test accuracy
 * is drawn faintly behind it.
 *
 * @throws {RangeError} If there is no record.
 */
export function accuracyCurves(records: readonly RunRecord[]): Figure {
  const groups = drawnGroups(records);
  const [test, train] = [
    epochValueOf("accuracy", "test", 100),
    epochValueOf("accuracy", "train", 100),
  ];
  const data = groups.flatMap((group) => [
    ...eachRun(group, test),
    line(group, meanSeries(group.runs, train), {
      name: `${group.label}, training images`,
      line: { color: group.color, width: 1.2, dash: "dot" },
      mode: "lines",
      showlegend: false,
    }),
    line(group, meanSeries(group.runs, test)),
  ]);
  const yaxis = { title: { text: "accuracy (%)" }, hoverformat: ".2f" };
  return curveFigure("Test accuracy (dotted: training images)", groups, data, yaxis);
}

/**
 * The median death time of an epoch's sub-batches against the epoch, with a band from the lower to
 * the upper quartile, and beta dashed where the regularizer has a weight. Zeros, of images drawn
 * twice, count.
 *
 * Lines and bands are means over the regularizer's runs.
 *
 * @throws {RangeError} If there is no record.
 */
export function deathTimeCurves(records: readonly RunRecord[]): Figure {
  const groups = drawnGroups(records);
  const data = groups.flatMap((group) => [
    ...quartileBand(group),
    medianLine(group),
    ...betaLine(group),
  ]);
  const yaxis = { title: { text: "death time (feature unit)" }, hoverformat: ".3~f" };
  const title = "Death times, quartiles (dashed: beta)";
  return curveFigure(title, groups, data, { ...yaxis, rangemode: "tozero" });
}

function medianLine(group: DrawnGroup): object {
  return line(
    group,
    meanSeries(group.runs, ({ deathTimes }) => deathTimes?.quartiles[1]),
  );
}

function quartileBand(group: DrawnGroup): object[] {
  const quartile = (which: 0 | 2) =>
    meanSeries(group.runs, ({ deathTimes }) => deathTimes?.quartiles[which]);
  return band(group, [quartile(0), quartile(2)], ["lower quartile", "upper quartile"]);
}

/** A group's beta, dashed; none where it is without effect. */
export function betaLine(group: DrawnGroup): object[] {
  const hasWeight = ({ epochs }: RunRecord) => epochs.some((e) => e.topologicalWeight !== 0);
  if (!group.runs.some(hasWeight)) return [];
  return [
    line(
      group,
      meanSeries(group.runs, (epoch) => epoch.beta),
      {
        name: `${group.label}, beta`,
        line: { color: group.color, width: 1.5, dash: "dash" },
        mode: "lines",
        showlegend: false,
      },
    ),
  ];
}

/** The runs of a group one by one, faint; none if there is one only, which is its own mean. */
function eachRun(group: DrawnGroup, ofEpoch: EpochValue): object[] {
  if (group.runs.length === 1) return [];
  return group.runs.map((record) =>
    line(group, meanSeries([record], ofEpoch), {
      name: `${group.label}, split ${record.config.split}`,
      line: { color: translucent(group.color, 0.25), width: 1 },
      mode: "lines",
      showlegend: false,
      hoverinfo: "skip",
    }),
  );
}
