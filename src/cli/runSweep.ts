import { presetResults } from "../results/presetResults";
import { defaultProcesses, runPool } from "../runs/runPool";
import type { Runner, RunOutcome } from "../runs/runner";
import { checkRuns, runSweep, type SweepResult, type SweepSettings } from "../runs/sweeps/runSweep";
import { expandSweep, type SweepDefinition } from "../runs/sweeps/sweep";
import { planInPlace, runsToDo, type PlannedRun } from "../runs/sweeps/sweepPlan";
import { jsonText, refuse } from "./options";
import { resultsText } from "./printTable";
import { noProgress, reportProgress } from "./progress";
import { stopSignals } from "./stopSignals";

/** How a command trains. */
export interface RunSettings extends SweepSettings {
  /** Concurrent runs; by default {@link defaultProcesses}. */
  readonly processes?: number;
  /** Threads of each run; by default the runs share the cores. */
  readonly threads?: number;
  readonly quiet: boolean;
  /** The queue whose workers execute the runs; without it, processes of this machine do. */
  readonly queue?: Runner;
}

/** Concurrent runs on this machine. */
export const processCount = ({ processes, backend }: RunSettings) =>
  processes ?? defaultProcesses(backend);

/**
 * The plan of a sweep without a grid: regularizer after regularizer, each run in its own folder.
 *
 * @throws {BadArguments} If a name, a value or a split is not accepted; an error of a sweep with a
 *   cause only adds the place in the sweep.
 */
export async function planWithoutGrid(
  definition: SweepDefinition & { readonly regularizers: readonly string[] },
  settings: RunSettings,
): Promise<PlannedRun[]> {
  try {
    const runs = [...new Set(definition.regularizers)].flatMap((name) =>
      expandSweep({ ...definition, regularizers: [name] }),
    );
    return planInPlace(await checkRuns(runs, settings).catch(refuse), settings.out);
  } catch (error) {
    return refuse((error as Error).cause ?? error);
  }
}

/**
 * Executes a plan and shows its progress. Ctrl-C, SIGTERM or SIGHUP saves checkpoints and stops the
 * runs (runs in a queue continue); a second one ends them immediately.
 */
export async function runAndShow(
  plan: readonly PlannedRun[],
  settings: RunSettings,
): Promise<SweepResult[]> {
  const runs = runsToDo(plan).map(({ folder, config }) => ({
    name: folder,
    epochs: config.epochs,
  }));
  const progress = settings.quiet ? noProgress : reportProgress(runs);
  const signals = listenForSignals(
    settings.queue
      ? "no longer waiting: the runs in the queue continue"
      : "stopping after the current step and saving; press Ctrl-C again to stop immediately and " +
          "resume later from the last checkpoint",
  );
  try {
    const runner = settings.queue ?? runPool(processCount(settings), settings.threads);
    return await runSweep(plan, settings, runner, { onMessage: progress.show, ...signals });
  } finally {
    progress.end();
    signals.forget();
  }
}

/** The first signal stops the runs, with a message; the second kills them. */
function listenForSignals(answer: string) {
  const [stop, kill] = [new AbortController(), new AbortController()];
  const onSignal = () => {
    if (stop.signal.aborted) kill.abort();
    else process.stderr.write(`\n${answer}\n`);
    stop.abort();
  };
  const signals = stopSignals();
  for (const signal of signals) process.on(signal, onSignal);
  const forget = () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  return { stop: stop.signal, kill: kill.signal, forget };
}

/**
 * Prints the results of runs: their table, or all of them as JSON.
 *
 * @param isSweep Adds identities and validation to the JSON.
 */
export function printResults(
  results: readonly SweepResult[],
  { json, isSweep }: { json?: boolean; isSweep: boolean },
): void {
  if (json) {
    process.stdout.write(jsonText(results.map((result) => resultJson(result, isSweep))));
    return;
  }
  const records = results.flatMap(({ record }) => record ?? []);
  if (records.length === 0) return;
  process.stdout.write(resultsText(presetResults(records)));
}

function resultJson({ run, status, error, record }: SweepResult, isSweep: boolean): object {
  const { identity, where: folder, config } = run;
  const { train, test, validation } = record?.epochs[record.epochs.length - 1] ?? {};
  const { terminalPhaseEpoch, seconds } = record ?? {};
  const result = { folder, status, error, config, terminalPhaseEpoch, seconds, train, test };
  return isSweep ? { identity, ...result, validation } : result;
}

/**
 * Reports on standard error which runs did not finish, and why.
 *
 * @returns The exit code: 0 if all are complete, 130 if one was interrupted or left, else 1.
 */
export function reportOutcomes(results: readonly SweepResult[]): number {
  const own = results.filter(({ run }) => run.state !== "same");
  const failed = own.filter(({ status }) => status === "failed");
  for (const { run, error } of failed) process.stderr.write(`failed: ${run.where}: ${error}\n`);
  const count = (status: RunOutcome["status"]) => own.filter((one) => one.status === status).length;
  const done = `${count("complete")} of ${own.length} runs are complete.`;
  if (count("left") > 0)
    process.stderr.write(
      `left; ${done} The others continue in the queue: give the same command to collect them.\n`,
    );
  if (count("interrupted") > 0)
    process.stderr.write(
      `interrupted; ${done} Give the same command to resume from the checkpoints.\n`,
    );
  if (count("left") + count("interrupted") > 0) return 130;
  return failed.length > 0 ? 1 : 0;
}
