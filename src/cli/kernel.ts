import { existsSync } from "node:fs";
import path from "node:path";
import { kernelName, userKernelsFolder, writeKernelSpec } from "../notebook/kernelSpec";

/**
 * Installs this project's tslab kernel for the user, so that Jupyter and VS Code offer it.
 *
 * Asks for no Python. A kernel `tslab` that is there already is replaced.
 *
 * @param folder The folder of kernels; default: the user's.
 * @returns Lines that say what was done and what to do next.
 */
export function installKernel(folder = userKernelsFolder()): string {
  const existed = existsSync(path.join(folder, kernelName, "kernel.json"));
  const file = writeKernelSpec(folder);
  return [
    `${existed ? "Replaced" : "Wrote"} ${file}.`,
    'Choose the kernel "TypeScript" in Jupyter; in VS Code, restart it first (Jupyter extension).',
  ].join("\n");
}
