import type { SelectedBackend } from "../backend/backendNames";
import type { RunRecord, SplitOrigin } from "./record";
import type { DataSource } from "./runData";

/** A run as it is handed to a process: all of it survives JSON. */
export interface RunJob {
  /** The config as JSON. */
  readonly config: unknown;
  readonly folder: string;
  readonly backend: string;
  readonly source: DataSource;
  /** The data must be of this split, or the run is refused. */
  readonly split: Required<SplitOrigin>;
}

/** The progress that is shown of an epoch while its run continues. */
export interface EpochProgress {
  readonly epoch: number;
  readonly loss: number;
  readonly train?: { readonly accuracy: number };
  readonly test?: { readonly accuracy: number };
  readonly seconds: { readonly training: number; readonly measuring: number };
}

/**
 * Why a run failed, where it matters: `diverged` will fail again anywhere, `unable` is this
 * machine's lack (of the data, the backend, room on its disk) and may succeed on another.
 */
export type FailureKind = "diverged" | "unable";

/** A message from a run. */
export type RunMessage =
  | { readonly kind: "backend"; readonly backend: SelectedBackend }
  | { readonly kind: "started"; readonly epoch: number }
  | { readonly kind: "epoch"; readonly epoch: EpochProgress }
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "ended"; readonly status: RunRecord["status"] }
  | { readonly kind: "failed"; readonly error: string; readonly failure?: FailureKind };

/** The end of a run. */
export interface RunOutcome {
  readonly job: RunJob;
  /** `left`: it goes on where this process does not see it. */
  readonly status: "complete" | "interrupted" | "left" | "failed";
  /** Why, if it failed. */
  readonly error?: string;
  readonly failure?: FailureKind;
}

/** Listens to runs and stops them. */
export interface RunControl {
  /** Called with everything that is heard of the run number `index`. */
  readonly onMessage: (index: number, message: RunMessage) => void;
  /** Asks the runs to stop, or leaves them; those that wait are not begun. */
  readonly stop: AbortSignal;
  /** Ends at once. */
  readonly kill: AbortSignal;
}

/**
 * Executes runs, here or elsewhere: each is complete in its folder, with its record, when its outcome says
 * so. A run that fails does not stop the others.
 *
 * @returns An outcome a job, in their order.
 */
export type Runner = (jobs: readonly RunJob[], control: RunControl) => Promise<RunOutcome[]>;
