import type { MeasureRow } from "../training/evaluation/measureRow";
import { median } from "../statistics/summary";
import { alignedText, csvText } from "./textFormats";

/**
 * The measures as text, set by set and section by section: first those of all classes, each with
 * its formula, then those of each class or layer, in columns.
 */
export function measuresText(rows: readonly MeasureRow[]): string {
  return groupsOf(rows, ({ set, section }) => `${set}, ${section}`)
    .map(([title, group]) => {
      const layered = group.filter(({ layer }) => layer !== undefined);
      const whole = group.filter(({ layer }) => layer === undefined);
      const common = whole.filter((row) => row.class === null);
      const single = whole.filter((row) => row.class !== null);
      const classes = columnsText(["class", "classes"], single, classText, common);
      const layers = columnsText(["layer", "layers"], layered, ({ layer }) => layer!);
      return `${title}\n${commonText(common)}${classes}${layers}`;
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

/** Measures of each class or layer in columns, with the formulas that are not `explained`. */
function columnsText(
  [one, several]: readonly [one: string, several: string],
  rows: readonly MeasureRow[],
  columnOf: (row: MeasureRow) => string,
  explained: readonly MeasureRow[] = [],
): string {
  if (rows.length === 0) return "";
  const names = groupsOf(rows, ({ name }) => name);
  const isLong = names[0][1].length > MOST_COLUMNS;
  const header = isLong
    ? [`  of ${names[0][1].length} ${several}`, "smallest", "of", "median", "largest", "of"]
    : [`  of each ${one}`, ...names[0][1].map(columnOf)];
  const lines = names.map(([name, own]) => [
    `  ${name}`,
    ...(isLong ? extremes(own, columnOf) : own.map(({ value }) => digits(value))),
  ]);
  const known = new Set(explained.map(({ name }) => name));
  const notes = names
    .filter(([name]) => !known.has(name))
    .map(([name, [{ formula }]]) => [`  ${name}`, formula]);
  const isNumber = header.map((_, i) => i > 0);
  const text = alignedText([header, ...lines], isNumber) + reasonsText(rows, explained);
  return text + (notes.length > 0 ? `\n${alignedText(notes, [false, false])}` : "");
}

/** Limit on the reasons that follow a table. */
const MOST_REASONS = 5;

/** Distinct reasons why values of a table are not defined, except `explained` ones. */
function reasonsText(rows: readonly MeasureRow[], explained: readonly MeasureRow[]): string {
  const known = new Set(explained.map(({ reason }) => reason));
  const reasons = [...new Set(rows.map(({ reason }) => reason))].flatMap((reason) =>
    reason === undefined || known.has(reason) ? [] : [reason],
  );
  const rest = reasons.length - MOST_REASONS;
  const shown = reasons.slice(0, MOST_REASONS).map((reason) => `  -: ${reason}\n`);
  return shown.join("") + (rest > 0 ? `  -: ${rest} more reasons, which --csv lists\n` : "");
}

/** Limit on columns; beyond it, the smallest, the median and the largest value are shown. */
const MOST_COLUMNS = 20;

const classText = (row: MeasureRow) => row.className ?? String(row.class);

function extremes(rows: readonly MeasureRow[], columnOf: (row: MeasureRow) => string): string[] {
  const known = rows.flatMap((row) => (row.value === null ? [] : [{ ...row, value: row.value }]));
  if (known.length === 0) return ["-", "", "-", "-", ""];
  const ascending = known.sort((a, b) => a.value - b.value);
  const [least, largest] = [ascending[0], ascending[ascending.length - 1]];
  const middle = median(ascending.map(({ value }) => value));
  return [
    digits(least.value),
    columnOf(least),
    digits(middle),
    digits(largest.value),
    columnOf(largest),
  ];
}

/** Four digits, or a whole number in full. */
function digits(value: number | null): string {
  if (value === null) return "-";
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) < 1e-3 ? value.toExponential(3) : value.toPrecision(4);
}

/**
 * Rows of a folder as CSV lines, numbers in full, after the line of names; with a column of layers
 * where there are some.
 */
export function measuresCsv(
  runs: readonly { readonly folder: string; readonly rows: readonly MeasureRow[] }[],
): string {
  const hasLayers = runs.some(({ rows }) => rows.some(({ layer }) => layer !== undefined));
  const ifLayers = (text: string) => (hasLayers ? [text] : []);
  const lines = runs.flatMap(({ folder, rows }) =>
    rows.map((row) => {
      const { set, section, layer = "", name, className = row.class ?? "", formula } = row;
      const values = [className, formula, row.value ?? "", row.reason ?? ""].map(String);
      return [folder, set, section, ...ifLayers(layer), name, ...values];
    }),
  );
  const columns = ["class", "formula", "value", "reason"];
  return csvText([
    ["folder", "set", "section", ...ifLayers("layer"), "name", ...columns],
    ...lines,
  ]);
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
