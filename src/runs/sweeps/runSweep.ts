import { existsSync } from "node:fs";
import path from "node:path";
import { checkedBackend } from "../../backend/backendNames";
import { selectBackend } from "../../backend/selectBackend";
import { settingsJson } from "../../training/settings/config";
import { samplerOf } from "../../training/trainingState";
import { findRuns } from "../findRuns";
import { readRecord, type RunRecord } from "../record";
import { splitData, splitsReader, type DataSource } from "../runData";
import type { RunControl, RunJob, Runner, RunOutcome } from "../runner";
import type { SweepRun } from "./sweep";
import { planSweep, runsToDo, type CheckedRun, type PlannedRun } from "./sweepPlan";

/** Output folder and data source of a sweep. */
export interface SweepSettings {
  readonly out: string;
  /** Requested backend, such as auto. */
  readonly backend: string;
  readonly source: DataSource;
}

/** Result of one run of a plan. */
export interface SweepResult {
  readonly run: PlannedRun;
  readonly status: RunOutcome["status"];
  /** Reason, if it failed. */
  readonly error?: string;
  /** Present if it is complete, with this sweep's names, even if the run was made under others. */
  readonly record?: RunRecord;
}

/**
 * Checks everything that can be checked before the first run starts: the backend's name, the data,
 * that every split exists and has classes large enough for its sub-batches.
 *
 * @param read Reader that reads each data set once.
 * @throws {Error} If something is wrong; the message names the run.
 */
export async function checkRuns(
  runs: readonly SweepRun[],
  { out, backend, source }: SweepSettings,
  read = splitsReader(source),
): Promise<CheckedRun[]> {
  checkedBackend(backend);
  const checked: CheckedRun[] = [];
  for (const { config, folder } of runs) {
    const loaded = await read(config);
    try {
      const { train, split } = splitData(loaded, config);
      samplerOf(config, train.labels);
      checked.push({ config, folder, split, rows: loaded.splits[config.split] });
    } catch (error) {
      const where = runs.length > 1 ? `${path.join(out, folder)}: ` : "";
      throw new Error(`${where}${(error as Error).message}`, { cause: error });
    }
  }
  return checked;
}

/**
 * Plan of a sweep, given the contents of its folder.
 *
 * @returns Plan, backend, and a line for each record that cannot be read.
 */
export async function planRuns(runs: readonly CheckedRun[], { out, backend }: SweepSettings) {
  const { name } = await selectBackend(backend);
  const found = existsSync(out) ? await findRuns([out]) : { runs: [], broken: [] };
  const plan = planSweep(runs, found.runs, { out, backend: name });
  return { plan, backend: name, broken: found.broken };
}

/** Executes a plan: the runner gets the pending runs; the results cover all runs. */
export async function runSweep(
  plan: readonly PlannedRun[],
  settings: SweepSettings,
  runner: Runner,
  control: RunControl,
): Promise<SweepResult[]> {
  const todo = runsToDo(plan);
  const outcomes = await runner(
    todo.map((run) => jobOf(run, settings)),
    control,
  );
  const outcomeIn = new Map(todo.map(({ folder }, i) => [folder, outcomes[i]]));
  return Promise.all(plan.map((run) => resultOf(run, outcomeIn.get(run.where))));
}

function jobOf(run: PlannedRun, { backend, source }: SweepSettings): RunJob {
  const { config, folder, split } = run;
  const rows = { source: split.source, rows: Array.from(run.rows) };
  return { config: settingsJson(config), folder, backend, source: { ...source, rows }, split };
}

/** @param outcome Undefined for a run that was complete before. */
async function resultOf(run: PlannedRun, outcome?: RunOutcome): Promise<SweepResult> {
  const { status = "complete", error } = outcome ?? {};
  const record = status === "complete" ? await readRecord(run.where) : undefined;
  const { preset, regularizer } = run.config;
  const named = record && { ...record, config: { ...record.config, preset, regularizer } };
  return { run, status, error, record: named };
}
