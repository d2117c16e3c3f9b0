import path from "node:path";
import { checkedBackend } from "../backend/selectBackend";
import { settingsJson, type ExperimentConfig } from "../training/settings/config";
import { readRecord, type RunRecord, type SplitOrigin } from "../runs/record";
import { loadSplits, splitData, type DataSource, type LoadedSplits } from "../runs/runData";
import type { RunJob, Runner, RunOutcome } from "../runs/runner";
import { samplerOf } from "../training/trainingState";
import { noProgress, reportProgress } from "./progress";
import { defaultWorkers, runPool } from "../runs/runPool";

/** Where and how the command line runs experiments. */
export interface RunSettings {
  readonly out: string;
  readonly backend: string;
  /** Processes at once; without a number those of {@link defaultWorkers}. */
  readonly workers?: number;
  readonly source: DataSource;
  readonly quiet?: boolean;
  /** What does the runs; without it, processes of this machine. */
  readonly runner?: Runner;
}

/** What came of the runs. */
export interface RunResults {
  readonly folders: readonly string[];
  readonly outcomes: readonly RunOutcome[];
  /** Of the runs that are complete. */
  readonly records: readonly RunRecord[];
}

/** A run's folder: OUT/<preset>-<regularizer>/split-<k>-seed-<s>. */
export function runFolder(out: string, config: ExperimentConfig): string {
  const { preset, regularizer, split, seed } = config;
  return path.join(out, `${preset}-${regularizer}`, `split-${split}-seed-${seed}`);
}

/**
 * Checks all that can be checked before the first run starts: the backend's name, the data, that
 * every split exists and has classes large enough for its sub-batches.
 *
 * @returns The split of each.
 * @throws {Error} If something is wrong: what, and of several runs in which.
 */
export async function checkRuns(
  configs: readonly ExperimentConfig[],
  { backend, source, out }: RunSettings,
  folders = configs.map((config) => runFolder(out, config)),
): Promise<SplitOrigin[]> {
  checkedBackend(backend);
  const loaded = new Map<string, Promise<LoadedSplits>>();
  const origins: SplitOrigin[] = [];
  for (const [i, config] of configs.entries()) {
    const key = `${config.dataset} ${config.labelCount} ${config.splitSeed}`;
    if (!loaded.has(key)) loaded.set(key, loadSplits(config, source));
    const splits = await loaded.get(key)!;
    try {
      const { train, split } = splitData(splits, config);
      samplerOf(config, train.labels);
      origins.push(split);
    } catch (error) {
      const where = configs.length > 1 ? `${folders[i]}: ` : "";
      throw new Error(`${where}${(error as Error).message}`, { cause: error });
    }
  }
  return origins;
}

/**
 * Runs experiments and shows their progress. Ctrl-C, or SIGTERM, stops them with their checkpoints
 * written (runs in a queue are left); a second one ends them at once.
 */
export async function runExperiments(
  configs: readonly ExperimentConfig[],
  settings: RunSettings,
  folders = configs.map((config) => runFolder(settings.out, config)),
): Promise<RunResults> {
  const jobs = configs.map((config, i): RunJob => {
    const { backend, source } = settings;
    return { config: settingsJson(config), folder: folders[i], backend, source };
  });
  const runs = configs.map(({ epochs }, i) => ({ name: folders[i], epochs }));
  const progress = settings.quiet ? noProgress : reportProgress(runs);
  const signals = listenForSignals(
    settings.runner
      ? "no longer waiting: the runs in the queue go on"
      : "stopping after the current step and saving; Ctrl-C again ends at once, and the next start " +
          "goes on from the last checkpoint",
  );
  try {
    const run = settings.runner ?? runPool(settings.workers ?? defaultWorkers(settings.backend));
    const outcomes = await run(jobs, { onMessage: progress.show, ...signals });
    const complete = outcomes.filter(({ status }) => status === "complete");
    const records = await Promise.all(complete.map(({ job }) => readRecord(job.folder)));
    return { folders, outcomes, records: records.filter((record) => record !== undefined) };
  } finally {
    progress.end();
    signals.forget();
  }
}

/** The first signal stops, and is answered; the second kills. */
function listenForSignals(answer: string) {
  const [stop, kill] = [new AbortController(), new AbortController()];
  const onSignal = () => {
    if (stop.signal.aborted) kill.abort();
    else process.stderr.write(`\n${answer}\n`);
    stop.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  const forget = () => {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  };
  return { stop: stop.signal, kill: kill.signal, forget };
}

/**
 * Says on standard error which runs did not finish, and why.
 *
 * @returns The exit code: 0 if all are complete, 130 if one was interrupted or left, else 1.
 */
export function reportOutcomes(outcomes: readonly RunOutcome[]): number {
  const failed = outcomes.filter(({ status }) => status === "failed");
  for (const { job, error } of failed) process.stderr.write(`failed: ${job.folder}: ${error}\n`);
  const has = (status: RunOutcome["status"]) => outcomes.some((one) => one.status === status);
  const complete = outcomes.filter(({ status }) => status === "complete").length;
  const count = `${complete} of ${outcomes.length} runs are complete.`;
  if (has("left"))
    process.stderr.write(
      `left; ${count} The others go on in the queue: the same command comes back to collect them.\n`,
    );
  if (has("interrupted"))
    process.stderr.write(`interrupted; ${count} The same command goes on from the checkpoints.\n`);
  if (has("left") || has("interrupted")) return 130;
  return failed.length > 0 ? 1 : 0;
}
