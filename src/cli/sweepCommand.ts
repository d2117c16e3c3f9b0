import { existsSync } from "node:fs";
import { Command } from "commander";
import { selectBackend } from "../backend/selectBackend";
import { findRuns } from "../experiment/findRuns";
import { PRESETS } from "../experiment/presets";
import { expandSweep, type SweepDefinition, type SweepRun } from "../experiment/sweep";
import { readSweepFile, SWEEP_FILES } from "../experiment/sweepFile";
import { planSweep, type PlannedRun } from "../experiment/sweepPlan";
import { parseGridOptions } from "./gridOption";
import { checkRuns, type RunSettings } from "./runExperiments";
import { runSweep } from "./runSweep";
import { addSettingOptions, givenSettings } from "./settingOptions";
import { dryRun } from "./sweepDryRun";
import { addRunOptions, refuse, runSettings } from "./trainCommand";

/** Settings that other options or arguments stand for. */
const NOT_OPTIONS = ["preset", "regularizer", "dataset", "network", "split", "seed"];

const HELP = `
Examples:
  $ tdnc sweep mnist-250 --regularizer sliding,hofer --splits 0-9
  $ tdnc sweep mnist-250 --grid "beta=0.5,1.1,squareRootDecay(2)" --grid metric=L1,L2 --splits 0-2
  $ tdnc sweep study.ts --dry-run

A file, ${SWEEP_FILES.join(", ")}, holds or exports
  { preset, regularizers: [...], settings: {...}, grid: { beta: [...] }, splits: "0-9", seeds: "0" }
of which options replace what they name. Its code is run.

A run that is complete in --out, at any depth and under any name, with the same settings, rows and
backend, is not computed again. The same command goes on after Ctrl-C, a crash or a failure; one
that failed does not stop the others. Exit codes: 0 done, 1 a run failed, 2 bad arguments,
130 interrupted.
`;

type Options = Parameters<typeof runSettings>[0] & {
  readonly grid?: readonly string[];
  readonly seeds?: string;
  readonly dryRun?: boolean;
  readonly trial: boolean;
};

/** `tdnc sweep`: a grid of experiments x splits x seeds. */
export function sweepCommand(): Command {
  const command = new Command("sweep")
    .summary("run a grid of experiments over splits and seeds")
    .description(
      "Expands a grid of settings x splits x seeds to runs, and does those that are not done.",
    )
    .argument("<preset or file>", "the experiment to start from, or a file that defines the sweep");
  const repeated = (text: string, earlier?: readonly string[]) => [...(earlier ?? []), text];
  addRunOptions(command)
    .option(
      "--regularizer <names>",
      "with commas or repeated (default: sliding)",
      (text: string, earlier?: readonly string[]) => [...(earlier ?? []), ...text.split(",")],
    )
    .option("--grid <setting=values>", "values to vary, with commas; may be repeated", repeated)
    .option("--splits <numbers>", "which splits, such as 0-9 or 0,3 (default: 0)")
    .option("--seeds <numbers>", "which seeds, such as 0-4 (default: 0)")
    .option("--dry-run", "list the runs and estimate their time from a short trial; run nothing")
    .option("--no-trial", "with --dry-run: no trial, and no estimate")
    .option("--json", "print the runs as JSON");
  return addSettingOptions(command, NOT_OPTIONS)
    .addHelpText("after", HELP)
    .action(async (argument: string, options: Options) => {
      const runs = await definitionOf(argument, options).then(expandSweep).catch(refuse);
      const settings = runSettings(options);
      const plan = await planOf(runs, settings);
      process.exitCode = options.dryRun
        ? await dryRun(plan, settings, { trial: options.trial, asJson: options.json === true })
        : await runSweep(plan, settings, options.json === true);
    });
}

async function definitionOf(argument: string, options: Options): Promise<SweepDefinition> {
  const file = await fileDefinition(argument);
  const { regularizer, grid = [], splits, seeds } = options;
  return {
    ...file,
    ...(regularizer && { regularizers: regularizer.map((name) => name.trim()) }),
    settings: { ...file.settings, ...givenSettings(options, NOT_OPTIONS) },
    grid: { ...file.grid, ...parseGridOptions(grid) },
    ...(splits !== undefined && { splits }),
    ...(seeds !== undefined && { seeds }),
  };
}

async function fileDefinition(argument: string): Promise<SweepDefinition> {
  if (SWEEP_FILES.some((ending) => argument.endsWith(ending))) return readSweepFile(argument);
  if (Object.hasOwn(PRESETS, argument)) return { preset: argument };
  throw new RangeError(
    `unknown preset "${argument}"; expected one of ${Object.keys(PRESETS).join(", ")}, ` +
      `or a file that ends with ${SWEEP_FILES.join(", ")}`,
  );
}

/** What there is to do; the splits of all runs are checked before. */
async function planOf(runs: readonly SweepRun[], settings: RunSettings): Promise<PlannedRun[]> {
  const { out } = settings;
  const configs = runs.map(({ config }) => config);
  const names = runs.map(({ folder }) => folder);
  const origins = await checkRuns(configs, settings, names).catch(refuse);
  const { name: backend } = await selectBackend(settings.backend);
  const { runs: found, broken } = existsSync(out)
    ? await findRuns([out])
    : { runs: [], broken: [] };
  for (const line of broken) process.stderr.write(`not read: ${line}\n`);
  return planSweep(runs, origins, found, { out, backend });
}
