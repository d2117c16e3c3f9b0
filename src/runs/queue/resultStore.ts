import type { ModelContent } from "../keepRun";
import type { RunRecord } from "../record";
import { MODEL_FILE, WEIGHTS_FILE, weightSpecs } from "../../model/modelFiles";
import type { Redis } from "./bullmq";
import { KEY_PREFIX } from "./connection";
import type { QueueJob } from "./queueJob";
import { MODEL_LIMIT, PACKED_LIMIT, unpackRecord } from "./runResult";

/** The result of a run. */
export interface RunResult {
  readonly record: RunRecord;
  /** Where it is small enough to travel. */
  readonly model?: ModelContent;
}

/** Seconds that a Redis keeps what came of a run: 30 days. */
export const RESULT_AGE = 30 * 24 * 3600;

// Results have keys of their own: BullMQ writes what a job returns into its stream of events too.
const resultKey = (build: string, id: string) => `${KEY_PREFIX}:${build}:result:${id}`;

/** Puts the packed record of a run, and its model, where whoever asked gets it. */
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
 * The result of a run, checked.
 *
 * @returns Undefined if nothing is there.
 * @throws {Error} If it is too large, not whole, or not of this run: what.
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

/** Forgets the model of a run that was collected: the record is kept for others who ask. */
export async function forgetModel(redis: Redis, build: string, id: string): Promise<void> {
  await redis.hdel(resultKey(build, id), MODEL_FILE, WEIGHTS_FILE);
}

/** Forgets what came of a run. */
export async function forgetResult(redis: Redis, build: string, id: string): Promise<void> {
  await redis.del(resultKey(build, id));
}
