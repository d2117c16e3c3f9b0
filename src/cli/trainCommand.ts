import { Command, Option } from "@commander-js/extra-typings";
import { PRESETS, REGULARIZERS } from "../training/settings/presets";
import { parseSetting } from "../training/settings/settings";
import { addRunOptions, refuse, repeated, runSettings } from "./options";
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

Regularizers, with beta for MNIST; other presets have their own beta:
${list(REGULARIZERS)}

Schedules for --learning-rate, --topological-weight and --beta: a number, or one of
  constant(value)  linear(from, to)  squareRootDecay(from)  cosine(from, to)
  step(from, to, at)  exponentialRampUp(to, steepness)  product(schedule, ...)

Examples:
  $ tdnc train mnist-250 --regularizer sliding
  $ tdnc train mnist-250 --regularizer vanilla,hofer,sliding --splits 0-9
  $ tdnc train mnist-250 --epochs 30 --beta "linear(1.5, 0)" --metric L1 --out runs/linear

You can always resume after Ctrl-C or a crash: the same command continues from the checkpoints, and
ends with the same numbers. The environment variable TDNC_BACKEND names the backend of "auto".
Exit codes: 0 done, 1 a run failed, 2 bad arguments, 130 interrupted.
`;

/** `tdnc train`: trains, records, and prints the table of its runs: a sweep without a grid. */
export function trainCommand() {
  const command = addRunOptions(
    new Command("train")
      .summary("train networks and record the runs")
      .description(
        "Trains one network per regularizer and split, and records each run in a folder.",
      )
      .argument("[preset]", "experiment to start from", "mnist-250"),
  )
    .optionsGroup("Options for the experiment:")
    .addOption(
      new Option(
        "--regularizer <names>",
        "names from the list below, separated by commas or repeated (default: sliding)",
      ).argParser(repeated),
    )
    .option("--splits <numbers>", "splits to train on, such as 0-9 or 0,3", "0")
    .option("--json", "print the results as JSON");
  addSettingOptions(command, NOT_OPTIONS);
  return command.addHelpText("after", HELP).action(async (preset, options) => {
    const run = await import("./runSweep.js");
    const settings = runSettings(options);
    const plan = await run.planWithoutGrid(definitionOf(preset, options), settings);
    const results = await run.runAndShow(plan, settings);
    run.printResults(results, { json: options.json, isSweep: false });
    process.exitCode = run.reportOutcomes(results);
  });
}

function definitionOf(
  preset: string,
  options: { readonly regularizer?: readonly string[]; readonly splits: string },
) {
  const { seed = "0", ...settings } = givenSettings(options, NOT_OPTIONS);
  const names = (options.regularizer ?? ["sliding"]).flatMap((text) => text.split(","));
  try {
    const seeds = String(parseSetting("seed", seed));
    const regularizers = names.map((name) => name.trim());
    return { preset, regularizers, settings, splits: options.splits, seeds };
  } catch (error) {
    return refuse(error);
  }
}
