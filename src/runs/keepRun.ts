import { rm } from "node:fs/promises";
import path from "node:path";
import { MODEL_FILE, WEIGHTS_FILE } from "../model/modelFiles";
import { readRecord, type RunRecord } from "./record";
import { CHECKPOINT_FILE, lockFolder, refuseOther, writeModel, writeRecord } from "./runExperiment";

/** Files of a trained model. */
export interface ModelContent {
  readonly [MODEL_FILE]: Buffer;
  readonly [WEIGHTS_FILE]: Buffer;
}

/**
 * Writes a complete run that was computed elsewhere to a folder. The record is written last, so
 * that a folder never contains a part of a run that claims to be complete. A complete run in the
 * folder stays.
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
    // Left by an earlier try on this machine, to which the record does not belong.
    await rm(path.join(folder, CHECKPOINT_FILE), { force: true });
  } finally {
    await lock.release();
  }
}
