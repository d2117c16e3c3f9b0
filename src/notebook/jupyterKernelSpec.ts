import { userInfo } from "node:os";
import path from "node:path";
import { atomicWrite, makeFolder } from "../files/atomicWrite";

/** The kernel's name in a notebook's metadata, and the name of its folder. */
export const jupyterKernelName = "tslab";

/** The program that Jupyter starts, compiled, also where this runs from source. */
const KERNEL = path.join(__dirname, "..", "..", "dist", "notebook", "kernel.js");

/** Content of a `kernel.json`: how Jupyter and VS Code start the kernel. */
export interface JupyterKernelSpec {
  /** The command; Jupyter puts a file's path in place of `{connection_file}`. */
  readonly argv: readonly string[];
  /** The name in the kernel menu. */
  readonly display_name: string;
  /** The language of the cells. */
  readonly language: string;
}

/**
 * The kernel that runs this project's notebooks: its own copy of tslab under the Node that runs now.
 *
 * Both paths are absolute: VS Code does not look up `node`.
 *
 * @throws {Error} If tslab is not installed.
 */
export function jupyterKernelSpec(): JupyterKernelSpec {
  checkTslab();
  return {
    argv: [process.execPath, KERNEL, "{connection_file}"],
    display_name: "TypeScript",
    language: "typescript",
  };
}

function checkTslab(): void {
  try {
    require.resolve("tslab/package.json");
  } catch {
    throw new Error(
      'the notebooks\' kernel is the package tslab, which is not installed: run "npm install tslab"',
    );
  }
}

/** The kernel's description as `kernel.json` holds it. */
export function jupyterKernelSpecJson(): string {
  return `${JSON.stringify(jupyterKernelSpec(), undefined, 2)}\n`;
}

/**
 * Writes the kernel's description as `<folder>/tslab/kernel.json`, replacing one that is there.
 *
 * Jupyter finds it if `folder` is the `kernels` folder of a folder named in `JUPYTER_PATH`, or of
 * the user's Jupyter data folder (`userJupyterKernelsFolder`).
 *
 * @param folder A folder of kernels; made if it does not exist.
 * @param keep Called when all is written but the name: moves what is there out of the way.
 * @returns The file's path.
 */
export async function writeJupyterKernelSpec(
  folder: string,
  keep?: () => Promise<void>,
): Promise<string> {
  const file = path.join(folder, jupyterKernelName, "kernel.json");
  await makeFolder(path.dirname(file));
  await atomicWrite(file, jupyterKernelSpecJson(), keep);
  return file;
}

/**
 * The folder in which Jupyter and VS Code look for the user's own kernels.
 *
 * @param env The environment; `JUPYTER_DATA_DIR`, `HOME`, `XDG_DATA_HOME` and `APPDATA` are read.
 * @returns An absolute path.
 * @throws {Error} If the user has no home folder.
 * @see https://docs.jupyter.org/en/latest/use/jupyter-directories.html
 */
export function userJupyterKernelsFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  return path.resolve(env.JUPYTER_DATA_DIR || defaultDataFolder(env, platform), "kernels");
}

function defaultDataFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const inHome = (...names: string[]) => path.join(env.HOME || passwordHome(), ...names);
  if (platform === "darwin") return inHome("Library", "Jupyter");
  if (platform === "win32")
    return path.join(env.APPDATA || inHome("AppData", "Roaming"), "jupyter");
  return path.join(env.XDG_DATA_HOME || inHome(".local", "share"), "jupyter");
}

/** The home folder in the system's list of users. */
function passwordHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    throw new Error(
      "expected a home folder: HOME is not set, and this user has none in the system's list; " +
        "set HOME or JUPYTER_DATA_DIR",
    );
  }
}
