import { readFileSync } from "node:fs";

/** An output below a cell. */
export interface Output {
  readonly output_type: string;
  readonly name?: string;
  readonly text?: string | string[];
  readonly data?: Record<string, unknown>;
}

/** A cell of a notebook's file. */
export interface Cell {
  readonly cell_type: "code" | "markdown";
  readonly source: string | string[];
  readonly metadata?: { readonly tags?: readonly string[] };
  readonly outputs?: Output[];
}

export const PLOTLY = "application/vnd.plotly.v1+json";

export const readCells = (file: string) =>
  (JSON.parse(readFileSync(file, "utf8")) as { cells: Cell[] }).cells;

/** Lines as the file keeps them, as one text. */
export const text = (lines: unknown) => [(lines ?? []) as string | string[]].flat().join("");

export const outputs = (cells: readonly Cell[]) => cells.flatMap((cell) => cell.outputs ?? []);

/** The texts, a string each. */
export const prose = (cells: readonly Cell[]) =>
  cells.filter(({ cell_type }) => cell_type === "markdown").map(({ source }) => text(source));

/** What the cells printed. */
export const printed = (cells: readonly Cell[]) =>
  outputs(cells)
    .map((output) => text(output.text))
    .join("");

/** What a reader sees below the cells: lines, sentences and tables, without the texts of figures. */
export const shown = (cells: readonly Cell[]) =>
  outputs(cells)
    .filter(({ data }) => data?.[PLOTLY] === undefined)
    .map(({ text: lines, data }) => [lines, data?.["text/markdown"], data?.["text/html"]].map(text))
    .map((forms) => forms.join("\n").replace(/<[^>]*>/g, " "))
    .join("\n");

/** Errors, and outputs on standard error. */
export const complaints = (cells: readonly Cell[]) =>
  outputs(cells).filter(({ output_type, name }) => output_type === "error" || name === "stderr");
