import path from "node:path";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { SelectedBackend } from "../backend/backendNames";
import type { QueueAddress } from "../runs/queue/address";
import type { Runner } from "../runs/runner";
import { isRunList, parseRunList } from "../runs/sweeps/runList";
import { expandSweep, type SweepDefinition, type SweepRun } from "../runs/sweeps/sweep";
import { readSweepFile, SWEEP_FILES } from "../runs/sweeps/sweepFile";
import type { SlurmJob } from "../runs/sweeps/slurmScript";
import type { PlannedRun } from "../runs/sweeps/sweepPlan";
import { PRESETS } from "../training/settings/presets";
import { parseRanges } from "../training/settings/ranges";
import {
  addQueueOption,
  addRunOptions,
  BadArguments,
  countOf,
  outFolder,
  parseGridOptions,
  queueAddress,
  refuse,
  repeated,
  runSettings,
} from "./options";
import type { RunSettings } from "./runSweep";
import { addSettingOptions, givenSettings } from "./settingOptions";

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

type Options = ReturnType<ReturnType<typeof withOptions>["opts"]>;

/** `tdnc sweep`: a grid of experiments x splits x seeds. */
export function sweepCommand(): CommandUnknownOpts {
  const command = withOptions();
  addSettingOptions(command, NOT_OPTIONS);
  return command.addHelpText("after", HELP).action(sweep);
}

function withOptions() {
  const command = new Command("sweep")
    .summary("run a grid of experiments over splits and seeds")
    .description(
      "Expands a grid of settings x splits x seeds to runs, and does those that are not done.",
    )
    .argument("<preset or file>", "the experiment to start from, or a file that defines the sweep");
  const training = addRunOptions(command)
    .option("--regularizer <names>", "with commas or repeated (default: sliding)", repeated)
    .option("--grid <setting=values>", "values to vary, with commas; may be repeated", repeated)
    .option("--splits <numbers>", "which splits, such as 0-9 or 0,3 (default: 0)")
    .option("--seeds <numbers>", "which seeds, such as 0-4 (default: 0)")
    .option("--dry-run", "list the runs and estimate their time from a short trial; run nothing")
    .option("--no-trial", "with --dry-run: no trial, and no estimate")
    .option("--slurm <folder>", "write a Slurm array job that does the runs there; run nothing")
    .option("--max-array-size <count>", "with --slurm: the cluster's MaxArraySize (default: 1001)")
    .option("--max-running <count>", "with --slurm: tasks that may run at the same time")
    .option(
      "--task <numbers>",
      "only the runs of these numbers, from 0, of the list, such as 3,1004",
    )
    .option("--json", "print the runs as JSON");
  return addQueueOption(training, "have workers of a queue do the runs (tdnc worker):");
}

async function sweep(argument: string, options: Options): Promise<void> {
  checkTogether(options);
  const runs = await runsOf(argument, options).catch(refuse);
  const settings = runSettings(options);
  const slurm = slurmOptions(options);
  const address = options.queue === undefined ? undefined : queueAddress(options.queue);
  const { checkRuns, planRuns } = await import("../runs/sweeps/runSweep.js");
  const checked = await checkRuns(runs, settings).catch(refuse);
  const { plan, backend, broken } = await planRuns(checked, settings);
  for (const line of broken) process.stderr.write(`not read: ${line}\n`);
  if (slurm !== undefined) return writeSlurm(runs, plan, { ...settings, ...slurm, backend });
  if (options.dryRun) {
    const { dryRun } = await import("./sweepDryRun.js");
    process.exitCode = await dryRun(plan, settings, options);
    return;
  }
  reportPlan(plan);
  const queue = address && (await queueOf(address, backend));
  const { printResults, reportOutcomes, runAndShow } = await import("./runSweep.js");
  const results = await runAndShow(plan, { ...settings, queue });
  printResults(results, { json: options.json, isSweep: true });
  process.exitCode = reportOutcomes(results);
  if (process.exitCode === 1)
    process.stderr.write("The same command tries what failed again, and keeps what is complete.\n");
}

/** @throws {BadArguments} If options were given that contradict each other. */
function checkTogether({ slurm, queue, dryRun, workers, ...rest }: Options): void {
  if (slurm === undefined && (rest.maxArraySize ?? rest.maxRunning) !== undefined)
    throw new BadArguments("--max-array-size and --max-running go with --slurm");
  if (slurm !== undefined && (queue !== undefined || dryRun))
    throw new BadArguments("--slurm only writes a job: expected no --queue and no --dry-run");
  if (queue !== undefined && workers !== undefined && !dryRun)
    throw new BadArguments(
      "--workers counts this machine's runs: expected none with --queue, whose workers each " +
        "have --concurrency",
    );
}

/** The runs of a definition, or of a list of them; with `--task` some of them. */
async function runsOf(argument: string, options: Options): Promise<readonly SweepRun[]> {
  const file = await fileDefinition(argument);
  const runs = isRunList(file)
    ? listedRuns(file, options)
    : expandSweep(definitionOf(file, options));
  if (options.task === undefined) return runs;
  return tasksOf(options.task, runs.length).map((task) => runs[task]);
}

function tasksOf(text: string, count: number): number[] {
  try {
    const tasks = parseRanges(text);
    if (tasks.every((task) => task < count)) return tasks;
  } catch {
    // Refused below.
  }
  throw new RangeError(`--task: expected 0 to ${count - 1}, got "${text}"`);
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
  const regularizers = regularizer?.flatMap((text) => text.split(",")).map((name) => name.trim());
  return {
    ...file,
    ...(regularizers && { regularizers }),
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

/** The options of `--slurm`, if it is given. */
function slurmOptions({ slurm, maxArraySize, maxRunning }: Options) {
  if (slurm === undefined) return undefined;
  return {
    folder: outFolder(slurm, "--slurm"),
    maxArraySize: countOf("--max-array-size", maxArraySize),
    maxRunning: countOf("--max-running", maxRunning),
  };
}

async function writeSlurm(
  runs: readonly SweepRun[],
  plan: readonly PlannedRun[],
  { source, ...settings }: RunSettings & Omit<SlurmJob, "program">,
): Promise<void> {
  const { writeSlurmJob } = await import("../runs/sweeps/slurmScript.js");
  const program = [process.execPath, path.join(__dirname, "main.js")];
  const job = { ...settings, program, ...source };
  const text = await writeSlurmJob(runs, plan, job).catch((error: Error) => {
    throw error instanceof RangeError ? new BadArguments(error.message) : error;
  });
  process.stdout.write(text);
}

/** The runner that asks a queue; where its Redis is gone, a second Ctrl-C ends this process. */
async function queueOf(address: QueueAddress, backend: SelectedBackend["name"]): Promise<Runner> {
  const { queueRunner } = await import("../runs/queue/queueClient.js");
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  const ask = queueRunner({ address, backend, say });
  return (jobs, control) => {
    // What is being written is written whole or not at all.
    control.kill.addEventListener("abort", () => process.exit(130));
    return ask(jobs, control);
  };
}

function reportPlan(plan: readonly PlannedRun[]): void {
  for (const { folder, where } of plan)
    if (where !== folder) process.stderr.write(`${folder}: is the run in ${where}\n`);
  const done = plan.filter(({ state }) => state === "done").length;
  process.stderr.write(`${plan.length} runs, ${done} of them done\n`);
}
