import type { ModelContent } from "../keepRun";
import type { RunRecord } from "../record";
import { MODEL_FILE, WEIGHTS_FILE, weightSpecs } from "../../model/modelFiles";
import type { Redis } from "./bullmq";
import { KEY_PREFIX } from "./connection";
import type { QueueJob } from "./queueJob";
import { MODEL_LIMIT, PACKED_LIMIT, unpackRecord } from "./runResult";

/** Result of a run. */
export interface RunResult {
  readonly record: RunRecord;
  /** Present if it is small enough to send. */
  readonly model?: ModelContent;
}

/** Seconds that a Redis keeps the result of a run: 30 days. */
export const RESULT_AGE = 30 * 24 * 3600;

// Results have separate keys, because BullMQ also writes the return value of a job to its event
// stream.
const resultKey = (build: string, id: string) => `${KEY_PREFIX}:${build}:result:${id}`;

/** Stores the packed record of a run, and its model, for the client. */
export async function storeResult(
  redis: Redis,
  build: string,
  id: string,
  record: Buffer,
  model: ModelContent | undefined,
): Promise<void> {
  const key = resultKey(build, id);
  await redis.hset(key, { record, ...model });
  await redis.expire(key, RESULT_AGE);
}

/**
 * Checked result of a run.
 *
 * @returns Undefined if nothing is there.
 * @throws {Error} If it is too large, incomplete, or belongs to another run.
 */
export async function fetchResult(
  redis: Redis,
  id: string,
  job: QueueJob,
): Promise<RunResult | undefined> {
  const key = resultKey(job.build, id);
  for (const [field, limit] of [
    ["record", PACKED_LIMIT],
    [MODEL_FILE, MODEL_LIMIT],
    [WEIGHTS_FILE, MODEL_LIMIT],
  ] as const) {
    const bytes = await redis.hstrlen(key, field);
    if (bytes > limit)
      throw new Error(`expected a ${field} of at most ${limit} bytes, got ${bytes}`);
  }
  const [packed, model, weights] = await redis.hmgetBuffer(key, "record", MODEL_FILE, WEIGHTS_FILE);
  if (packed === null) return undefined;
  const record = await unpackRecord(packed, job);
  if (model === null || weights === null) return { record };
  weightSpecs(String(model), weights, "model");
  return { record, model: { [MODEL_FILE]: model, [WEIGHTS_FILE]: weights } };
}

/** Deletes the model of a collected run; the record is kept for other clients. */
export async function forgetModel(redis: Redis, build: string, id: string): Promise<void> {
  await redis.hdel(resultKey(build, id), MODEL_FILE, WEIGHTS_FILE);
}

/** Deletes the result of a run. */
export async function forgetResult(redis: Redis, build: string, id: string): Promise<void> {
  await redis.del(resultKey(build, id));
}
