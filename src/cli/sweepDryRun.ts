import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { threadsOfEach } from "../backend/threads";
import { runCosts, secondsLeft, trialConfig, type RunCosts } from "../runs/runCosts";
import { IDENTITY_DIGITS } from "../runs/runIdentity";
import { poolSeconds } from "../runs/runPool";
import type { SweepResult } from "../runs/sweeps/runSweep";
import type { PlannedRun } from "../runs/sweeps/sweepPlan";
import { jsonText } from "./options";
import { processCount, runAndShow, type RunSettings } from "./runSweep";
import { alignedText, durationText } from "./textFormats";

/** Estimated time of a sweep. */
interface Estimate {
  /** The run whose first epochs were the trial. */
  readonly triedFolder: string;
  readonly costs: RunCosts;
  /** Time left of each run of the plan, in seconds; null for runs without work left. */
  readonly runSeconds: readonly (number | null)[];
  readonly workers: number;
  readonly totalSeconds: number;
}

/** Whether a run has epochs left, and its folder is not another run's. */
const isToDo = ({ state }: PlannedRun) => ["todo", "resume", "running"].includes(state);

/**
 * Lists the runs of a sweep, with an estimate of their time if a trial is asked for.
 *
 * @returns The exit code.
 */
export async function dryRun(
  plan: readonly PlannedRun[],
  settings: RunSettings,
  { trial, json }: { trial: boolean; json?: boolean },
): Promise<number> {
  const first = plan.find(isToDo);
  const tried = trial && first !== undefined ? await tryRun(first, settings) : undefined;
  const estimate = tried?.record && estimateOf(plan, first!, runCosts(tried.record), settings);
  process.stdout.write(
    json
      ? jsonText({ runs: plan.map(runJson), estimate })
      : `${planTable(plan, estimate)}\n${countText(plan)}\n${estimate ? estimateText(estimate) : ""}`,
  );
  if (tried === undefined || estimate !== undefined) return 0;
  const isStopped = tried.status === "interrupted";
  const why = isStopped ? "was interrupted" : `failed: ${tried.error}`;
  process.stderr.write(`no estimate: the trial ${why}\n`);
  return isStopped ? 130 : 1;
}

/** A few epochs of a run, in a process like the real ones and a folder that is removed. */
async function tryRun(run: PlannedRun, settings: RunSettings): Promise<SweepResult> {
  if (!settings.quiet) process.stderr.write("measuring a trial of a few epochs\n");
  const folder = await mkdtemp(path.join(os.tmpdir(), "tdnc-trial-"));
  const trial = { ...run, config: trialConfig(run.config), folder, where: folder };
  try {
    // On this machine: in a queue it would wait for a worker, and stay there.
    const threads = settings.threads ?? threadsOfEach(processCount(settings));
    const [result] = await runAndShow([trial], { ...settings, processes: 1, threads, quiet: true });
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function estimateOf(
  plan: readonly PlannedRun[],
  tried: PlannedRun,
  costs: RunCosts,
  settings: RunSettings,
): Estimate {
  const runSeconds = plan.map((run) =>
    isToDo(run) ? secondsLeft(run.config, costs, tried.config, run.epochs) : null,
  );
  const workers = processCount(settings);
  const left = runSeconds.filter((seconds) => seconds !== null);
  const totalSeconds = poolSeconds(left, workers);
  return { triedFolder: tried.folder, costs, runSeconds, workers, totalSeconds };
}

/** The printed part of a run: not its rows. */
function runJson({ config, folder, identity, where, epochs, state }: PlannedRun): object {
  return { config, folder, identity, where, epochs, state };
}

function planTable(plan: readonly PlannedRun[], estimate: Estimate | undefined): string {
  const rows = plan.map((run, i) => {
    const seconds = estimate?.runSeconds[i] ?? null;
    const time = seconds === null ? "" : durationText(seconds);
    const cells = [run.identity.slice(0, IDENTITY_DIGITS), run.folder];
    return [...cells, ...(estimate ? [time] : []), stateText(run)];
  });
  const header = ["identity", "folder", ...(estimate ? ["estimate"] : []), "state"];
  return alignedText(
    [header, ...rows],
    header.map((name) => name === "estimate"),
  );
}

function stateText({ state, folder, where, epochs }: PlannedRun): string {
  const texts = {
    done: where === folder ? "done" : `done in ${where}`,
    same: `the same as ${where}`,
    running: `running, epoch ${epochs} is done`,
    resume: `to resume from epoch ${epochs}`,
    conflict: "will fail: its folder holds another run",
    todo: "to do",
  };
  return texts[state];
}

function countText(plan: readonly PlannedRun[]): string {
  const count = (...states: PlannedRun["state"][]) =>
    plan.filter(({ state }) => states.includes(state)).length;
  const parts = [
    `${count("done")} done`,
    `${count("running")} running`,
    `${count("resume")} to resume`,
    `${count("todo")} to do`,
    ...(count("same") > 0 ? [`${count("same")} the same as others`] : []),
    ...(count("conflict") > 0 ? [`${count("conflict")} will fail`] : []),
  ];
  return `${plan.length} runs: ${parts.join(", ")}`;
}

function estimateText({ costs, runSeconds, workers, totalSeconds }: Estimate): string {
  const left = runSeconds.filter((seconds) => seconds !== null);
  const [least, most] = [Math.min(...left), Math.max(...left)].map(durationText);
  const epoch = durationText(costs.training + costs.measuring);
  const report =
    costs.reporting > 0 ? `, ${durationText(costs.reporting)} a report of all measures` : "";
  return (
    `trial: ${epoch} an epoch, ${durationText(costs.testing)} a test${report}, one run at a time\n` +
    `estimate: ${least === most ? least : `${least} to ${most}`} a run, ` +
    `${durationText(totalSeconds)} in total with ${Math.min(workers, left.length)} concurrent runs\n`
  );
}
