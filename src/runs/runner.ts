import type { SelectedBackend } from "../backend/backendNames";
import type { RunRecord, SplitOrigin } from "./record";
import type { DataSource } from "./runData";

/** Run as JSON data for a process. */
export interface RunJob {
  /** The config as JSON. */
  readonly config: unknown;
  readonly folder: string;
  readonly backend: string;
  readonly source: DataSource;
  /** Required split of the data; otherwise the run is rejected. */
  readonly split: Required<SplitOrigin>;
}

/** Progress of an epoch that is shown while its run continues. */
export interface EpochProgress {
  readonly epoch: number;
  readonly loss: number;
  readonly train?: { readonly accuracy: number };
  readonly test?: { readonly accuracy: number };
  readonly seconds: { readonly training: number; readonly measuring: number };
}

/**
 * Kind of failure: `diverged` fails again on any machine; `unable` means that this machine lacks
 * data, the backend or disk space, and another one may succeed.
 */
export type FailureKind = "diverged" | "unable";

/** Message from a run. */
export type RunMessage =
  | { readonly kind: "backend"; readonly backend: SelectedBackend }
  | { readonly kind: "started"; readonly epoch: number }
  | { readonly kind: "epoch"; readonly epoch: EpochProgress }
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "ended"; readonly status: RunRecord["status"] }
  | { readonly kind: "failed"; readonly error: string; readonly failure?: FailureKind };

/** End of a run. */
export interface RunOutcome {
  readonly job: RunJob;
  /** `left`: it continues out of sight of this process. */
  readonly status: "complete" | "interrupted" | "left" | "failed";
  /** Reason, if it failed. */
  readonly error?: string;
  readonly failure?: FailureKind;
}

/** Listens to runs and stops them. */
export interface RunControl {
  /** Called with every message of the run number `index`. */
  readonly onMessage: (index: number, message: RunMessage) => void;
  /** Asks the runs to stop, or leaves them; waiting runs are not started. */
  readonly stop: AbortSignal;
  /** Ends immediately. */
  readonly kill: AbortSignal;
}

/**
 * Executes runs, here or elsewhere. A run with the outcome complete has its record in its folder. A
 * run that fails does not stop the others.
 *
 * @returns One outcome per job, in order.
 */
export type Runner = (jobs: readonly RunJob[], control: RunControl) => Promise<RunOutcome[]>;
