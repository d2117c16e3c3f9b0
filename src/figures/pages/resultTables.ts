import type { ExperimentComparison } from "../../results/pairedComparisons";
import type { ResultRow, Spread } from "../../results/resultTable";
import { tableHtml } from "./html";
import { byRegularizer } from "../drawnGroups";

/** A table of experiments as HTML, a row each, in the order of figures. */
export function resultTableHtml(rows: readonly ResultRow[]): string {
  // Epochs have a column anyhow.
  const names = Object.keys(rows[0].settings).filter((name) => name !== "epochs");
  const titles = [
    "regularizer",
    ...names,
    "preset",
    "epochs",
    "n",
    "test accuracy (%), mean \u00b1 sample std",
    "population std",
    "NC1, training, mean \u00b1 sample std",
    "minutes a run",
  ];
  const cells = [...rows]
    .sort((a, b) => byRegularizer(a.regularizer, b.regularizer))
    .map(({ regularizer, settings, preset, epochs, n, testAccuracy, ...row }) => [
      regularizer,
      ...names.map((name) => settings[name]),
      preset,
      String(epochs),
      String(n),
      spreadText(testAccuracy, (value) => value.toFixed(2)),
      testAccuracy.populationStd?.toFixed(2) ?? "-",
      spreadText(row.withinClassVariability, (value) => value.toPrecision(3)),
      (row.seconds / 60).toFixed(1),
    ]);
  return tableHtml("Results", titles, cells, names.length + 2);
}

/** The differences of experiments to their baseline as HTML, a row each. */
export function comparisonTable(comparisons: readonly ExperimentComparison[]): string {
  const titles = [
    "difference of test accuracy",
    "n",
    "mean (points)",
    "95 % interval",
    "paired t-test, p",
    "signed-rank test, p",
    "effect d_z",
    "splits needed",
  ];
  const cells = comparisons.map((comparison) => {
    const { experiment, baseline, n, meanDifference, tTest, wilcoxon, effectSize } = comparison;
    const { lower, upper } = comparison.confidenceInterval;
    return [
      `${experiment} \u2212 ${baseline}`,
      String(n),
      signed(meanDifference),
      `${signed(lower)} to ${signed(upper)}`,
      chance(tTest.p),
      chance(wilcoxon.p),
      effectSize.cohenDz.toFixed(2),
      String(comparison.splitsNeeded),
    ];
  });
  return tableHtml("Differences on the same splits", titles, cells, 1);
}

function spreadText({ mean, sampleStd }: Spread, text: (value: number) => string): string {
  if (mean === null) return "-";
  return sampleStd === null ? text(mean) : `${text(mean)} \u00b1 ${text(sampleStd)}`;
}

const signed = (value: number) => `${value < 0 ? "\u2212" : "+"}${Math.abs(value).toFixed(2)}`;

/** A p as text: three digits behind the point, below 0.001 two digits and a power of ten. */
export const chance = (p: number) => (p < 0.001 ? p.toExponential(1) : p.toFixed(3));
