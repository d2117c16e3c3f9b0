import { existsSync } from "node:fs";
import { Command } from "commander";
import { selectBackend } from "../backend/selectBackend";
import { PRESETS } from "../training/settings/presets";
import { isRunList, parseRunList } from "../runs/sweeps/runList";
import { expandSweep, type SweepDefinition, type SweepRun } from "../runs/sweeps/sweep";
import { readSweepFile, SWEEP_FILES } from "../runs/sweeps/sweepFile";
import { planSweep, type PlannedRun } from "../runs/sweeps/sweepPlan";
import { queueRunner } from "../runs/queue/queueClient";
import { BadArguments } from "./badArguments";
import { parseGridOptions } from "./gridOption";
import { addQueueOption, queueAddress } from "./queueOption";
import { findRunsAndTell } from "./readRuns";
import { checkRuns, type RunSettings } from "./runExperiments";
import { runSweep } from "./runSweep";
import { addSettingOptions, givenSettings } from "./settingOptions";
import { writeSlurmJob } from "../runs/sweeps/slurmScript";
import { dryRun } from "./sweepDryRun";
import { addRunOptions, refuse, runSettings } from "./trainCommand";

/** Settings that other options stand for. */
const NOT_OPTIONS = ["split", "seed"];

const HELP = `
Examples:
  $ tdnc sweep mnist-250 --regularizer sliding,hofer --splits 0-9
  $ tdnc sweep mnist-250 --grid "beta=0.5,1.1,squareRootDecay(2)" --grid metric=L1,L2 --splits 0-2
  $ tdnc sweep study.ts --dry-run

A file, ${SWEEP_FILES.join(", ")}, holds or exports
  { preset, regularizers: [...], settings: {...}, grid: { beta: [...] }, splits: "0-9", seeds: "0" }
of which options replace what they name. Its code is run. --slurm writes a JSON file of another kind,
{ runs: [...] }, which is done as it is.

A run that is complete in --out, at any depth and under any name, with the same settings, rows and
backend, is not computed again. The same command goes on after Ctrl-C, a crash or a failure; one
that failed does not stop the others. With --queue the runs are done by workers, wherever they are,
and come back into the same folders; Ctrl-C leaves them to it. Exit codes: 0 done, 1 a run failed, 2 bad arguments,
130 interrupted.
`;

type Options = Parameters<typeof runSettings>[0] & {
  readonly grid?: readonly string[];
  readonly seeds?: string;
  readonly dryRun?: boolean;
  readonly trial: boolean;
  readonly queue?: string | true;
  readonly slurm?: string;
  readonly task?: string;
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
    .option("--slurm <folder>", "write a Slurm array job that does the runs there; run nothing")
    .option("--task <number>", "only the run of this number, from 0, of the list")
    .option("--json", "print the runs as JSON");
  addQueueOption(command, "have workers of a queue do the runs (tdnc worker):");
  return addSettingOptions(command, NOT_OPTIONS)
    .addHelpText("after", HELP)
    .action(async (argument: string, options: Options) => {
      if (options.slurm !== undefined && (options.queue !== undefined || options.dryRun))
        throw new BadArguments("--slurm only writes a job: expected no --queue and no --dry-run");
      if (options.queue !== undefined && options.workers !== undefined && !options.dryRun)
        throw new BadArguments(
          "--workers counts this machine's runs: expected none with --queue, whose workers each " +
            "have --concurrency",
        );
      const runs = await runsOf(argument, options).catch(refuse);
      const settings = { ...runSettings(options), ...(options.queue && runner(options.queue)) };
      const plan = await planOf(runs, settings);
      if (options.slurm !== undefined) {
        const { name: backend } = await selectBackend(settings.backend);
        const text = await writeSlurmJob(runs, plan, settings, backend, options.slurm);
        process.stdout.write(text);
        return;
      }
      process.exitCode = options.dryRun
        ? await dryRun(plan, settings, { trial: options.trial, asJson: options.json === true })
        : await runSweep(plan, settings, options.json === true);
    });
}

function runner(queue: string | true): Pick<RunSettings, "runner"> {
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  const ask = queueRunner({ address: queueAddress(queue), say });
  return {
    runner: (jobs, control) => {
      // Where the Redis is gone, nothing else ends. What is being written is written whole or not.
      control.kill.addEventListener("abort", () => process.exit(130));
      return ask(jobs, control);
    },
  };
}

/** The runs of a definition, or of a list of them; with `--task` one of them. */
async function runsOf(argument: string, options: Options): Promise<readonly SweepRun[]> {
  const file = await fileDefinition(argument);
  const runs = isRunList(file)
    ? listedRuns(file, options)
    : expandSweep(definitionOf(file, options));
  if (options.task === undefined) return runs;
  const task = /^\d+$/.test(options.task) ? Number(options.task) : -1;
  if (!Object.hasOwn(runs, task))
    throw new RangeError(`--task: expected 0 to ${runs.length - 1}, got "${options.task}"`);
  return [runs[task]];
}

function listedRuns(file: { runs: unknown }, options: Options): SweepRun[] {
  const { regularizer, grid, splits, seeds } = options;
  const changes = { regularizer, grid, splits, seeds, ...givenSettings(options, NOT_OPTIONS) };
  const [change] = Object.entries(changes).find(([, value]) => value !== undefined) ?? [];
  if (change !== undefined)
    throw new RangeError(`a list of runs is done as it is: expected no ${change}`);
  return parseRunList(file);
}

function definitionOf(file: SweepDefinition, options: Options): SweepDefinition {
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
  const { runs: found } = existsSync(out) ? await findRunsAndTell([out]) : { runs: [] };
  return planSweep(runs, origins, found, { out, backend });
}
