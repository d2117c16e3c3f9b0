import type { SelectedBackend } from "../backend/selectBackend";
import type { RunRecord } from "../experiment/record";
import type { DataSource } from "../experiment/runData";
import type { EpochRecord } from "../experiment/train";

/** A run as it is handed to a process: all of it survives JSON. */
export interface RunJob {
  /** The config as JSON. */
  readonly config: unknown;
  readonly folder: string;
  readonly backend: string;
  readonly source: DataSource;
}

/** What the process says of its run. */
export type RunMessage =
  | { readonly kind: "backend"; readonly backend: SelectedBackend }
  | { readonly kind: "started"; readonly epoch: number }
  | { readonly kind: "epoch"; readonly epoch: EpochRecord }
  | { readonly kind: "ended"; readonly status: RunRecord["status"] }
  | { readonly kind: "failed"; readonly error: string };
