import type { MeasureRow } from "../training/evaluation/measureRow";
import { median } from "../statistics/summary";
import { alignedText, csvText } from "./textFormats";

/**
 * The measures as text, set by set and section by section: first those of all classes, each with
 * its formula, then those of each class, a column a class.
 */
export function measuresText(rows: readonly MeasureRow[]): string {
  return groupsOf(rows, ({ set, section }) => `${set}, ${section}`)
    .map(([title, group]) => {
      const common = group.filter((row) => row.class === null);
      const single = group.filter((row) => row.class !== null);
      return `${title}\n${commonText(common)}${classesText(single, common)}`;
    })
    .join("\n");
}

function commonText(rows: readonly MeasureRow[]): string {
  if (rows.length === 0) return "";
  const lines = rows.map(({ name, value, formula, reason }) => [
    `  ${name}`,
    digits(value),
    reason === undefined ? formula : `${formula} (not defined: ${reason})`,
  ]);
  return alignedText(lines, [false, true, false]);
}

function classesText(rows: readonly MeasureRow[], explained: readonly MeasureRow[]): string {
  if (rows.length === 0) return "";
  const names = groupsOf(rows, ({ name }) => name);
  const isLong = names[0][1].length > MOST_COLUMNS;
  const header = isLong
    ? [`  of ${names[0][1].length} classes`, "smallest", "of", "median", "largest", "of"]
    : ["  of each class", ...names[0][1].map(classText)];
  const lines = names.map(([name, own]) => [
    `  ${name}`,
    ...(isLong ? extremes(own) : own.map(({ value }) => digits(value))),
  ]);
  const known = new Set(explained.map(({ name }) => name));
  const notes = names
    .filter(([name]) => !known.has(name))
    .map(([name, [{ formula }]]) => [`  ${name}`, formula]);
  const isNumber = header.map((_, i) => i > 0);
  const text = alignedText([header, ...lines], isNumber);
  return text + (notes.length > 0 ? `\n${alignedText(notes, [false, false])}` : "");
}

/** Classes that fit in a line; of more, the smallest, the median and the largest value. */
const MOST_COLUMNS = 20;

const classText = (row: MeasureRow) => row.className ?? String(row.class);

function extremes(rows: readonly MeasureRow[]): string[] {
  const known = rows.flatMap((row) => (row.value === null ? [] : [{ ...row, value: row.value }]));
  if (known.length === 0) return ["-", "", "-", "-", ""];
  const ascending = known.sort((a, b) => a.value - b.value);
  const [least, largest] = [ascending[0], ascending[ascending.length - 1]];
  const middle = median(ascending.map(({ value }) => value));
  return [
    digits(least.value),
    classText(least),
    digits(middle),
    digits(largest.value),
    classText(largest),
  ];
}

/** Four digits, or a whole number in full. */
function digits(value: number | null): string {
  if (value === null) return "-";
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) < 1e-3 ? value.toExponential(3) : value.toPrecision(4);
}

/** Rows of a folder as CSV lines, numbers in full, after the line of names. */
export function measuresCsv(
  runs: readonly { readonly folder: string; readonly rows: readonly MeasureRow[] }[],
): string {
  const lines = runs.flatMap(({ folder, rows }) =>
    rows.map(({ set, section, name, class: k, className = k ?? "", formula, value, reason = "" }) =>
      [folder, set, section, name, className, formula, value ?? "", reason].map(String),
    ),
  );
  const names = ["folder", "set", "section", "name", "class", "formula", "value", "reason"];
  return csvText([names, ...lines]);
}

function groupsOf<T>(items: readonly T[], key: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups];
}
