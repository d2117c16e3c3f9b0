import { comparedGroups } from "../results/pairedComparisons";
import { runAccuracies } from "../results/pairedRuns";
import { completeGroups, type RunGroup } from "../results/runGroups";
import type { RunRecord } from "../runs/record";
import { mean } from "../statistics/summary";
import { confidenceInterval } from "../statistics/tTest";
import type { Figure } from "./figure";
import { NEUTRAL, regularizerLooks } from "./theme";
import { byRegularizer } from "./drawnGroups";
import { meanDiamond, rowDots, rowFigure, heightOf, type RowLabel } from "./rowFigure";

/** A published test accuracy in percent. */
export interface PublishedAccuracy {
  readonly mean: number;
  /** Over 10 splits. */
  readonly populationStd: number;
  /** How long was trained. */
  readonly epochs?: number;
}

/** Results on MNIST-250 that the original's document publishes, by regularizer. */
export const publishedMnist250 = {
  vanilla: { mean: 92.53, populationStd: 0.76, epochs: 310 },
  hofer: { mean: 94.1, populationStd: 0.3, epochs: 310 },
  sliding: { mean: 94.24, populationStd: 0.47, epochs: 310 },
} satisfies Readonly<Record<string, PublishedAccuracy>>;

/**
 * Test accuracy in percent after the last epoch, a row an experiment: a dot a run, the mean as a
 * diamond with its 95 % interval (Student's; none of fewer than 2 runs), and in gray the published
 * mean +- population standard deviation. Runs that are not complete do not count.
 *
 * @param published By regularizer.
 * @throws {RangeError} If there is no complete run.
 */
export function resultIntervals(
  records: readonly RunRecord[],
  published: Readonly<Record<string, PublishedAccuracy>> = {},
): Figure {
  const groups = completeGroups(records).sort(inOrder);
  if (groups.length === 0) throw new RangeError("expected 1 complete run or more, got 0");
  const rows = groups.map((group) => ({ group, runs: runAccuracies(group) }));
  const labels = rows.map(({ group, runs }) => rowLabel(group, `n = ${runs.length}`));
  const data = rows.flatMap(({ group, runs }, row) => {
    const values = runs.map(({ accuracy }) => accuracy);
    const splits = runs.map(({ split }) => `split ${split}`);
    const interval = values.length < 2 ? undefined : confidenceInterval(values);
    const { color } = lookOf(group);
    return [
      rowDots("runs", row, { values, texts: splits, color }),
      ...(values.length === 0
        ? []
        : [meanDiamond("mean, 95 % interval", row, mean(values), interval, color)]),
    ];
  });
  const marks = groups.flatMap(({ regularizer }, row) =>
    Object.hasOwn(published, regularizer) ? [publishedMark(row, published[regularizer])] : [],
  );
  const isSpread = rows.some(({ runs }) => runs.length > 1);
  const note = [
    "a dot a run",
    ...(isSpread ? ["mean with 95 % interval"] : []),
    ...(marks.length > 0 ? ["gray: published, \u00b1 std", ...shortened(groups, published)] : []),
  ].join("; ");
  const axis = { title: { text: "test accuracy (%)" }, hoverformat: ".2f" };
  return rowFigure("Test accuracy", note, labels, axis, [...data, ...marks]);
}

/** What sets runs apart from published ones of another length; nothing where they are alike. */
function shortened(
  groups: readonly RunGroup[],
  published: Readonly<Record<string, PublishedAccuracy>>,
): string[] {
  const drawn = groups.filter(({ regularizer }) => Object.hasOwn(published, regularizer));
  const all = new Set(drawn.map(({ regularizer }) => published[regularizer].epochs));
  const own = new Set(drawn.map(({ runs: [{ config }] }) => config.epochs));
  const texts = [all, own].map((epochs) => [...epochs].join(", "));
  if (all.has(undefined) || texts[0] === texts[1]) return [];
  return [`published after ${texts[0]} epochs, these runs after ${texts[1]}`];
}

/**
 * The difference of test accuracy to the baseline (the preset's vanilla, else its first experiment) in percentage
 * points, a row an experiment: a dot for each split and seed that both have, the mean as a diamond
 * with its 95 % interval. An interval without 0 is a difference that chance alone would seldom make;
 * the row says the paired t-test's p.
 *
 * @throws {RangeError} If no experiment has 2 runs in common with the baseline.
 */
export function pairedDifferenceFigure(records: readonly RunRecord[]): Figure {
  const compared = comparedGroups(records).sort((a, b) => inOrder(a.group, b.group));
  if (compared.length === 0)
    throw new RangeError("expected 2 complete runs or more on splits of the baseline, got fewer");
  const baselines = [...new Set(compared.map(({ baseline }) => baseline.label))];
  const labels = compared.map(({ group, comparison: { n, tTest } }) =>
    rowLabel(group, `n = ${n}, p = ${tTest.p.toPrecision(2)}`),
  );
  const data = compared.flatMap(({ group, pairs, comparison }, row) => {
    const { meanDifference, confidenceInterval } = comparison;
    const values = pairs.map(({ accuracy, baselineAccuracy }) => accuracy - baselineAccuracy);
    const texts = pairs.map(({ split }) => `split ${split}`);
    const { color } = lookOf(group);
    return [
      rowDots("splits", row, { values, texts, color }),
      meanDiamond("mean, 95 % interval", row, meanDifference, confidenceInterval, color),
    ];
  });
  const axis = {
    title: {
      text: `less that of ${baselines.length === 1 ? baselines[0] : "its preset's vanilla"} (percentage points)`,
    },
    hoverformat: "+.2f",
    zeroline: true,
    zerolinecolor: NEUTRAL,
    zerolinewidth: 1.5,
  };
  const note = "a dot a split; mean with 95 % interval; p of the paired t-test";
  return rowFigure("Difference of test accuracy", note, labels, axis, data);
}

const inOrder = (a: RunGroup, b: RunGroup) => byRegularizer(a.regularizer, b.regularizer);

const lookOf = ({ regularizer }: RunGroup) => regularizerLooks([regularizer]).get(regularizer)!;

const rowLabel = ({ label: name }: RunGroup, detail: string): RowLabel => ({ name, detail });

function publishedMark(row: number, { mean: center, populationStd }: PublishedAccuracy): object {
  const marker = { color: "#ffffff", size: 9, line: { color: NEUTRAL, width: 2 } };
  return {
    type: "scatter",
    mode: "markers",
    name: "published",
    showlegend: false,
    x: [center],
    y: [heightOf(row, -0.28)],
    marker: { ...marker, symbol: "diamond" },
    error_x: { type: "data", array: [populationStd], color: NEUTRAL, thickness: 1.5, width: 5 },
  };
}
