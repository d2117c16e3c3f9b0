import type { ResultRow, Spread } from "../results/resultTable";
import type { ExperimentComparison } from "../results/pairedComparisons";
import type { TableRow } from "../results/recordTables";
import { chance } from "../figures/pages/resultTables";
import { alignedText, csvText } from "./textFormats";

type Cells = [column: string, text: string, number: number | string | null];

/** The columns of a row: name, text as printed, and the value for CSV. */
function cellsOf(row: ResultRow): Cells[] {
  const accuracy = (name: string, value: number | null): Cells => [name, fixed(value, 2), value];
  const { testAccuracy, withinClassVariability: nc1 } = row;
  // These have a column in any case.
  const { epochs: _, ...settings } = row.settings;
  return [
    ["preset", row.preset, row.preset],
    ["regularizer", row.regularizer, row.regularizer],
    ...Object.entries(settings).map(([name, text]): Cells => [name, text, text]),
    ["epochs", String(row.epochs), row.epochs],
    ["n", String(row.n), row.n],
    accuracy("test accuracy %", testAccuracy.mean),
    accuracy("sample std", testAccuracy.sampleStd),
    accuracy("population std", testAccuracy.populationStd),
    ["train NC1", significant(nc1), nc1.mean],
    ["seconds", fixed(row.seconds, 0), row.seconds],
  ];
}

const fixed = (value: number | null, digits: number) =>
  value === null ? "-" : value.toFixed(digits);

const significant = ({ mean }: Spread) => (mean === null ? "-" : mean.toPrecision(3));

/** The table as aligned text, numbers to the right. */
export function tableText(rows: readonly ResultRow[]): string {
  const cells = rows.map(cellsOf);
  const header = cells[0].map(([name]) => name);
  const lines = [header, ...cells.map((row) => row.map(([, text]) => text))];
  const isNumber = cells[0].map(([, , value]) => typeof value !== "string");
  return alignedText(lines, isNumber);
}

/** The table as CSV (RFC 4180), numbers in full. */
export function tableCsv(rows: readonly ResultRow[]): string {
  const cells = rows.map(cellsOf);
  const lines = [
    cells[0].map(([name]) => name),
    ...cells.map((row) => row.map(([, , value]) => String(value ?? ""))),
  ];
  return csvText(lines);
}

/** Rows of records as CSV (RFC 4180); nothing where a value is missing. */
export function rowsCsv(rows: readonly TableRow[]): string {
  const columns = Object.keys(rows[0] ?? {});
  return csvText([columns, ...rows.map((row) => columns.map((name) => String(row[name] ?? "")))]);
}

/** Differences of experiments' test accuracies, one line each; empty if there are none. */
export function comparisonText(comparisons: readonly ExperimentComparison[]): string {
  if (comparisons.length === 0) return "";
  const header = ["difference in test accuracy", "n", "mean", "95 % interval", "t-test p"];
  const lines = comparisons.map(
    ({ experiment, baseline, n, meanDifference, confidenceInterval: interval, ...rest }) => [
      `${experiment} - ${baseline}`,
      String(n),
      signed(meanDifference),
      `${signed(interval.lower)} to ${signed(interval.upper)}`,
      chance(rest.tTest.p),
      chance(rest.wilcoxon.p),
      rest.effectSize.cohenDz.toFixed(2),
    ],
  );
  const all = [[...header, "signed-rank p", "d_z"], ...lines];
  return `\n${alignedText(all, [false, true, true, true, true, true, true])}`;
}

const signed = (value: number) => `${value < 0 ? "" : "+"}${value.toFixed(2)}`;
