import { existsSync, readFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import path from "node:path";
import { Command } from "@commander-js/extra-typings";
import { writeFigureRenderer } from "../notebook/figureRenderer";
import {
  jupyterKernelName,
  jupyterKernelSpecJson,
  userJupyterKernelsFolder,
  writeJupyterKernelSpec,
} from "../notebook/jupyterKernelSpec";

/** `tdnc kernel`: the notebook kernel for Jupyter and VS Code. */
export function jupyterKernelCommand() {
  return new Command("kernel")
    .summary("install the notebook kernel for Jupyter and VS Code")
    .description(
      "Writes this project's kernel to the user's Jupyter kernels. Run it again if Node or the project moves.",
    )
    .addHelpText("after", "\nExample:\n  $ tdnc kernel")
    .action(async () => {
      process.stdout.write(`${await installJupyterKernel()}\n`);
    });
}

/**
 * Installs this project's tslab kernel for the user, so that Jupyter and VS Code offer it.
 *
 * Needs no Python. Another kernel `tslab` that exists already, such as one that the user has
 * installed, is kept next to it as `kernel.json.old-1`, or with the next number that is free.
 *
 * @param folder The folder of Jupyter kernels; default: the user's.
 * @returns Lines that report what was done and what to do next.
 */
export async function installJupyterKernel(folder = userJupyterKernelsFolder()): Promise<string> {
  const there = path.join(folder, jupyterKernelName, "kernel.json");
  const before = existsSync(there) ? readFileSync(there, "utf8") : undefined;
  const isOther = before !== undefined && before !== jupyterKernelSpecJson();
  const kept = freeName(there);
  const keep = () => rename(there, kept);
  const file = await writeJupyterKernelSpec(folder, isOther ? keep : undefined);
  await writeFigureRenderer(folder);
  return [
    `${before === undefined ? "Wrote" : "Replaced"} ${file}.`,
    ...(isOther ? [`The previous kernel is now ${kept}.`] : []),
    'Choose the kernel "TypeScript" in Jupyter; in VS Code, restart it first (Jupyter extension).',
  ].join("\n");
}

/** The first of `<file>.old-1`, `<file>.old-2`, ... that does not exist. */
function freeName(file: string): string {
  for (let i = 1; ; i++) if (!existsSync(`${file}.old-${i}`)) return `${file}.old-${i}`;
}
