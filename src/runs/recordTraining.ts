import type { SelectedBackend } from "../backend/backendNames";
import type { TrainingData } from "../data/imageSet";
import type { ExperimentConfig } from "../training/settings/config";
import { train, type EpochRecord } from "../training/train";
import { disposeState, initialState, type TrainingState } from "../training/trainingState";
import { newRecord, withEpochs, type RunRecord, type SplitOrigin } from "./record";

/** How a training is recorded. */
export interface RecordingOptions {
  /** Where to start: the state of the config's network and seed unless given. Disposed at the end. */
  readonly state?: TrainingState;
  /** Stops within a step. */
  readonly signal?: AbortSignal;
  /** Called after each epoch, with the record up to it and the state that it left. */
  readonly onEpoch?: (record: RunRecord, state: TrainingState) => void | Promise<void>;
}

/**
 * Trains and keeps the epochs in a record, in memory: what a notebook draws. `runExperiment` is the
 * same with a folder, and resumes.
 *
 * @returns The record: "complete", or "interrupted" if the signal stopped it.
 * @throws {TrainingDiverged} If the loss is not finite.
 */
export async function recordTraining(
  config: ExperimentConfig,
  data: TrainingData & { readonly split: SplitOrigin },
  backend: SelectedBackend,
  options: RecordingOptions = {},
): Promise<RunRecord> {
  const { signal, onEpoch } = options;
  const state = options.state ?? initialState(config, data.train.labels, data.train.classCount);
  const fresh = newRecord(config, data.split, backend);
  const epochs: EpochRecord[] = [];
  const record = (status: RunRecord["status"]) => withEpochs(fresh, [...epochs], state, status);
  try {
    for await (const epoch of train(state, data, config, signal)) {
      epochs.push(epoch);
      const isLast = epoch.epoch === config.epochs;
      await onEpoch?.(record(isLast ? "complete" : "running"), state);
    }
    return record(epochs.at(-1)?.epoch === config.epochs ? "complete" : "interrupted");
  } finally {
    disposeState(state);
  }
}
