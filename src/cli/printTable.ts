import { chance, epochsText, intervalText, signed, rounded } from "../results/numberText";
import type { ExperimentComparison } from "../results/pairedComparisons";
import type { PresetResults } from "../results/presetResults";
import type { TableRow } from "../results/recordTables";
import type { ResultRow } from "../results/resultTable";
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
    ["train NC1", nc1.mean === null ? "-" : rounded(nc1.mean), nc1.mean],
    ["seconds", fixed(row.seconds, 0), row.seconds],
  ];
}

const fixed = (value: number | null, digits: number) =>
  value === null ? "-" : value.toFixed(digits);

/**
 * The results of each preset as aligned text under its name: what all rows share above, then the
 * columns in which they differ, numbers to the right, and the differences to the baseline.
 */
export function resultsText(results: readonly PresetResults[]): string {
  return results.map(presetText).join("\n");
}

function presetText({ preset, rows, comparisons }: PresetResults): string {
  const baselines = [...new Set(comparisons.map(({ baseline }) => baseline))];
  const epochs = [...new Set(rows.map((row) => row.epochs))];
  const cells = rows.map((row) => {
    const own = comparisons.find(({ experiment }) => experiment === row.label);
    const added = comparisons.length > 0 ? differenceCells(own, baselines) : [];
    return [...cellsOf(row).filter(([name]) => isShown(name, epochs.length)), ...added];
  });
  const header = cells[0].map(([name]) => name);
  const lines = [header, ...cells.map((row) => row.map(([, text]) => text))];
  const isNumber = cells[0].map(([, , value]) => typeof value !== "string");
  const shared = epochs.length === 1 ? `${preset}, ${epochsText(epochs[0])}` : preset;
  return `${shared}\n${alignedText(lines, isNumber)}`;
}

const isShown = (name: string, epochCounts: number) =>
  name !== "preset" && (name !== "epochs" || epochCounts > 1);

/** The columns of a difference to the baseline; "-" in the baseline's own row. */
function differenceCells(
  own: ExperimentComparison | undefined,
  baselines: readonly string[],
): Cells[] {
  const of = baselines.length === 1 ? baselines[0] : "baseline";
  const texts = own
    ? [
        signed(own.meanDifference),
        intervalText(own),
        chance(own.tTest.p),
        chance(own.wilcoxon.p),
        own.effectSize.cohenDz.toFixed(2),
      ]
    : Array.from({ length: 5 }, () => "-");
  const titles = [`less ${of}`, "95 % interval", "t-test p", "signed-rank p", "d_z"];
  return titles.map((title, i) => [title, texts[i], null]);
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
