import { mean } from "../statistics/summary";
import type { FoundRun } from "./findRuns";
import { poolSeconds } from "./runPool";

/** Progress of a run. */
export interface RunStatus {
  readonly folder: string;
  /** `running` if a living process has its lock. */
  readonly state: "done" | "running" | "interrupted" | "failed";
  /** Epochs in the record; a running run may be ahead by less than `checkpointEvery`. */
  readonly epochsDone: number;
  readonly epochs: number;
  /** Including measurements; null before the first epoch. */
  readonly secondsPerEpoch: number | null;
  /** Seconds left, at its own pace or else the mean pace of the others; null if unknown. */
  readonly secondsLeft: number | null;
  /** Reason, if it failed. */
  readonly error?: string;
}

/** Progress of several runs. */
export interface StatusSummary {
  readonly counts: Readonly<Record<RunStatus["state"], number>>;
  /** Seconds until all running runs are done; null if unknown. */
  readonly runningSecondsLeft: number | null;
  /**
   * Seconds for the interrupted runs, with as many concurrent runs as now (at least one); null if
   * unknown.
   */
  readonly interruptedSecondsLeft: number | null;
}

/** Progress of runs, from their records and locks. */
export function runStatuses(runs: readonly FoundRun[]): RunStatus[] {
  const paces = runs.flatMap((run) => paceOf(run) ?? []);
  const pace = paces.length > 0 ? mean(paces) : null;
  return runs.map((run) => {
    const { folder, record } = run;
    const { epochs } = record.config;
    const epochsDone = record.epochs.length;
    const secondsPerEpoch = paceOf(run);
    const state = stateOf(run);
    const atPace = secondsPerEpoch ?? pace;
    return {
      folder,
      state,
      epochsDone,
      epochs,
      secondsPerEpoch,
      secondsLeft: state === "done" ? 0 : atPace && atPace * (epochs - epochsDone),
      ...(state === "failed" && { error: record.error ?? "its record gives no reason" }),
    };
  });
}

function stateOf({ record, process }: FoundRun): RunStatus["state"] {
  if (record.status === "complete") return "done";
  if (process !== undefined) return "running";
  return record.status === "failed" ? "failed" : "interrupted";
}

function paceOf({ record }: FoundRun): number | null {
  return record.epochs.length > 0 ? record.seconds / record.epochs.length : null;
}

/** Counts of runs by state, and the time left. */
export function statusSummary(statuses: readonly RunStatus[]): StatusSummary {
  const of = (state: RunStatus["state"]) => statuses.filter((status) => status.state === state);
  const counts = {
    done: of("done").length,
    running: of("running").length,
    interrupted: of("interrupted").length,
    failed: of("failed").length,
  };
  const left = (state: RunStatus["state"], together: (seconds: number[]) => number) => {
    const seconds = of(state).map(({ secondsLeft }) => secondsLeft);
    return seconds.includes(null) ? null : together(seconds as number[]);
  };
  const atOnce = Math.max(1, counts.running);
  return {
    counts,
    runningSecondsLeft: left("running", (seconds) => Math.max(0, ...seconds)),
    interruptedSecondsLeft: left("interrupted", (seconds) => poolSeconds(seconds, atOnce)),
  };
}
