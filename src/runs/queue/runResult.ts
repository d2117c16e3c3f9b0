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

/** Limits on the bytes of a record, packed and as JSON. */
export const PACKED_LIMIT = 1_000_000;
const JSON_LIMIT = 20_000_000;
/**
 * Limit on the bytes of a model that is sent: SimpleCNN_MNIST has 0.4 million, SimpleCNN13 12.4
 * million.
 */
export const MODEL_LIMIT = 1_000_000;

/** Return value of the job, which is small because every list of jobs contains it. */
export interface ResultNote {
  readonly epochs: number;
  readonly seconds: number;
}

/**
 * Packed record: zipped JSON.
 *
 * @throws {RangeError} If it is too large.
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
 * Record of a job's run from a worker's data, if it is complete and belongs to this run.
 *
 * @throws {Error} If it is anything else.
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
  // Names belong to the client: two clients can request the same run under different names.
  return { ...record, config: job.config, split: job.split };
}

/** Complete run; its epochs were checked when it was read. */
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
 * Part of a complete run's folder that is sent.
 *
 * @returns Its model is included only if it is small enough.
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
