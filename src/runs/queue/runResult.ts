import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { ModelContent } from "../keepRun";
import { parseRecord, readRecord, type RunRecord } from "../record";
import { MODEL_FOLDER } from "../runExperiment";
import { runIdentity } from "../runIdentity";
import { MODEL_FILE, WEIGHTS_FILE } from "../../model/modelFiles";
import type { QueueJob } from "./queueJob";

/** Bytes that a record may have, packed and as JSON. */
export const PACKED_LIMIT = 1_000_000;
const JSON_LIMIT = 20_000_000;
/** Bytes that a model may have to travel: SimpleCNN_MNIST has 0.4 million, SimpleCNN13 12.4. */
export const MODEL_LIMIT = 1_000_000;

/** The return value of the job itself: small, since every list of jobs contains it. */
export interface ResultNote {
  readonly epochs: number;
  readonly seconds: number;
}

/**
 * A record as it travels: JSON, zipped.
 *
 * @throws {RangeError} If it is larger than a record may be.
 */
export async function packRecord(record: RunRecord): Promise<Buffer> {
  const packed = await promisify(gzip)(JSON.stringify(record));
  if (packed.length > PACKED_LIMIT)
    throw new RangeError(
      `expected a record of at most ${PACKED_LIMIT} bytes, got ${packed.length}: ` +
        "it stays in the worker's folder",
    );
  return packed;
}

/**
 * The record of a job's run from what a worker sent, if it is whole and of this run.
 *
 * @throws {Error} If it is anything else: what.
 */
export async function unpackRecord(packed: Buffer, job: QueueJob): Promise<RunRecord> {
  if (packed.length > PACKED_LIMIT)
    throw new Error(`expected at most ${PACKED_LIMIT} bytes, got ${packed.length}`);
  const record = parseRecord(await unpackJson(packed));
  checkWhole(record);
  const { rowsHash, imagesHash } = record.split;
  const expected = job.split;
  const same: [string, unknown, unknown][] = [
    ["backend", job.backend, record.environment.backend],
    ["rows", expected.rowsHash, rowsHash],
    ["images", expected.imagesHash, imagesHash],
    ["run", runIdentity(job.config, expected.rowsHash), runIdentity(record.config, rowsHash)],
  ];
  const other = same.find(([, a, b]) => a !== b);
  if (other !== undefined)
    throw new Error(`expected the record of this run, got different ${other[0]}`);
  // Names are the client's: two may have asked for one run under different ones.
  return { ...record, config: job.config, split: job.split };
}

/** A complete run; its epochs were checked as it was read. */
function checkWhole({ status, epochs }: RunRecord): void {
  if (status !== "complete") throw new Error(`expected a complete run, got ${status}`);
  if (epochs[epochs.length - 1].test === undefined) throw new Error("expected a test at the end");
}

async function unpackJson(packed: Buffer): Promise<unknown> {
  try {
    const text = await promisify(gunzip)(packed, { maxOutputLength: JSON_LIMIT });
    return JSON.parse(String(text));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE")
      throw new Error(`expected a record of at most ${JSON_LIMIT} bytes, got more`, {
        cause: error,
      });
    throw new Error(`expected a packed record, got: ${message}`, { cause: error });
  }
}

/**
 * The part of a complete run's folder that is sent.
 *
 * @returns Its model only where it is small enough.
 * @throws {Error} If it is not complete, or its record is too large.
 */
export async function finishedRun(
  folder: string,
): Promise<{ record: RunRecord; packed: Buffer; model?: ModelContent }> {
  const record = await readRecord(folder);
  if (record?.status !== "complete")
    throw new Error(`${folder}: expected a complete run, got ${record?.status ?? "no record"}`);
  const packed = await packRecord(record);
  const file = (name: string) => readFile(path.join(folder, MODEL_FOLDER, name));
  const model = { [MODEL_FILE]: await file(MODEL_FILE), [WEIGHTS_FILE]: await file(WEIGHTS_FILE) };
  const fits = Object.values(model).every(({ length }) => length <= MODEL_LIMIT);
  return { record, packed, ...(fits && { model }) };
}
