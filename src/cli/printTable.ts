import type { ResultRow, Spread } from "../experiment/resultTable";

type Cells = [column: string, text: string, number: number | string | null];

/** The columns of a row: name, text as printed, and the value for CSV. */
function cellsOf(row: ResultRow): Cells[] {
  const accuracy = (name: string, value: number | null): Cells => [name, fixed(value, 2), value];
  const { testAccuracy, withinClassVariability: nc1 } = row;
  // They have a column anyhow.
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
  const widths = header.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const isNumber = cells[0].map(([, , value]) => typeof value !== "string");
  const text = lines.map((line) =>
    line
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd(),
  );
  return `${text.join("\n")}\n`;
}

/** The table as CSV (RFC 4180), numbers in full. */
export function tableCsv(rows: readonly ResultRow[]): string {
  const cells = rows.map(cellsOf);
  const lines = [
    cells[0].map(([name]) => name),
    ...cells.map((row) => row.map(([, , value]) => String(value ?? ""))),
  ];
  return lines.map((line) => line.map(quoted).join(",")).join("\r\n") + "\r\n";
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
