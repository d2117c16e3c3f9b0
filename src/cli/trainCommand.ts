import { Command, Option } from "commander";
import { BACKEND_NAMES } from "../backend/selectBackend";
import type { ExperimentConfig } from "../training/settings/config";
import { named } from "../training/settings/named";
import { PRESETS, REGULARIZERS, regularizersFor } from "../training/settings/presets";
import { parseRanges } from "../training/settings/ranges";
import { resultTable } from "../results/resultTable";
import { checkConfig } from "../training/settings/parseConfig";
import { parseSetting } from "../training/settings/settings";
import { BadArguments } from "./badArguments";
import { tableText } from "./printTable";
import {
  checkRuns,
  reportOutcomes,
  runExperiments,
  type RunResults,
  type RunSettings,
} from "./runExperiments";
import { outFolder } from "./outOption";
import { addSettingOptions, givenSettings } from "./settingOptions";

/** Settings that other options stand for. */
const NOT_OPTIONS = ["split"];

const list = (entries: Readonly<Record<string, { about: string }>>) =>
  Object.entries(entries)
    .map(([name, { about }]) => `  ${name.padEnd(20)} ${about}`)
    .join("\n");

const HELP = `
Presets:
${list(PRESETS)}

Regularizers, as for MNIST; of other presets beta is the preset's own:
${list(REGULARIZERS)}

Schedules, for --learning-rate, --topological-weight and --beta: a number, or one of
  constant(value)  linear(from, to)  squareRootDecay(from)  cosine(from, to)
  step(from, to, at)  exponentialRampUp(to, steepness)  product(schedule, ...)

Examples:
  $ tdnc train mnist-250 --regularizer sliding
  $ tdnc train mnist-250 --regularizer vanilla,hofer,sliding --splits 0-9
  $ tdnc train mnist-250 --epochs 30 --beta "linear(1.5, 0)" --metric L1 --out runs/linear

A run that was stopped (Ctrl-C, a crash) goes on from its checkpoint when the same command is given
again, and ends with the numbers it would have had. Exit codes: 0 done, 1 a run failed, 2 bad
arguments, 130 interrupted. The environment variable TDNC_BACKEND names the backend of "auto".
`;

interface Options {
  readonly regularizer?: readonly string[];
  readonly splits: string;
  readonly splitsFile?: string;
  readonly data?: string;
  readonly backend: string;
  readonly workers?: string;
  readonly out: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly [setting: string]: unknown;
}

/** `tdnc train`: trains, records, and prints the table of its runs. */
export function trainCommand(): Command {
  const command = new Command("train")
    .summary("train networks and record the runs")
    .description("Trains one network a regularizer and split, and records each run in a folder.")
    .argument("[preset]", "the experiment to start from", "mnist-250");
  addRunOptions(command)
    .addOption(
      new Option(
        "--regularizer <names>",
        "of the list below, with commas or repeated (default: sliding)",
      ).argParser((text, earlier?: readonly string[]) => [...(earlier ?? []), text]),
    )
    .option("--splits <numbers>", "which splits, such as 0-9 or 0,3", "0")
    .option("--json", "print the results as JSON");
  return addSettingOptions(command, NOT_OPTIONS)
    .addHelpText("after", HELP)
    .action(async (preset: string, options: Options) => {
      const configs = configsOf(preset, options);
      const settings = runSettings(options);
      await checkRuns(configs, settings).catch(refuse);
      const results = await runExperiments(configs, settings);
      printResults(results, options.json === true);
      process.exitCode = reportOutcomes(results.outcomes);
    });
}

/** The options that every command that trains has. */
export function addRunOptions(command: Command, out = "runs"): Command {
  return command
    .addOption(
      new Option("--backend <name>", "where to compute").choices(BACKEND_NAMES).default("auto"),
    )
    .option(
      "--workers <count>",
      "runs at once, a process each (default: one a core; with webgpu one)",
    )
    .option("--splits-file <file>", "splits from a JSON file of rows (data/README.md)")
    .option(
      "--data <folder>",
      "folder of the data set's files (default: MNIST's installed package, data/svhn, data/cifar10)",
    )
    .option("--out <folder>", "where the runs' folders go", out)
    .option("--quiet", "no progress");
}

/** What those options say. */
export function runSettings(options: Options): RunSettings {
  const { out, backend, quiet, data: dataFolder, splitsFile } = options;
  const workers = options.workers === undefined ? undefined : Number(options.workers);
  if (workers !== undefined && !(Number.isInteger(workers) && workers > 0))
    throw new BadArguments(`--workers: expected a whole number from 1, got "${options.workers}"`);
  return {
    out: outFolder("--out", out),
    backend,
    workers,
    quiet,
    source: { dataFolder, splitsFile },
  };
}

/** A config for each regularizer and split; nothing is started yet. */
function configsOf(presetName: string, options: Options): ExperimentConfig[] {
  try {
    const { config: preset } = named(PRESETS, presetName, "preset");
    const overrides = Object.entries(givenSettings(options, NOT_OPTIONS)).map(
      ([name, text]) => [name, parseSetting(name, text)] as const,
    );
    const names = (options.regularizer ?? ["sliding"]).flatMap((text) => text.split(","));
    const known = regularizersFor(preset);
    const regularizers = [...new Set(names.map((name) => name.trim()))].map(
      (name) => named(known, name, "regularizer").difference,
    );
    const changes = Object.fromEntries(overrides) as Partial<ExperimentConfig>;
    return regularizers.flatMap((difference) =>
      parseRanges(options.splits).map((split) =>
        checkConfig({ ...preset, ...difference, ...changes, split }),
      ),
    );
  } catch (error) {
    return refuse(error);
  }
}

/** What is wrong before a run has started is the arguments'. */
export function refuse(error: unknown): never {
  throw new BadArguments((error as Error).message);
}

/** Prints the results of runs: their table, or with `asJson` all of them as JSON. */
export function printResults({ folders, outcomes, records }: RunResults, asJson: boolean): void {
  if (asJson) {
    const complete = outcomes.filter(({ status }) => status === "complete");
    const recordOf = new Map(complete.map((outcome, i) => [outcome, records[i]]));
    const results = outcomes.map((outcome, i) => {
      const { config, terminalPhaseEpoch, seconds, epochs } = recordOf.get(outcome) ?? {};
      const { train, test } = epochs?.[epochs.length - 1] ?? {};
      const { status, error, job } = outcome;
      const run = { folder: folders[i], status, error, config: config ?? job.config };
      return { ...run, terminalPhaseEpoch, seconds, train, test };
    });
    process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
  } else if (records.length > 0) process.stdout.write(tableText(resultTable(records)));
}
