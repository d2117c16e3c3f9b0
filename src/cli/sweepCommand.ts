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

A sweep file (${SWEEP_FILES.join(", ")}) contains or exports
  { preset, regularizers: [...], settings: {...}, grid: { beta: [...] }, splits: "0-9", seeds: "0" }
Options replace what they name. The code of a .js, .cjs or .ts file is executed. --slurm writes
another kind of JSON file, { runs: [...] }, whose runs no option can change.

An identical complete run anywhere under --out (same settings, rows and backend) is reused. You can
always resume after Ctrl-C, a crash or a failed run with the same command; a failed run does not stop
the others. With --queue, workers on any machine execute the runs, and the results arrive in the same
folders; after Ctrl-C the workers continue.
Exit codes: 0 done, 1 a run failed, 2 bad arguments, 130 interrupted.
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
    .summary("train a grid of settings over splits and seeds")
    .description(
      "Expands a grid of settings x regularizers x splits x seeds to runs, and executes those that " +
        "are not complete.",
    )
    .argument("<preset or file>", "experiment to start from, or a sweep file");
  const training = addRunOptions(command)
    .optionsGroup("Options for the grid:")
    .option(
      "--regularizer <names>",
      "names, separated by commas or repeated (default: sliding)",
      repeated,
    )
    .option(
      "--grid <setting=values>",
      "values to try, separated by commas; repeat for more settings",
      repeated,
    )
    .option("--splits <numbers>", "splits to train on, such as 0-9 or 0,3 (default: 0)")
    .option("--seeds <numbers>", "seeds, such as 0-4 (default: 0)")
    .option(
      "--dry-run",
      "list the runs and estimate their time from a short trial, without running them",
    )
    .option("--no-trial", "with --dry-run: list only, without a trial or an estimate")
    .option(
      "--slurm <folder>",
      "write a Slurm array job for the runs to a folder, without running them",
    )
    .option("--max-array-size <count>", "with --slurm: the cluster's MaxArraySize (default: 1001)")
    .option("--max-running <count>", "with --slurm: most concurrent tasks (default: no limit)")
    .option(
      "--task <numbers>",
      "execute only these runs of the list, numbered from 0, such as 3,1004",
    )
    .option("--json", "print the runs as JSON");
  return addQueueOption(training, "let the workers of a queue execute the runs (tdnc worker):");
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
    process.stderr.write(
      "Give the same command to try the failed runs again; complete runs are kept.\n",
    );
}

/** @throws {BadArguments} If options were given that contradict each other. */
function checkTogether({ slurm, queue, dryRun, workers, ...rest }: Options): void {
  if (slurm === undefined && (rest.maxArraySize ?? rest.maxRunning) !== undefined)
    throw new BadArguments("--max-array-size and --max-running need --slurm");
  if (slurm !== undefined && (queue !== undefined || dryRun))
    throw new BadArguments("--slurm only writes a job: remove --queue and --dry-run");
  if (queue !== undefined && workers !== undefined && !dryRun)
    throw new BadArguments(
      "--workers counts runs on this machine: remove it with --queue; each worker of a queue has " +
        "its own --concurrency",
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
    // Rejected below.
  }
  throw new RangeError(`--task: expected numbers from 0 to ${count - 1}, got "${text}"`);
}

function listedRuns(file: { runs: unknown }, options: Options): SweepRun[] {
  const { regularizer, grid, splits, seeds } = options;
  const changes = { regularizer, grid, splits, seeds, ...givenSettings(options, NOT_OPTIONS) };
  const [change] = Object.entries(changes).find(([, value]) => value !== undefined) ?? [];
  if (change !== undefined)
    throw new RangeError(`a list of runs cannot be changed by options: remove ${change}`);
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

/** Runner that uses a queue; if its Redis is gone, a second Ctrl-C ends this process. */
async function queueOf(address: QueueAddress, backend: SelectedBackend["name"]): Promise<Runner> {
  const { queueRunner } = await import("../runs/queue/queueClient.js");
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  const ask = queueRunner({ address, backend, say });
  return (jobs, control) => {
    // Files are written completely or not at all.
    control.kill.addEventListener("abort", () => process.exit(130));
    return ask(jobs, control);
  };
}

function reportPlan(plan: readonly PlannedRun[]): void {
  for (const { folder, where } of plan)
    if (where !== folder) process.stderr.write(`${folder}: reused from ${where}\n`);
  const done = plan.filter(({ state }) => state === "done").length;
  process.stderr.write(`${plan.length} runs, ${done} of them done\n`);
}
