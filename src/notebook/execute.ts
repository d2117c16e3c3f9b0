import { readdirSync } from "node:fs";
import path from "node:path";
import { executeNotebook, findJupyter, jupyterAdvice } from "./jupyter";

/**
 * Executes the notebooks of a folder in the order of their names, each in place.
 *
 * @returns The exit code: 0, or 1 if there is no Jupyter, no notebook, or one that fails.
 */
export function executeNotebooks(folder: string): number {
  const python = findJupyter();
  const names = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
  if (!python || names.length === 0) {
    console.error(python ? `No notebook in ${folder}.` : jupyterAdvice);
    return 1;
  }
  for (const name of names.sort()) {
    const start = Date.now();
    try {
      executeNotebook(python, path.join(folder, name));
    } catch (error) {
      console.error((error as Error).message);
      return 1;
    }
    console.log(`${name}: ${((Date.now() - start) / 1000).toFixed(0)} s`);
  }
  return 0;
}

if (require.main === module) {
  process.exitCode = executeNotebooks(path.join(__dirname, "..", "..", "notebooks"));
}
