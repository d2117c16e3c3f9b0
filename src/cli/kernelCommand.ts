import { Command } from "commander";
import { installKernel } from "./kernel";

/** `tdnc kernel`: the notebook kernel for Jupyter and VS Code. */
export function kernelCommand(): Command {
  return new Command("kernel")
    .summary("install the notebook kernel for Jupyter and VS Code")
    .description("Writes this project's kernel into the user's folder of Jupyter kernels.")
    .action(() => {
      process.stdout.write(`${installKernel()}\n`);
    });
}
