import { readdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { makeFolder } from "../files/atomicWrite";
import { outFolder } from "./options";
import { executeNotebook, findJupyter, jupyterAdvice } from "../notebook/jupyter";

/**
 * Executes the notebooks of a folder in the order of their names.
 *
 * @param out Where they go with their outputs; in place unless it is said.
 * @returns The exit code: 0, or 1 if there is no Jupyter, no notebook, or one that fails.
 */
export async function executeNotebooks(folder: string, out = folder): Promise<number> {
  const python = findJupyter();
  const names = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
  if (!python || names.length === 0) {
    console.error(python ? `No notebook in ${folder}.` : jupyterAdvice);
    return 1;
  }
  await makeFolder(out);
  for (const name of names.sort()) {
    const start = Date.now();
    try {
      await executeNotebook(python, path.join(folder, name), { output: path.join(out, name) });
    } catch (error) {
      console.error((error as Error).message);
      return 1;
    }
    console.log(`${name}: ${((Date.now() - start) / 1000).toFixed(0)} s`);
  }
  return 0;
}

const USAGE = `Executes all notebooks with Jupyter and saves their outputs.

  npm run notebooks                    in place
  npm run notebooks -- --out FOLDER    into a folder; these stay as they are

With TDNC_NOTEBOOK_EPOCHS=1 those that train do so for one epoch. Exit codes: 0 done, 1 no Jupyter or a
notebook failed, 2 bad arguments.
`;

/** The exit code of the command. */
async function main(args: string[]): Promise<number> {
  try {
    const options = { out: { type: "string" }, help: { type: "boolean" } } as const;
    const { values } = parseArgs({ args, options });
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    if (values.out !== undefined) outFolder(values.out);
    return await executeNotebooks(path.join(__dirname, "..", "..", "notebooks"), values.out);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
}

if (require.main === module)
  void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
