import type { ExperimentComparison } from "../../results/pairedComparisons";
import { chance, epochsText, intervalText, signed, rounded } from "../../results/numberText";
import type { ResultRow, Spread } from "../../results/resultTable";
import { byRegularizer } from "../drawnGroups";
import { tableHtml } from "./html";

/** A column of the table of results; text is aligned left. */
interface Column {
  readonly title: string;
  readonly isText?: boolean;
  readonly cell: (row: ResultRow) => string;
}

/**
 * A table of experiments as HTML, a row each, in the order of figures, with the columns in which they
 * differ; in what they agree is above it.
 *
 * @param comparisons The rows' differences to their baseline, which become columns.
 */
export function resultTableHtml(
  rows: readonly ResultRow[],
  comparisons: readonly ExperimentComparison[] = [],
): string {
  const names = Object.keys(rows[0].settings).filter((name) => name !== "epochs");
  const all: Column[] = [
    { title: "regularizer", isText: true, cell: ({ regularizer }) => regularizer },
    ...names.map((name) => ({
      title: name,
      isText: true,
      cell: ({ settings }: ResultRow) => settings[name],
    })),
    { title: "preset", isText: true, cell: ({ preset }) => preset },
    { title: "epochs", cell: ({ epochs }) => String(epochs) },
    ...numberColumns(rows, comparisons),
  ];
  const isShared = ({ title, cell }: Column) =>
    (title === "preset" || title === "epochs") && new Set(rows.map(cell)).size === 1;
  const columns = all.filter((column) => !isShared(column));
  const shared = all
    .filter(isShared)
    .map(({ title, cell }) => (title === "epochs" ? epochsText(rows[0].epochs) : cell(rows[0])));
  const cells = [...rows]
    .sort((a, b) => byRegularizer(a.regularizer, b.regularizer))
    .map((row) => columns.map(({ cell }) => cell(row)));
  const titles = columns.map(({ title }) => title);
  const texts = columns.filter(({ isText }) => isText).length;
  return tableHtml("Results", titles, cells, texts, shared.join(", "));
}

function numberColumns(
  rows: readonly ResultRow[],
  comparisons: readonly ExperimentComparison[],
): Column[] {
  const isRepeated = rows.some(({ n }) => n > 1);
  const percent = (value: number) => value.toFixed(2);
  return [
    { title: "n", cell: ({ n }) => String(n) },
    {
      title: `test accuracy (%)${isRepeated ? ", mean \u00b1 sample std" : ""}`,
      cell: ({ testAccuracy }) => spreadText(testAccuracy, percent),
    },
    ...(isRepeated
      ? [
          {
            title: "population std",
            cell: ({ testAccuracy }: ResultRow) => testAccuracy.populationStd?.toFixed(2) ?? "-",
          },
        ]
      : []),
    ...differenceColumns(comparisons),
    {
      title: `NC1, training${isRepeated ? ", mean \u00b1 sample std" : ""}`,
      cell: ({ withinClassVariability: nc1 }) => spreadText(nc1, rounded),
    },
    { title: "minutes a run", cell: ({ seconds }) => (seconds / 60).toFixed(1) },
  ];
}

/** The difference to the baseline and what it means; no column without a comparison. */
function differenceColumns(comparisons: readonly ExperimentComparison[]): Column[] {
  if (comparisons.length === 0) return [];
  const baselines = [...new Set(comparisons.map(({ baseline }) => baseline))];
  const cell = (text: (own: ExperimentComparison) => string) => (row: ResultRow) => {
    const own = comparisons.find(({ experiment }) => experiment === row.label);
    return own ? text(own) : "-";
  };
  const of = baselines.length === 1 ? baselines[0] : "the baseline";
  return [
    { title: `less ${of} (points)`, cell: cell(({ meanDifference }) => signed(meanDifference)) },
    { title: "95 % interval", cell: cell(intervalText) },
    { title: "p, paired t-test", cell: cell(({ tTest }) => chance(tTest.p)) },
  ];
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
    return [
      `${experiment} \u2212 ${baseline}`,
      String(n),
      signed(meanDifference),
      intervalText(comparison),
      chance(tTest.p),
      chance(wilcoxon.p),
      effectSize.cohenDz.toFixed(2),
      String(comparison.splitsNeeded),
    ];
  });
  return tableHtml("Differences on the same splits", titles, cells, 1);
}

/** Mean and sample standard deviation as text; the mean alone where there is one run. */
export function spreadText(
  { mean, sampleStd }: Pick<Spread, "mean" | "sampleStd">,
  text: (value: number) => string,
): string {
  if (mean === null) return "-";
  return sampleStd === null ? text(mean) : `${text(mean)} \u00b1 ${text(sampleStd)}`;
}
