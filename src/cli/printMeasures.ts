import type { MeasureRow } from "../training/evaluation/measureRow";
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
      return `${title}\n${commonText(common)}${classText(single, common)}`;
    })
    .join("\n");
}

function commonText(rows: readonly MeasureRow[]): string {
  if (rows.length === 0) return "";
  const lines = rows.map(({ name, value, formula }) => [`  ${name}`, digits(value), formula]);
  return alignedText(lines, [false, true, false]);
}

function classText(rows: readonly MeasureRow[], explained: readonly MeasureRow[]): string {
  if (rows.length === 0) return "";
  const names = groupsOf(rows, ({ name }) => name);
  const header = ["  of each class", ...names[0][1].map((row) => String(row.class))];
  const lines = names.map(([name, own]) => [`  ${name}`, ...own.map(({ value }) => digits(value))]);
  const known = new Set(explained.map(({ name }) => name));
  const notes = names
    .filter(([name]) => !known.has(name))
    .map(([name, [{ formula }]]) => [`  ${name}`, formula]);
  const isNumber = header.map((_, i) => i > 0);
  const text = alignedText([header, ...lines], isNumber);
  return text + (notes.length > 0 ? `\n${alignedText(notes, [false, false])}` : "");
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
    rows.map(({ set, section, name, class: k, formula, value }) =>
      [folder, set, section, name, k ?? "", formula, value ?? ""].map(String),
    ),
  );
  return csvText([["folder", "set", "section", "name", "class", "formula", "value"], ...lines]);
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
