import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { SelectedBackend } from "../backend/backendNames";
import { modelFiles } from "../model/modelFiles";
import { atomicWrite, makeFolder, removeTemporaries } from "../files/atomicWrite";
import { encodeCheckpoint, restoreCheckpoint } from "../training/checkpoint";
import type { ExperimentConfig } from "../training/settings/config";
import {
  newRecord,
  readRecord,
  recordDifferences,
  RECORD_FILE,
  withEpochs,
  type RunRecord,
} from "./record";
import type { RunData } from "./runData";
import { LockLost, lockRun, type LockOptions, type RunLock } from "./runLock";
import { checkConfig } from "../training/settings/parseConfig";
import { train, type EpochRecord } from "../training/train";
import { disposeState, initialState, type TrainingState } from "../training/trainingState";

/** File in a run's folder from which a stopped run resumes. */
export const CHECKPOINT_FILE = "checkpoint.safetensors";
/** Subfolder of a run with the trained model in tfjs's format. */
export const MODEL_FOLDER = "model";

/** Error: the folder holds another run. */
export class RunConflict extends Error {
  override readonly name = "RunConflict";
}

/** Backend of a run, listeners to its epochs, and the signal that stops it. */
export interface RunOptions {
  readonly backend: SelectedBackend;
  /** Called after every epoch. */
  readonly onEpoch?: (epoch: EpochRecord, record: RunRecord) => void;
  /** Called once before the first epoch, with the number of completed epochs. */
  readonly onStart?: (epoch: number) => void;
  /** Stops the run after the current step; it resumes exactly when it is started again. */
  readonly signal?: AbortSignal;
  /**
   * Called with a message if the run waits to see whether another process is still running in the
   * folder.
   */
  readonly onWait?: (text: string) => void;
}

/**
 * Trains one network and writes the run to a folder: `record.json`, the checkpoint, and at the end
 * the model. A stopped run resumes from its checkpoint and ends with the same result; a complete
 * one is returned unchanged.
 *
 * @param folder Created if it does not exist.
 * @returns The record; its status is `interrupted` if `signal` stopped it.
 * @throws {RunConflict} If the folder holds a run of another config (the message lists the
 *   differences), or only one of record and checkpoint.
 * @throws {LockLost} If another process took the folder; the epochs of this process are then saved
 *   next to the other's files.
 * @throws {TrainingDiverged} If the loss is not finite; the last checkpoint is kept.
 */
export async function runExperiment(
  config: ExperimentConfig,
  data: RunData,
  folder: string,
  options: RunOptions,
): Promise<RunRecord> {
  const { signal, onWait } = options;
  const fresh = newRecord(checkConfig(config), data.split, options.backend);
  const lock = await lockFolder(folder, { stop: signal, onWait });
  if (lock === undefined) return { ...fresh, status: "interrupted" };
  try {
    lock.keepAlive();
    const existing = await readRecord(folder);
    if (existing !== undefined) refuseOther(existing, fresh);
    else if (existsSync(path.join(folder, CHECKPOINT_FILE)))
      throw new RunConflict(
        `the folder holds a checkpoint of an unknown run, without its ${RECORD_FILE}; ` +
          "choose another folder with --out, or remove it",
      );
    if (existing?.status === "complete") return existing;
    if (existing && existing.epochs.length > 0 && !existsSync(path.join(folder, CHECKPOINT_FILE)))
      throw new RunConflict(
        `the folder holds the record of ${existing.epochs.length} epochs, but no ${CHECKPOINT_FILE} ` +
          "to resume from; choose another folder with --out, or remove it",
      );
    return await continueRun(existing ?? fresh, data, { folder, lock }, options);
  } finally {
    await lock.release();
  }
}

/** Folder to which this process writes a run. */
export interface LockedFolder {
  readonly folder: string;
  readonly lock: RunLock;
}

/**
 * Locks the folder of a run, which is created if necessary.
 *
 * @returns Undefined if the waiting was stopped.
 * @throws {Error} If another process runs there.
 */
export async function lockFolder(
  folder: string,
  options?: LockOptions,
): Promise<RunLock | undefined> {
  await makeFolder(folder);
  const lock = await lockRun(folder, options);
  if (lock === undefined) return undefined;
  // An earlier owner that was suspended between its last check of the lock and a rename cannot
  // rename.
  for (const one of [folder, path.join(folder, MODEL_FOLDER)]) await removeTemporaries(one);
  return lock;
}

/** @throws {RunConflict} If the folder holds another run; the message lists the differences. */
export function refuseOther(there: RunRecord, here: RunRecord): void {
  const differences = recordDifferences(there, here);
  if (differences.length > 0)
    throw new RunConflict(
      `the folder holds another run (${there.status}); choose another folder with --out, ` +
        `or remove it. Differences:\n  ${differences.join("\n  ")}`,
    );
}

