#!/usr/bin/env node
import { inspect } from "node:util";
import { Command, CommanderError } from "@commander-js/extra-typings";
import { chooseCommand } from "./chooseCommand";
import { dataCommand } from "./dataCommand";
import { figuresCommand } from "./figuresCommand";
import { jupyterKernelCommand } from "./jupyterKernelCommand";
import { measureCommand } from "./measureCommand";
import { BadArguments, noteTwice } from "./options";
import { playCommand } from "./playCommand";
import { presetsCommand } from "./presetsCommand";
import { reportCommand } from "./reportCommand";
import { startCommand } from "./startCommand";
import { statusCommand } from "./statusCommand";
import { ignoresHangup } from "./stopSignals";
import { sweepCommand } from "./sweepCommand";
import { tableCommand } from "./tableCommand";
import { tfjsNodeCommand } from "./tfjsNodeCommand";
import { trainCommand } from "./trainCommand";
import { weightsCommand } from "./weightsCommand";
import { workerCommand } from "./workerCommand";

const { version } = require("../../package.json") as { version: string };

const program = new Command("tdnc")
  .description(
    "Topological densification and neural collapse: train networks with the regularizers, record " +
      "and compare the runs.",
  )
  .version(version)
  .showHelpAfterError("(--help shows what there is)");
for (const command of [
  startCommand(),
  trainCommand(),
  sweepCommand(),
  statusCommand(),
  workerCommand(),
  tableCommand(),
  measureCommand(),
  weightsCommand(),
  figuresCommand(),
  reportCommand(),
  chooseCommand(),
  presetsCommand(),
  dataCommand(),
  playCommand(),
  jupyterKernelCommand(),
  tfjsNodeCommand(),
])
  program.addCommand(command);
for (const command of [program, ...program.commands]) {
  command.exitOverride();
  noteTwice(command);
}

const isCommand = (name: string) =>
  name === "help" || program.commands.some((command) => command.name() === name);

/** Runs the command line; exit codes: 0, 1 failure, 2 bad arguments, 130 interrupted. */
async function main(): Promise<void> {
  try {
    const [word, topic] = process.argv.slice(2);
    if (word === "help" && topic !== undefined && !isCommand(topic))
      program.error(`error: unknown command '${topic}'`);
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and the version come this way too, with exit code 0; commander has written its message.
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    process.stderr.write(`tdnc: ${error instanceof Error ? error.message : inspect(error)}\n`);
    process.exitCode = error instanceof BadArguments ? 2 : 1;
  }
}

process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
  // What read the output has ended, as "head" does: there is nobody left to write for.
  if (code === "EPIPE") process.exit();
  const reason = code === "ENOSPC" ? "the disk is full" : message;
  process.stderr.write(`tdnc: could not write the output: ${reason}\n`);
  process.exit(1);
});
// Without a reader of the log, or room for it, the work goes on.
process.stderr.on("error", () => undefined);
if (ignoresHangup()) process.on("SIGHUP", () => undefined);

void main();
