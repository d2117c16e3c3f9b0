import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { runListJson } from "./runList";
import type { SweepRun } from "./sweep";
import type { PlannedRun } from "./sweepPlan";
import { BadArguments } from "../../cli/badArguments";
import type { RunSettings } from "../../cli/runExperiments";

const RUNS_FILE = "runs.json";
const SCRIPT_FILE = "job.sh";
/** The largest index of an array that Slurm takes, unless its MaxArraySize says otherwise. */
const LARGEST_INDEX = 1000;

/**
 * Writes what a cluster with Slurm needs to do a sweep: the runs, and a script whose n-th task does
 * the n-th run with the ordinary command.
 *
 * @param runs With their folders within `settings.out`.
 * @param plan What is to do of them, in their order.
 * @param backend That all tasks compute on.
 * @param folder Gets the two files and the tasks' logs; as `settings.out`, of a file system that the
 *   cluster's machines share.
 * @returns How to go on, as text.
 * @throws {Error} If the folder holds the list of another sweep.
 */
export async function writeSlurmJob(
  runs: readonly SweepRun[],
  plan: readonly PlannedRun[],
  settings: RunSettings,
  backend: string,
  folder: string,
): Promise<string> {
  const indices = plan.flatMap(({ state }, i) => (state === "done" || state === "same" ? [] : [i]));
  const done = `${plan.length} runs, ${plan.length - indices.length} of them done or the same`;
  for (const name of [folder, settings.out, ...sourceWords(settings)])
    if (/\p{Cc}/u.test(name))
      throw new BadArguments(
        `expected names without control characters, got ${JSON.stringify(name)}`,
      );
  if (indices.length === 0) return `${done}; nothing to submit\n`;
  await mkdir(folder, { recursive: true });
  const [list, script] = [RUNS_FILE, SCRIPT_FILE].map((name) => path.join(folder, name));
  await writeList(list, runListJson(runs));
  const command = taskCommand(path.resolve(list), settings, backend);
  await writeFile(script, slurmScript(indices, command, path.resolve(folder)), { mode: 0o755 });
  const gather = ["npx tdnc sweep", quoted(list), "--out", quoted(settings.out)]
    .concat("--backend", backend, sourceWords(settings).map(quoted))
    .join(" ");
  return [
    `${done}; wrote ${list} and ${script}`,
    `submit:   sbatch ${quoted(script)}`,
    `look:     npx tdnc status ${quoted(settings.out)}`,
    `gather:   ${gather} --dry-run --no-trial, then npx tdnc table ${quoted(settings.out)}`,
    "A task that was stopped goes on from its checkpoint when the job is submitted again.",
    ...(Math.max(...indices) > LARGEST_INDEX
      ? [`Slurm takes indices to ${LARGEST_INDEX} unless MaxArraySize allows more: submit parts.`]
      : []),
    "",
  ].join("\n");
}

/** Writes the list of the runs, which tasks that were submitted read by their number. */
async function writeList(file: string, json: string): Promise<void> {
  const there = await readFile(file, "utf8").catch(() => undefined);
  if (there === json) return;
  if (there !== undefined)
    throw new Error(`${file} lists other runs, of which tasks may wait: choose another folder`);
  await writeFile(file, json);
}

/** The words of the command that does the run of a task, but for its number. */
function taskCommand(list: string, settings: RunSettings, backend: string): string[] {
  return [
    ...[process.execPath, path.join(__dirname, "../../cli/main.js"), "sweep", list],
    ...["--out", path.resolve(settings.out), "--backend", backend, "--workers", "1"],
    ...sourceWords(settings),
  ];
}

/** The options that say where data comes from. */
function sourceWords({ source: { dataFolder, splitsFile } }: RunSettings): string[] {
  return [
    ...(dataFolder === undefined ? [] : ["--data", path.resolve(dataFolder)]),
    ...(splitsFile === undefined ? [] : ["--splits-file", path.resolve(splitsFile)]),
  ];
}

/**
 * An array job.
 *
 * @param indices Of the runs to do, ascending.
 * @param command Its words, to which the number of the task is added.
 * @param folder Gets the logs.
 */
export function slurmScript(
  indices: readonly number[],
  command: readonly string[],
  folder: string,
): string {
  return `#!/bin/bash
#SBATCH --job-name=tdnc
#SBATCH --array=${ranges(indices)}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --output="${folder.replaceAll("%", "%%").replaceAll('"', '\\"')}/task-%a.log"
#SBATCH --open-mode=append
# Before its time is up a task gets a signal to write its checkpoint.
#SBATCH --signal=B:TERM@120
# Partition, time and memory are your cluster's: give them to sbatch, or here.
exec ${command.map(quoted).join(" ")} --task "$SLURM_ARRAY_TASK_ID"
`;
}

/** Ascending numbers as Slurm writes them: 0-3,7. */
export function ranges(numbers: readonly number[]): string {
  const parts: [from: number, to: number][] = [];
  for (const number of numbers) {
    const last = parts[parts.length - 1];
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(",");
}

/** A word as bash takes it. */
const quoted = (word: string) =>
  /^[\w./:=,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
