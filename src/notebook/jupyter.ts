import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { kernelName, writeKernelSpec } from "./kernelSpec";

/** A command that runs nbconvert: the program and the arguments before nbconvert's own. */
export interface Jupyter {
  readonly program: string;
  readonly args: readonly string[];
}

/** What to do where no Jupyter is found. */
export const jupyterAdvice =
  "No Jupyter was found: neither `python3 -m nbconvert` nor `jupyter-nbconvert` runs. " +
  "Install it with `pip install notebook nbconvert`, or on Debian and Ubuntu with " +
  "`apt install jupyter-notebook python3-nbconvert`; set TDNC_PYTHON to name another Python. " +
  "environment.md says more.";

/**
 * The first command that runs nbconvert: the Python that `TDNC_PYTHON` names, else `python3`,
 * the system's `/usr/bin/python3` (a version manager's may come before it in the path), `python`,
 * and last the program `jupyter-nbconvert`.
 *
 * @param env The environment in which programs are looked up; one that sets `TDNC_PYTHON`
 *   restricts the search to it.
 * @returns `undefined` if none of them runs.
 */
export function findJupyter(env: NodeJS.ProcessEnv = process.env): Jupyter | undefined {
  const pythons = env.TDNC_PYTHON ? [env.TDNC_PYTHON] : ["python3", "/usr/bin/python3", "python"];
  const candidates: Jupyter[] = pythons.map((program) => ({ program, args: ["-m", "nbconvert"] }));
  if (!env.TDNC_PYTHON) candidates.push({ program: "jupyter-nbconvert", args: [] });
  return candidates.find(
    ({ program, args }) =>
      spawnSync(program, [...args, "--version"], { env, stdio: "ignore" }).status === 0,
  );
}

/** How a notebook is executed. */
export interface ExecuteOptions {
  /** Seconds that one cell may take; default 3600. */
  readonly cellTimeout?: number;
  /** Where to write the executed notebook; default: over the notebook itself. */
  readonly output?: string;
}

/**
 * Executes a notebook with nbconvert and this project's tslab kernel, in the notebook's folder.
 *
 * The kernel is described in a temporary folder that comes first in `JUPYTER_PATH`, so nothing of
 * the user's is changed. Times are left out of the cells' metadata: the same outputs give the same
 * file.
 *
 * @param notebook The `.ipynb` file.
 * @throws {Error} If a cell fails, with nbconvert's words; the notebook is then left as it was.
 */
export function executeNotebook(
  jupyter: Jupyter,
  notebook: string,
  options: ExecuteOptions = {},
): void {
  const { cellTimeout = 3600, output = notebook } = options;
  const data = mkdtempSync(path.join(tmpdir(), "tdnc-jupyter-"));
  try {
    writeKernelSpec(path.join(data, "kernels"));
    const args = nbconvertArgs(notebook, output, cellTimeout);
    const paths = [data, process.env.JUPYTER_PATH].filter(Boolean).join(path.delimiter);
    const { status, error, stderr } = spawnSync(jupyter.program, [...jupyter.args, ...args], {
      env: { ...process.env, JUPYTER_PATH: paths },
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    if (status !== 0) throw new Error(`${notebook} failed: ${error?.message ?? stderr.trim()}`);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

function nbconvertArgs(notebook: string, output: string, cellTimeout: number): string[] {
  const { dir, base } = path.parse(path.resolve(output));
  return [
    ...["--to", "notebook", "--execute", path.resolve(notebook)],
    ...["--output-dir", dir, "--output", base],
    `--ExecutePreprocessor.kernel_name=${kernelName}`,
    `--ExecutePreprocessor.timeout=${cellTimeout}`,
    "--ExecutePreprocessor.startup_timeout=120",
    "--ExecutePreprocessor.record_timing=False",
  ];
}
