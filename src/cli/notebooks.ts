import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { makeFolder } from "../files/atomicWrite";
import { outFolder } from "./options";
import { executeNotebook, findJupyter, jupyterAdvice } from "../notebook/jupyter";
import { notebookParameters, readNotebook, withParameters } from "../notebook/parameters";

/** The project's notebooks. */
const FOLDER = path.join(__dirname, "..", "..", "notebooks");

/** How notebooks are executed. */
export interface NotebooksOptions {
  /** The folder of the executed notebooks; default: in place. */
  readonly out?: string;
  /** Values of parameters by name (`withParameters`); each notebook takes those that it has. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/**
 * Executes notebooks one after another.
 *
 * @param files The `.ipynb` files.
 * @returns The exit code: 0, or 1 if there is no Jupyter, or a notebook fails.
 * @throws {RangeError} If no notebook has a parameter of that name, or a value is not of its type:
 *   with the list of parameters.
 */
export async function executeNotebooks(
  files: readonly string[],
  { out, parameters = {} }: NotebooksOptions = {},
): Promise<number> {
  checkParameters(files, parameters);
  try {
    const python = findJupyter();
    if (python === undefined) throw new Error(jupyterAdvice);
    if (out !== undefined) await makeFolder(out);
    for (const file of files) {
      const start = Date.now();
      const name = path.basename(file);
      const output = out === undefined ? file : path.join(out, name);
      await executeNotebook(python, file, { output, parameters });
      console.log(`${name}: ${((Date.now() - start) / 1000).toFixed(0)} s`);
    }
    return 0;
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  }
}

function checkParameters(files: readonly string[], values: Readonly<Record<string, string>>) {
  const notebooks = files.map(readNotebook);
  const all = notebooks.map(notebookParameters);
  const names = new Set(all.flat().map(({ name }) => name));
  try {
    for (const name of Object.keys(values))
      if (!names.has(name)) throw new RangeError(`${name}: not a parameter here`);
    for (const notebook of notebooks) withParameters(notebook, values);
  } catch (error) {
    const lists = all.map((parameters, i) => {
      const each = parameters.map(
        ({ name, type, value }) => `${name} = ${JSON.stringify(value)} (${type})`,
      );
      return `  ${path.basename(files[i])}: ${each.join(", ") || "none"}`;
    });
    throw new RangeError([(error as Error).message, "Parameters:", ...lists].join("\n"));
  }
}

const USAGE = `Executes notebooks with Jupyter and saves their outputs.

  npm run notebooks                            all, in place
  npm run notebooks -- 01-quickstart ...       these only: names of notebooks/, or files
  npm run notebooks -- --out FOLDER            into a folder; these stay as they are
  npm run notebooks -- --parameter epochs=5    with another value of a parameter, in each notebook
                                               whose cell tagged "parameters" declares it; again
                                               for more of them, commas between items of an array

Exit codes: 0 done, 1 no Jupyter or a notebook failed, 2 bad arguments.
`;

/** Files of notebooks that are given as files or as names in the project's folder. */
function notebookFiles(given: readonly string[]): string[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".ipynb"));
  if (given.length === 0) return names.sort().map((name) => path.join(FOLDER, name));
  return [...new Set(given)].map((one) => {
    const name = names.find((own) => own === one || own === `${one}.ipynb`);
    if (name !== undefined) return path.join(FOLDER, name);
    if (one.endsWith(".ipynb") && existsSync(one)) return one;
    throw new RangeError(`expected a notebook's file, or one of ${names.join(", ")}; got "${one}"`);
  });
}

/** Values by name from texts such as `epochs=5`. */
function parameterValues(texts: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const text of texts) {
    const [, name, value] = /^([\w$]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined) throw new RangeError(`--parameter: expected NAME=VALUE, got "${text}"`);
    if (Object.hasOwn(values, name)) throw new RangeError(`--parameter: ${name} is given twice`);
    values[name] = value;
  }
  return values;
}

/** The exit code of the command. */
async function main(args: string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        out: { type: "string" },
        parameter: { type: "string", multiple: true },
        help: { type: "boolean" },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    if (values.out !== undefined) outFolder(values.out);
    return await executeNotebooks(notebookFiles(positionals), {
      out: values.out,
      parameters: parameterValues(values.parameter ?? []),
    });
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
}

if (require.main === module)
  void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
