import { mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { executeNotebook, findJupyter, jupyterAdvice } from "./jupyter";

/**
 * Executes the notebooks of a folder in the order of their names.
 *
 * @param out Where they go with their outputs; in place unless it is said.
 * @returns The exit code: 0, or 1 if there is no Jupyter, no notebook, or one that fails.
 */
export function executeNotebooks(folder: string, out = folder): number {
  const python = findJupyter();
  const names = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
  if (!python || names.length === 0) {
    console.error(python ? `No notebook in ${folder}.` : jupyterAdvice);
    return 1;
  }
  mkdirSync(out, { recursive: true });
  for (const name of names.sort()) {
    const start = Date.now();
    try {
      executeNotebook(python, path.join(folder, name), { output: path.join(out, name) });
    } catch (error) {
      console.error((error as Error).message);
      return 1;
    }
    console.log(`${name}: ${((Date.now() - start) / 1000).toFixed(0)} s`);
  }
  return 0;
}

if (require.main === module) {
  const { values } = parseArgs({ options: { out: { type: "string" } } });
  process.exitCode = executeNotebooks(path.join(__dirname, "..", "..", "notebooks"), values.out);
}
