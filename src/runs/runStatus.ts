import { mean } from "../statistics/summary";
import type { FoundRun } from "./findRuns";
import { poolSeconds } from "./runPool";

/** The progress of a run. */
export interface RunStatus {
  readonly folder: string;
  /** `running` if a living process has its lock. */
  readonly state: "done" | "running" | "interrupted" | "failed";
  /** Epochs in the record; a running run may be ahead by less than `checkpointEvery`. */
  readonly epochsDone: number;
  readonly epochs: number;
  /** Measuring included; null if no epoch is done. */
  readonly secondsPerEpoch: number | null;
  /** Seconds, at its own pace or else the mean pace of the others; null if there is none. */
  readonly secondsLeft: number | null;
  /** Why, if it failed. */
  readonly error?: string;
}

/** The progress of several runs. */
export interface StatusSummary {
  readonly counts: Readonly<Record<RunStatus["state"], number>>;
  /** Until the last of the running ones is done; null if that cannot be told. */
  readonly runningSecondsLeft: number | null;
  /**
   * What the interrupted ones take, as many at once as run now (one, if none does); null if that
   * cannot be told.
   */
  readonly interruptedSecondsLeft: number | null;
}

/** The progress of runs, from their records and locks. */
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
