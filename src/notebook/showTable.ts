import { tableHtml } from "../figures/pages/html";
import type { DataFrame } from "./dataFrames";
import { writerOfCell } from "./show";

/**
 * Shows a table under the running cell of a notebook.
 *
 * @param label What the table is, for those who do not see it.
 * @param cells Rows of text.
 * @param textColumns How many columns, from the left, hold text and not numbers.
 * @throws {Error} Outside a notebook.
 */
export function showTable(
  label: string,
  titles: readonly string[],
  cells: readonly (readonly string[])[],
  textColumns = 1,
): void {
  showAs("showTable()", "text/html", inlineTable(label, titles, cells, textColumns));
}

/**
 * Shows a danfojs DataFrame as a table under the running cell.
 *
 * @param label As of {@link showTable}.
 * @param digits Significant digits of numbers that are not whole.
 * @throws {Error} Outside a notebook.
 */
export function showFrame(frame: DataFrame, label = "Table", digits = 4): void {
  showAs("showFrame()", "text/html", frameHtml(frame, label, digits));
}

/** A DataFrame as an HTML table: whole numbers as they are, a dash for what is missing. */
export function frameHtml(frame: DataFrame, label = "Table", digits = 4): string {
  const values = frame.values as unknown[][];
  const text = (value: unknown) => {
    if (value === null || value === undefined || Number.isNaN(value)) return "–";
    if (typeof value !== "number") return String(value as string | boolean);
    return String(Number.isInteger(value) ? value : Number(value.toPrecision(digits)));
  };
  const isText = frame.columns.map((_, column) =>
    values.some((row) => typeof row[column] === "string"),
  );
  const firstNumber = isText.indexOf(false);
  const textColumns = firstNumber < 0 ? isText.length : firstNumber;
  return inlineTable(
    label,
    frame.columns,
    values.map((row) => row.map(text)),
    textColumns,
  );
}

const inlineTable = (...table: Parameters<typeof tableHtml>) => aligned(tableHtml(...table));

/** With its alignment in it: a notebook has no style sheet of ours. */
function aligned(html: string): string {
  return html.replaceAll('class="text"', 'style="text-align: left"');
}

/**
 * Shows HTML under the running cell, such as `resultTableHtml` gives.
 *
 * @throws {Error} Outside a notebook.
 */
export function showHtml(html: string): void {
  showAs("showHtml()", "text/html", aligned(html));
}

/**
 * Shows Markdown under the running cell.
 *
 * @throws {Error} Outside a notebook.
 */
export function showMarkdown(text: string): void {
  showAs("showMarkdown()", "text/markdown", text);
}

function showAs(what: string, mime: "text/html" | "text/markdown", text: string): void {
  const write = writerOfCell(what, "tableHtml() gives a table as text");
  write({ data: { [mime]: text }, metadata: {}, transient: {} }, false);
}
