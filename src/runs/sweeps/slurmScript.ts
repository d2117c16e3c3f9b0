import { readFile } from "node:fs/promises";
import path from "node:path";
import { atomicWrite, makeFolder } from "../../files/atomicWrite";
import { runListJson } from "./runList";
import type { SweepRun } from "./sweep";
import { runsToDo, type PlannedRun } from "./sweepPlan";

const RUNS_FILE = "runs.json";
const SCRIPT_FILE = "job.sh";
/** Slurm's default MaxArraySize: the indices of an array are below it. */
export const MAX_ARRAY_SIZE = 1001;

/** Settings of all tasks of an array job. */
export interface SlurmJob {
  /** Words of the command `tdnc` on the cluster's machines. */
  readonly program: readonly string[];
  /** Folder of the sweep, on a file system that the cluster's machines share. */
  readonly out: string;
  /** Backend of all tasks. */
  readonly backend: string;
  readonly dataFolder?: string;
  readonly splitsFile?: string;
  /** Folder for the list, the script and the tasks' logs, also on a shared file system. */
  readonly folder: string;
  /** MaxArraySize of the cluster; {@link MAX_ARRAY_SIZE} by default. */
  readonly maxArraySize?: number;
  /** Limit on concurrent tasks; none by default. */
  readonly maxRunning?: number;
}

/**
 * Writes the files for a sweep on a Slurm cluster: the runs, and a script whose n-th task executes
 * the n-th run with the ordinary command. With more runs than array indices, the task executes
 * every `maxArraySize`-th run from the n-th, one after the other.
 *
 * @param runs Runs with their folders inside `job.out`.
 * @param plan Plan of these runs, in order.
 * @returns Text that describes the next steps.
 * @throws {RangeError} If a name contains control characters.
 * @throws {Error} If the folder contains the list of another sweep.
 */
export async function writeSlurmJob(
  runs: readonly SweepRun[],
  plan: readonly PlannedRun[],
  job: SlurmJob,
): Promise<string> {
  const { folder, out, maxArraySize = MAX_ARRAY_SIZE } = job;
  for (const name of [folder, out, ...sourceWords(job)])
    if (/\p{Cc}/u.test(name))
      throw new RangeError(
        `expected names without control characters, got ${JSON.stringify(name)}`,
      );
  const indices = runsToDo(plan).map((run) => plan.indexOf(run));
  const done = `${plan.length} runs, ${plan.length - indices.length} of them done or duplicates`;
  if (indices.length === 0) return `${done}; nothing to submit\n`;
  await makeFolder(folder);
  const [list, script] = [RUNS_FILE, SCRIPT_FILE].map((name) => path.join(folder, name));
  await writeList(list, runListJson(runs));
  const tasks = tasksOf(indices, maxArraySize);
  const command = taskCommand(path.resolve(list), job);
  const text = slurmScript(tasks, command, path.resolve(folder), job.maxRunning);
  await atomicWrite(script, text, undefined, 0o755);
  const most = Math.max(...[...tasks.values()].map(({ length }) => length));
  return `${done}; wrote ${list} and ${script}\n${nextSteps(list, script, job, most)}`;
}

/**
 * Runs of each task of an array.
 *
 * @param indices Indices of the runs, ascending.
 * @param count Upper bound of the task numbers.
 */
function tasksOf(indices: readonly number[], count: number): Map<number, number[]> {
  const tasks = new Map<number, number[]>();
  for (const index of indices)
    tasks.set(index % count, [...(tasks.get(index % count) ?? []), index]);
  return tasks;
}

/** Instructions to submit the job, check it and collect its runs. */
function nextSteps(list: string, script: string, job: SlurmJob, most: number): string {
  const out = quoted(job.out);
  const gather = ["npx tdnc sweep", quoted(list), "--out", out, "--backend", job.backend]
    .concat(sourceWords(job).map(quoted))
    .join(" ");
  return [
    `submit:   sbatch ${quoted(script)}`,
    `look:     npx tdnc status ${out}`,
    `gather:   ${gather} --dry-run --no-trial, then npx tdnc table ${out}`,
    "A stopped task resumes from its checkpoint when the job is submitted again.",
    ...(most > 1
      ? [
          `A task executes up to ${most} runs, one after the other: its time limit must suffice for all of them.`,
        ]
      : []),
    "",
  ].join("\n");
}

/** Writes the list of runs, which submitted tasks read by number. */
async function writeList(file: string, json: string): Promise<void> {
  const there = await readFile(file, "utf8").catch(() => undefined);
  if (there === json) return;
  if (there !== undefined)
    throw new Error(`${file} lists other runs, whose tasks may be waiting: choose another folder`);
  await atomicWrite(file, json);
}

/** Words of the command that executes the runs of a task, without their numbers. */
function taskCommand(list: string, job: SlurmJob): string[] {
  const where = ["--out", path.resolve(job.out), "--backend", job.backend, "--workers", "1"];
  return [...job.program, "sweep", list, ...where, ...sourceWords(job)];
}

/** Options that name the data. */
function sourceWords({ dataFolder, splitsFile }: SlurmJob): string[] {
  return [
    ...(dataFolder === undefined ? [] : ["--data", path.resolve(dataFolder)]),
    ...(splitsFile === undefined ? [] : ["--splits-file", path.resolve(splitsFile)]),
  ];
}

/**
 * Script of an array job.
 *
 * @param tasks Numbers of each task's runs.
 * @param command Words of the command, to which the run numbers are added.
 * @param folder Folder for the logs.
 * @param maxRunning Limit on concurrent tasks.
 */
export function slurmScript(
  tasks: ReadonlyMap<number, readonly number[]>,
  command: readonly string[],
  folder: string,
  maxRunning?: number,
): string {
  const numbers = [...tasks.keys()].sort((a, b) => a - b);
  const runs = numbers.map((task) => `[${task}]=${tasks.get(task)!.join(",")}`).join(" ");
  return `#!/bin/bash
#SBATCH --job-name=tdnc
#SBATCH --array=${ranges(numbers)}${maxRunning === undefined ? "" : `%${maxRunning}`}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --output="${folder.replaceAll("%", "%%").replaceAll('"', '\\"')}/task-%a.log"
#SBATCH --open-mode=append
# Before its time is up a task gets a signal to write its checkpoint.
#SBATCH --signal=B:TERM@120
# Partition, time and memory are your cluster's: give them to sbatch, or here.
# The runs of each task, by their numbers in the list.
runs=(${runs})
exec ${command.map(quoted).join(" ")} --task "\${runs[SLURM_ARRAY_TASK_ID]}"
`;
}

/** Ascending numbers in Slurm's form: 0-3,7. */
export function ranges(numbers: readonly number[]): string {
  const parts: [from: number, to: number][] = [];
  for (const number of numbers) {
    const last = parts[parts.length - 1];
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(",");
}

/** Word quoted for bash. */
const quoted = (word: string) =>
  /^[\w./:=,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
