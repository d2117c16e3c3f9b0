import { rm } from "node:fs/promises";
import path from "node:path";
import { MODEL_FILE, WEIGHTS_FILE } from "../model/modelFiles";
import { readRecord, type RunRecord } from "./record";
import { CHECKPOINT_FILE, lockFolder, refuseOther, writeModel, writeRecord } from "./runExperiment";

/** The files of a trained model. */
export interface ModelContent {
  readonly [MODEL_FILE]: Buffer;
  readonly [WEIGHTS_FILE]: Buffer;
}

/**
 * Writes a complete run that was computed elsewhere to a folder. The record comes last, so that a
 * folder never holds a part of a run that says it is whole; a run that is complete there stays.
 *
 * @throws {RunConflict} If the folder holds a run of another config.
 */
export async function keepRun(
  folder: string,
  record: RunRecord,
  model: ModelContent | undefined,
): Promise<void> {
  const lock = (await lockFolder(folder))!;
  try {
    const existing = await readRecord(folder);
    if (existing !== undefined) refuseOther(existing, record);
    if (existing?.status === "complete") return;
    if (model !== undefined)
      await writeModel({ folder, lock }, Object.entries<Buffer>({ ...model }));
    await writeRecord({ folder, lock }, record);
    // Of a try of this machine, which the record is not of.
    await rm(path.join(folder, CHECKPOINT_FILE), { force: true });
  } finally {
    await lock.release();
  }
}
