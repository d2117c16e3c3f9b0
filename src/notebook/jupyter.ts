import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { jupyterKernelName, writeJupyterKernelSpec } from "./jupyterKernelSpec";
import { readNotebook, withParameters } from "./parameters";

/** Advice where no Jupyter is found. */
export const jupyterAdvice =
  "No Jupyter was found: no Python here imports nbconvert. Install it with " +
  "`pip install notebook nbconvert`, or on Debian and Ubuntu with " +
  "`apt install jupyter-notebook python3-nbconvert`; set TDNC_PYTHON to name another Python. " +
  "environment.md says more.";

/**
 * The first Python that has nbconvert: `python3`, the system's `/usr/bin/python3` (a version
 * manager's may come before it in the path), `python`.
 *
 * @param env The environment in which programs are looked up; if it sets `TDNC_PYTHON`, only that
 *   program is tried.
 * @returns The program's name, or `undefined` if none of them has it.
 * @throws {Error} If the program that `TDNC_PYTHON` names does not exist.
 */
export function findJupyter(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return findPython("import nbconvert.preprocessors, nbformat", env);
}

/**
 * The first of those programs that runs a line of Python without an error.
 *
 * @throws {Error} If the program that `TDNC_PYTHON` names does not exist.
 */
export function findPython(line: string, env: NodeJS.ProcessEnv): string | undefined {
  const pythons = env.TDNC_PYTHON ? [env.TDNC_PYTHON] : ["python3", "/usr/bin/python3", "python"];
  return pythons.find((program) => {
    const { status, error } = spawnSync(program, ["-c", line], { env, stdio: "ignore" });
    if (env.TDNC_PYTHON && (error as NodeJS.ErrnoException | undefined)?.code === "ENOENT")
      throw new Error(`TDNC_PYTHON names ${program}, which does not exist`);
    return status === 0;
  });
}

/** How a notebook is executed. */
export interface ExecuteOptions {
  /** Seconds that one cell may take; default 3600. */
  readonly cellTimeout?: number;
  /** Where to write the executed notebook; default: over the notebook itself. */
  readonly output?: string;
  /** Values of the notebook's parameters by name (`withParameters`); default: its own. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/**
 * Executes a notebook with nbconvert and this project's tslab kernel, in the notebook's folder.
 *
 * The kernel is described in a temporary folder that comes first in `JUPYTER_PATH`, so nothing of
 * the user's is changed. Times are left out of the cells' metadata: the same outputs give the same
 * file.
 *
 * @param python A Python that has nbconvert (`findJupyter`).
 * @param notebook The `.ipynb` file.
 * @throws {RangeError} If a parameter's value is not of its type.
 * @throws {Error} If a cell fails, with the cell and what it wrote, or there is no room for the
 *   notebook: what was there stays.
 */
export async function executeNotebook(
  python: string,
  notebook: string,
  options: ExecuteOptions = {},
): Promise<void> {
  const { cellTimeout = 3600, output = notebook, parameters = {} } = options;
  const input = JSON.stringify(withParameters(readNotebook(notebook), parameters));
  const data = mkdtempSync(path.join(tmpdir(), "tdnc-jupyter-"));
  try {
    await writeJupyterKernelSpec(path.join(data, "kernels"));
    const folder = path.dirname(path.resolve(notebook));
    const args = [jupyterKernelName, folder, path.resolve(output), `${cellTimeout}`];
    const { status, error, stderr } = spawnSync(python, ["-c", execution, ...args], {
      env: {
        ...process.env,
        JUPYTER_PATH: [data, process.env.JUPYTER_PATH].filter(Boolean).join(path.delimiter),
      },
      input,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    if (status !== 0) throw new Error(`${notebook} failed: ${error?.message ?? stderr.trim()}`);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

// What `nbconvert --execute` does, and one thing more: tslab tells an error only as text on stderr,
// which nbconvert's own message leaves out.
const execution = `
import os, sys
import nbformat
from nbconvert.preprocessors import CellExecutionError, ExecutePreprocessor

kernel, folder, target, timeout = sys.argv[1:]
notebook = nbformat.reads(sys.stdin.buffer.read().decode(), as_version=4)
for cell in notebook.cells:
    if cell.cell_type == "code":
        cell.outputs = []
execute = ExecutePreprocessor(
    kernel_name=kernel, timeout=int(timeout), startup_timeout=120, record_timing=False
)
try:
    execute.preprocess(notebook, {"metadata": {"path": folder}})
except CellExecutionError as error:
    cells = [cell for cell in notebook.cells if cell.get("outputs")]
    written = [output.get("text", "") for cell in cells[-1:] for output in cell.outputs]
    sys.exit(str(error).strip() + "\\n" + "".join(written))
# Under another name first: a disk that is full leaves what was there.
temporary = f"{target}.{os.getpid()}.tmp"
try:
    nbformat.write(notebook, temporary)
    os.replace(temporary, target)
except OSError as error:
    if os.path.exists(temporary):
        os.remove(temporary)
    sys.exit(f"could not write {target}: {error.strerror}")
`;
