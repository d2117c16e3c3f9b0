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

const HELP = `
Examples:
  $ tdnc start
  $ tdnc train mnist-250 --regularizer vanilla,sliding --splits 0-2
  $ tdnc table runs

"tdnc COMMAND --help" shows a command's options, with examples.
`;

const program = new Command("tdnc")
  .description(
    "Trains networks with topological regularizers, records and compares the runs, and measures " +
      "the neural collapse of any network.",
  )
  .addHelpText("after", HELP)
  .version(version)
  .showHelpAfterError("(see --help)")
  .configureHelp({ subcommandTerm: (command) => command.name() })
  .commandsGroup("Help:");
const GROUPS = {
  "Train:": [
    startCommand(),
    playCommand(),
    trainCommand(),
    sweepCommand(),
    statusCommand(),
    workerCommand(),
  ],
  "Compare runs:": [tableCommand(), reportCommand(), figuresCommand(), chooseCommand()],
  "Measure networks:": [measureCommand(), weightsCommand()],
  "Set up:": [presetsCommand(), dataCommand(), jupyterKernelCommand(), tfjsNodeCommand()],
};
for (const [heading, commands] of Object.entries(GROUPS))
  for (const command of commands) program.addCommand(command.helpGroup(heading));
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
  // The reader of the output has ended, as "head" does.
  if (code === "EPIPE") process.exit();
  const reason = code === "ENOSPC" ? "the disk is full" : message;
  process.stderr.write(`tdnc: could not write the output: ${reason}\n`);
  process.exit(1);
});
// Without a reader of the log, or room for it, the work continues.
process.stderr.on("error", () => undefined);
if (ignoresHangup()) process.on("SIGHUP", () => undefined);

void main();
