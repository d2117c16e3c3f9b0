import { settingsJson } from "../training/settings/config";
import { pairedComparisons } from "../results/pairedComparisons";
import { readRecord, type RunRecord } from "../runs/record";
import { resultTable } from "../results/resultTable";
import type { RunOutcome } from "../runs/runner";
import type { PlannedRun } from "../runs/sweeps/sweepPlan";
import { comparisonText, tableText } from "./printTable";
import { reportOutcomes, runExperiments, type RunSettings } from "./runExperiments";

/** What came of one run of a sweep. */
interface SweepResult {
  readonly run: PlannedRun;
  readonly outcome: RunOutcome;
  /** If it is complete: with this sweep's names, though the run was made under others. */
  readonly record?: RunRecord;
}

/**
 * Does what a sweep has to do, and prints the results of all of its runs.
 *
 * @returns The exit code.
 */
export async function runSweep(
  plan: readonly PlannedRun[],
  settings: RunSettings,
  asJson: boolean,
): Promise<number> {
  sayPlan(plan);
  const todo = plan.filter(({ state }) => state !== "done" && state !== "same");
  const configs = todo.map(({ config }) => config);
  const folders = todo.map(({ folder }) => folder);
  const { outcomes } = await runExperiments(configs, settings, folders);
  const results = await resultsOf(plan, new Map(folders.map((at, i) => [at, outcomes[i]])));
  if (asJson) process.stdout.write(`${JSON.stringify(results.map(json), undefined, 2)}\n`);
  else {
    const records = results.flatMap(({ record }) => record ?? []);
    if (records.length > 0)
      process.stdout.write(
        tableText(resultTable(records)) + comparisonText(pairedComparisons(records)),
      );
  }
  const own = results.filter(({ run }) => run.state !== "same").map(({ outcome }) => outcome);
  const code = reportOutcomes(own);
  if (code === 1)
    process.stderr.write("The same command tries what failed again, and keeps what is complete.\n");
  return code;
}

function sayPlan(plan: readonly PlannedRun[]): void {
  for (const { folder, where } of plan)
    if (where !== folder) process.stderr.write(`${folder}: is the run in ${where}\n`);
  const done = plan.filter(({ state }) => state === "done").length;
  process.stderr.write(`${plan.length} runs, ${done} of them done\n`);
}

/** @param outcomes By the folder of the run. */
async function resultsOf(
  plan: readonly PlannedRun[],
  outcomes: ReadonlyMap<string, RunOutcome>,
): Promise<SweepResult[]> {
  return Promise.all(
    plan.map(async (run) => {
      const outcome = outcomes.get(run.where) ?? doneBefore(run);
      const record = outcome.status === "complete" ? await readRecord(run.where) : undefined;
      if (record === undefined) return { run, outcome };
      const { preset, regularizer } = run.config;
      return {
        run,
        outcome,
        record: { ...record, config: { ...record.config, preset, regularizer } },
      };
    }),
  );
}

function doneBefore({ config, where: folder }: PlannedRun): RunOutcome {
  const job = { config: settingsJson(config), folder, backend: "auto", source: {} };
  return { job, status: "complete" };
}

function json({ run, outcome, record }: SweepResult) {
  const { identity, where: folder, config } = run;
  const { train, test, validation } = record?.epochs[record.epochs.length - 1] ?? {};
  const { terminalPhaseEpoch, seconds } = record ?? {};
  const { status, error } = outcome;
  const results = { terminalPhaseEpoch, seconds, train, test, validation };
  return { identity, folder, status, error, config, ...results };
}
