import { readFileSync } from "node:fs";

/** A cell of a notebook's file, as far as parameters need it. */
export interface NotebookCell {
  readonly cell_type: string;
  readonly source: string | readonly string[];
  readonly metadata?: { readonly tags?: readonly string[] };
}

/** A notebook's file, as far as parameters need it. */
export interface NotebookFile {
  readonly cells: readonly NotebookCell[];
  readonly nbformat_minor?: number;
}

/** A variable that a notebook's cell tagged `parameters` declares. */
export interface NotebookParameter {
  readonly name: string;
  /** Such as `number`, or `string[]`. */
  readonly type: string;
  readonly value: unknown;
  /** The name with the type that the cell writes, if it writes one: `norm: "L1" | "L2"`. */
  readonly declaration: string;
}

const TYPES: readonly string[] = ["number", "string", "boolean"];
const PARAMETERS = "parameters";
const INJECTED = "injected-parameters";

/**
 * Reads a notebook's file.
 *
 * @throws {Error} If it is not a notebook of Jupyter's format 4.
 */
export function readNotebook(file: string): NotebookFile {
  const notebook = jsonOf(readFileSync(file, "utf8")) as Partial<NotebookFile> | undefined;
  if (Array.isArray(notebook?.cells)) return notebook as NotebookFile;
  throw new Error(`${file}: expected a notebook of Jupyter's format 4, got something else`);
}

/**
 * Parameters of a notebook: the variables that its cell tagged `parameters` declares with `let` and
 * a literal as JSON has them, such as `let epochs = 310;` or `let splits: number[] = [];`.
 */
export function notebookParameters(notebook: NotebookFile): NotebookParameter[] {
  const cell = notebook.cells.find((one) => hasTag(one, PARAMETERS));
  if (cell === undefined) return [];
  const ts = require("typescript") as typeof import("typescript");
  const file = ts.createSourceFile(
    "cell.ts",
    [cell.source].flat().join(""),
    ts.ScriptTarget.Latest,
  );
  return file.statements
    .filter(ts.isVariableStatement)
    .filter(({ declarationList }) => declarationList.flags & ts.NodeFlags.Let)
    .flatMap(({ declarationList }) => declarationList.declarations)
    .flatMap(({ name, type, initializer }) => {
      const value = jsonOf(initializer?.getText(file));
      const annotation = type?.getText(file);
      const own = typeOf(value, annotation);
      if (own === undefined) return [];
      const text = name.getText(file);
      const declaration = annotation === undefined ? text : `${text}: ${annotation}`;
      return { name: text, type: own, value, declaration };
    });
}

function jsonOf(text = ""): unknown {
  try {
    return JSON.parse(text.replace(/,\s*\]$/, "]"));
  } catch {
    return undefined;
  }
}

/** The type of a parameter's value; an empty array's is the one that is declared. */
function typeOf(value: unknown, declared?: string): string | undefined {
  if (!Array.isArray(value)) return TYPES.find((type) => typeof value === type);
  const types = new Set(value.map((item) => typeOf(item)));
  const [type] = value.length === 0 ? [declared?.replace("[]", "")] : types;
  return types.size < 2 && TYPES.includes(type ?? "") ? `${type}[]` : undefined;
}

/**
 * A notebook whose parameters have other values, set as papermill does: by a cell tagged
 * `injected-parameters` after the one tagged `parameters`, in place of an injected cell that is
 * there. Without values there is no injected cell: the notebook has its own.
 *
 * @param values Texts by name, an array's items with commas between them: `"5"`, `"0,1,2"`. Names
 *   that the notebook does not have are left out.
 * @throws {RangeError} If a text is not of its parameter's type.
 */
export function withParameters<N extends NotebookFile>(
  notebook: N,
  values: Readonly<Record<string, string>>,
): N {
  const lines = notebookParameters(notebook)
    .filter(({ name }) => Object.hasOwn(values, name))
    .map(
      (parameter) =>
        `let ${parameter.declaration} = ${literal(parameter, values[parameter.name])};`,
    );
  const cells = notebook.cells.filter((cell) => !hasTag(cell, INJECTED));
  if (lines.length > 0) {
    const injected = {
      cell_type: "code",
      execution_count: null,
      ...((notebook.nbformat_minor ?? 0) >= 5 ? { id: INJECTED } : {}),
      metadata: { tags: [INJECTED] },
      outputs: [],
      source: ["// Parameters", ...lines].join("\n"),
    };
    cells.splice(cells.findIndex((cell) => hasTag(cell, PARAMETERS)) + 1, 0, injected);
  }
  return { ...notebook, cells };
}

const hasTag = ({ metadata }: NotebookCell, tag: string) => metadata?.tags?.includes(tag) === true;

/** A parameter's new value as a literal of TypeScript. */
function literal({ name, type, value }: NotebookParameter, given: string): string {
  const isArray = type.endsWith("[]");
  const example = [value].flat().join(",");
  const items = !isArray ? [given] : given === "" ? [] : given.split(",");
  const literals = items.map((item) => scalarLiteral(item, type.replace("[]", "")));
  if (literals.includes(undefined))
    throw new RangeError(
      `${name}: expected a ${type}${isArray ? " with commas between its items" : ""}` +
        `${example && `, such as ${example}`}, got "${given}"`,
    );
  return isArray ? `[${literals.join(", ")}]` : literals[0]!;
}

function scalarLiteral(text: string, type: string): string | undefined {
  if (type === "string") return JSON.stringify(text);
  if (type === "boolean") return /^(true|false)$/.test(text) ? text : undefined;
  return text.trim() !== "" && Number.isFinite(Number(text)) ? `${Number(text)}` : undefined;
}
