import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Random } from "../numerics/random";
import { MODEL_FILE, savedClassCount } from "../model/modelFiles";
import { loadWeights } from "./loadWeights";
import { Network } from "../model/network";
import { readRecord, RECORD_FILE, type RunRecord } from "./record";
import {
  loadRunData,
  splitMismatch,
  splitsName,
  splitsReader,
  type DataSource,
  type RunData,
} from "./runData";
import { MODEL_FOLDER } from "./runExperiment";
import { architectureOf } from "../training/trainingState";

/**
 * Record of a run that has a trained model.
 *
 * @throws {Error} If the folder has no record, a damaged one, or no model.
 */
export async function readSavedRun(folder: string): Promise<RunRecord> {
  const record = await readRecord(folder);
  if (record === undefined)
    throw new Error(`${folder}: expected the folder of a run, found no ${RECORD_FILE} in it`);
  const file = path.join(folder, MODEL_FOLDER, MODEL_FILE);
  if (!existsSync(file)) {
    const { status, epochs, config } = record;
    throw new Error(
      `${file}: expected the trained model of a complete run, found none; ` +
        `the record says ${status}, ${epochs.length} of ${config.epochs} epochs`,
    );
  }
  return record;
}

/**
 * Network of a run with its trained weights.
 *
 * @returns Network; the caller disposes of it.
 * @throws {Error} If there is no such run, or the model's files are truncated or of another
 *   network.
 */
export async function loadSavedNetwork(folder: string): Promise<Network> {
  const { config } = await readSavedRun(folder);
  const model = path.join(folder, MODEL_FOLDER);
  const classCount = savedClassCount(await readFile(path.join(model, MODEL_FILE), "utf8"));
  // The random weights are replaced below.
  const network = new Network(architectureOf(config, classCount), new Random(0));
  try {
    await loadWeights(network, model);
    return network;
  } catch (error) {
    network.dispose();
    throw error;
  }
}

/**
 * Images that a recorded run was trained and tested on.
 *
 * @param read Reader that caches shared data.
 * @throws {Error} If this source has other rows or images for its split; the message says what is
 *   expected.
 */
export async function loadRecordedData(
  record: RunRecord,
  source: DataSource,
  read = splitsReader(source),
): Promise<RunData> {
  const { config, split } = record;
  const isSeeded = split.source === "seeded";
  const remedy = isSeeded ? "leave out --splits-file" : "name that file with --splits-file";
  if (!isSeeded && source.splitsFile === undefined)
    throw new Error(`expected ${splitsName(split)}, got no splits file; ${remedy}`);
  const data = await loadRunData(config, source, read);
  const mismatch = splitMismatch(data.split, split);
  if (mismatch === undefined) return data;
  const rest = mismatch.part === "rows" ? remedy : "name their folder with --data";
  throw new Error(`${mismatch.message}; ${rest}`);
}