async function continueRun(
  earlier: RunRecord,
  data: RunData,
  place: LockedFolder,
  { onEpoch, onStart, signal }: RunOptions,
): Promise<RunRecord> {
  const { config } = earlier;
  const state = initialState(config, data.train.labels, data.train.classCount);
  const stop = {
    get aborted() {
      return place.lock.isLost || signal?.aborted === true;
    },
  };
  try {
    await restore(state, earlier, place.folder);
    // A record can be ahead of its checkpoint after a crash between the two writes.
    let record = withEpochs(earlier, earlier.epochs.slice(0, state.epoch), state, "running");
    let checkpoint = await encodeCheckpoint(state);
    await save(place, record, checkpoint);
    onStart?.(state.epoch);
    try {
      for await (const epoch of train(state, data, config, stop)) {
        record = withEpochs(record, [...record.epochs, epoch], state, "running");
        checkpoint = await encodeCheckpoint(state);
        if (state.epoch % config.checkpointEvery === 0) await save(place, record, checkpoint);
        onEpoch?.(epoch, record);
      }
      const done = state.epoch === config.epochs && record.epochs.length === config.epochs;
      if (done) await writeModel(place, await modelFiles(state.network));
      const ended = { ...record, status: done ? ("complete" as const) : ("interrupted" as const) };
      await save(place, ended, checkpoint);
      return ended;
    } catch (error) {
      if (error instanceof LockLost) throw await keptBeside(error, place, record, checkpoint);
      const failed = { ...record, status: "failed" as const, error: (error as Error).message };
      // On a full disk this fails too; the last complete files remain.
      await save(place, failed, checkpoint).catch(() => undefined);
      throw error;
    }
  } finally {
    disposeState(state);
  }
}

/**
 * Restores the state from the checkpoint, if there is one; the record must have at least its
 * epochs.
 */
async function restore(state: TrainingState, record: RunRecord, folder: string): Promise<void> {
  const file = path.join(folder, CHECKPOINT_FILE);
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  restoreCheckpoint(state, bytes, file);
  if (record.epochs.length < state.epoch)
    throw new Error(
      `${folder}: the checkpoint is of epoch ${state.epoch}, the record ends with epoch ` +
        `${record.epochs.length}: they belong to different runs`,
    );
}

/** Record first, because a checkpoint without the records of its epochs is useless. */
async function save(
  { folder, lock }: LockedFolder,
  record: RunRecord,
  checkpoint: Uint8Array,
): Promise<void> {
  // If the lock is lost, the folder may be gone; that is not a write error.
  await lock.check();
  await writeRecord({ folder, lock }, record);
  await atomicWrite(path.join(folder, CHECKPOINT_FILE), checkpoint, () => lock.check());
}

/**
 * Saves the epochs of a run that lost its lock next to the files of the current run.
 *
 * @returns The error, with their names.
 */
async function keptBeside(
  { message }: LockLost,
  { folder }: LockedFolder,
  record: RunRecord,
  checkpoint: Uint8Array,
): Promise<LockLost> {
  const ending = `.lost-${randomUUID().slice(0, 8)}`;
  const interrupted: RunRecord = { ...record, status: "interrupted" };
  try {
    // The folder may be gone.
    await atomicWrite(path.join(folder, RECORD_FILE + ending), recordText(interrupted));
    await atomicWrite(path.join(folder, CHECKPOINT_FILE + ending), checkpoint);
  } catch {
    return new LockLost(message);
  }
  return new LockLost(
    `${message}; its ${record.epochs.length} epochs are kept there in the files *${ending}; ` +
      `to resume from them, move them to another folder and remove this ending`,
  );
}

const recordText = (record: RunRecord) => `${JSON.stringify(record)}\n`;

/**
 * Writes a run's record to its folder, completely or not at all.
 *
 * @throws {RunConflict} If the folder holds a complete record, which is not overwritten.
 * @throws {LockLost} If another process has the folder.
 */
export async function writeRecord(
  { folder, lock }: LockedFolder,
  record: RunRecord,
): Promise<void> {
  await atomicWrite(path.join(folder, RECORD_FILE), recordText(record), async () => {
    await lock.check();
    if ((await readRecord(folder))?.status === "complete")
      throw new RunConflict(
        "the folder holds the complete record of a run, which is not overwritten",
      );
  });
}

/** Writes the files of a run's trained model to its folder. */
export async function writeModel(
  { folder, lock }: LockedFolder,
  files: Iterable<readonly [name: string, content: string | Uint8Array]>,
): Promise<void> {
  await lock.check();
  const modelFolder = path.join(folder, MODEL_FOLDER);
  await makeFolder(modelFolder);
  for (const [name, content] of files)
    await atomicWrite(path.join(modelFolder, name), content, () => lock.check());
}
