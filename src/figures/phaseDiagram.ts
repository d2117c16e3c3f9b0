import { mean } from "../statistics/summary";
import type { Figure } from "./figure";
import { layout } from "./theme";

/** A line of a table, such as `runRows` gives. */
type Row = Readonly<Record<string, string | number | boolean | null>>;

/** How a phase diagram is called and drawn. */
export interface PhaseDiagramOptions {
  readonly title?: string;
  /** Title of the color bar, with the unit; the column's name unless given. */
  readonly valueTitle?: string;
  readonly xTitle?: string;
  readonly yTitle?: string;
  /** Factor of the values, such as 100 for percent. */
  readonly factor?: number;
  /** Colors by the logarithm, for values that span powers of ten; numbers are written as they are. */
  readonly scale?: "linear" | "log";
}

/**
 * A value over two settings: a cell for each pair, its color and its number the mean over the rows
 * (runs) that have the pair. Settings stand in the order of their numbers, or of those in their text
 * ("constant(0.9)" before "constant(1.1)"). Pairs without a row are left white.
 *
 * @param x The column of the horizontal setting; `y` of the vertical one.
 * @param value The column of the value, such as "test.accuracy"; rows where it is null do not count.
 * @throws {RangeError} If no row has all three.
 */
export function phaseDiagram(
  rows: readonly Row[],
  x: string,
  y: string,
  value: string,
  options: PhaseDiagramOptions = {},
): Figure {
  const { factor = 1, scale = "linear", valueTitle = value } = options;
  const used = rows.filter((row) =>
    [x, y, value].every((name) => row[name] !== null && name in row),
  );
  if (used.length === 0)
    throw new RangeError(`expected rows with ${x}, ${y} and ${value}, got none`);
  const [columns, lines] = [x, y].map((name) => settingsOf(used, name));
  const cells = lines.map((line) =>
    columns.map((column) => {
      const own = used.filter((row) => `${row[x]}` === column && `${row[y]}` === line);
      return own.length === 0 ? null : mean(own.map((row) => factor * Number(row[value])));
    }),
  );
  const axis = (text: string) => ({
    title: { text, standoff: 15 },
    type: "category",
    showgrid: false,
    ticks: "",
  });
  const look = layout(
    options.title ?? `${valueTitle} over two settings`,
    `${valueTitle}: mean of each cell's runs; ${used.length} runs in all`,
    axis(options.xTitle ?? x),
    axis(options.yTitle ?? y),
  );
  const data = [coloredCells(columns, lines, cells, scale, valueTitle)];
  return { data, layout: { ...look, hovermode: "closest" } };
}

/** A cell's mean; null where no run has its settings. */
type Cell = number | null;

function coloredCells(
  x: readonly string[],
  y: readonly string[],
  cells: readonly (readonly Cell[])[],
  scale: "linear" | "log",
  title: string,
): object {
  const logarithm = (cell: Cell) => (cell === null || cell <= 0 ? null : Math.log10(cell));
  const text = scale === "log" ? `log\u2081\u2080 ${title}` : title;
  return {
    type: "heatmap",
    x,
    y,
    z: scale === "log" ? cells.map((line) => line.map(logarithm)) : cells,
    text: cells.map((line) => line.map((cell) => (cell === null ? "" : shortNumber(cell)))),
    texttemplate: "%{text}",
    hovertemplate: "%{x}, %{y}: %{text}<extra></extra>",
    colorscale: "Cividis",
    xgap: 2,
    ygap: 2,
    colorbar: { title: { text, side: "right" } },
  };
}

/** The values of a column as text, each once, in the order of their numbers. */
function settingsOf(rows: readonly Row[], name: string): string[] {
  const texts = [...new Set(rows.map((row) => `${row[name]}`))];
  return texts.sort((a, b) => byNumbers(a, b) || (a < b ? -1 : 1));
}

/** By the first number in which two texts differ; 0 where they differ in none. */
function byNumbers(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => (text.match(NUMBER) ?? []).map(Number));
  const at = left.findIndex((number, i) => number !== right[i]);
  return at < 0 || at >= right.length ? left.length - right.length : left[at] - right[at];
}

const NUMBER = /-?\d+(\.\d+)?(e[+-]?\d+)?/g;

const shortNumber = (value: number) =>
  Math.abs(value) >= 10 ? value.toFixed(1) : Number(value.toPrecision(2)).toString();
