import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { writeFigureRenderer } from "../notebook/figureRenderer";
import { findPython } from "../notebook/jupyter";
import { writeJupyterKernelSpec } from "../notebook/jupyterKernelSpec";

/** Programs that open notebooks, and the Python modules that are the same. */
const PROGRAMS = ["jupyter-lab", "jupyter-notebook"];
const MODULES = ["jupyterlab", "notebook"];

/** Advice where no Jupyter is found. */
export const labAdvice =
  "No Jupyter was found: neither jupyter-lab nor jupyter-notebook is in the path, and no Python here " +
  "has jupyterlab or notebook (TDNC_PYTHON names another Python). Get it with `pip install " +
  "jupyterlab`, or on Debian and Ubuntu with `apt install jupyter-notebook`. VS Code needs none of " +
  "them: install its Jupyter extension, run `npx tdnc kernel` once and open a file of notebooks/. " +
  "environment.md says more.";

/**
 * The command that opens notebooks: JupyterLab, else the classic Jupyter, as a program in the path or, where pip
 * has installed it elsewhere, as a module of a Python that `findJupyter` would try.
 *
 * @param env Whose `PATH` is looked through; if it sets `TDNC_PYTHON`, that Python's modules come
 *   first.
 * @returns The command and its first arguments, or `undefined` if no Jupyter is found.
 * @throws {Error} If the program that `TDNC_PYTHON` names does not exist.
 */
export function findLab(env: NodeJS.ProcessEnv = process.env): string[] | undefined {
  const folders = (env.PATH ?? "").split(path.delimiter).filter((f) => path.isAbsolute(f));
  const suffix = process.platform === "win32" ? ".exe" : "";
  const files = PROGRAMS.flatMap((name) => folders.map((f) => path.join(f, name + suffix)));
  const program = files.find(isProgram);
  if (program !== undefined && !env.TDNC_PYTHON) return [program];
  return moduleCommand(env) ?? (program === undefined ? undefined : [program]);
}

function moduleCommand(env: NodeJS.ProcessEnv): string[] | undefined {
  for (const name of MODULES) {
    const python = findPython(`import ${name}`, env);
    if (python !== undefined) return [python, "-m", name];
  }
  return undefined;
}

/**
 * Opens a folder of notebooks in Jupyter, with this project's kernel, until Jupyter ends.
 *
 * The kernel is described in a temporary folder that comes first in `JUPYTER_PATH` of this Jupyter
 * alone: nothing of the user's is changed.
 *
 * @param args Passed on, such as `--no-browser`.
 * @returns The exit code: Jupyter's, or 1 if no Jupyter is found, which stderr reports.
 */
export async function openLab(folder: string, args: readonly string[]): Promise<number> {
  const command = findLab();
  if (command === undefined) {
    console.error(labAdvice);
    return 1;
  }
  const data = mkdtempSync(path.join(tmpdir(), "tdnc-lab-"));
  await writeJupyterKernelSpec(path.join(data, "kernels"));
  await writeFigureRenderer(path.join(data, "kernels"));
  const JUPYTER_PATH = [data, process.env.JUPYTER_PATH].filter(Boolean).join(path.delimiter);
  // Ctrl-C goes to Jupyter too, which asks whether it is meant; this process waits for its end.
  process.on("SIGINT", ignore);
  try {
    const env = { ...process.env, JUPYTER_PATH };
    const child = spawn(command[0], [...command.slice(1), ...args], {
      cwd: folder,
      env,
      stdio: "inherit",
    });
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    return await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => resolve(code ?? 1));
    });
  } finally {
    process.off("SIGINT", ignore);
    rmSync(data, { recursive: true, force: true });
  }
}

function ignore(): void {}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (require.main === module) {
  const notebooks = path.join(__dirname, "..", "..", "notebooks");
  openLab(notebooks, process.argv.slice(2)).then(
    (code) => (process.exitCode = code),
    ({ message }: Error) => {
      console.error(message);
      process.exitCode = 1;
    },
  );
}
