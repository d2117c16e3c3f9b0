import { plain } from "../../numerics/plainText";
import type { QueueAddress } from "./address";
import { connectedWorkers, workersText } from "./builds";
import { loadBullmq, type QueueEvents } from "./bullmq";
import { connectQueue, KEY_PREFIX, troubleOnce } from "./connection";
import { JOB_LIMIT, jobId, jobJson, jobName, type QueueJob } from "./queueJob";
import { fetchResult, forgetModel, forgetResult, RESULT_AGE, type RunResult } from "./resultStore";

/** Tries of a run before it is set aside. */
export const ATTEMPTS = 3;
/** Milliseconds before the second try; doubled before the third. */
const RETRY_DELAY = 5000;

/** Listeners to job events. */
export interface QueueListener {
  /** Called when a job is done or set aside. */
  readonly ended: (id: string) => void;
  /** Called with the notes of its worker. */
  readonly progressed: (id: string, note: unknown) => void;
}

/** Queue of one build, from the view of a client. */
export interface RunQueue {
  readonly listen: (listener: QueueListener) => Promise<void>;
  /** Adds jobs; existing ones are unchanged. */
  readonly add: (jobs: readonly QueueJob[], retryDelay?: number) => Promise<void>;
  /** `unknown` for missing jobs. */
  readonly states: (ids: readonly string[]) => Promise<string[]>;
  /** Reason why a job was set aside. */
  readonly failure: (id: string) => Promise<string>;
  /** Result of a job; an error if it is invalid, undefined if it is gone. */
  readonly result: (id: string, job: QueueJob) => Promise<RunResult | Error | undefined>;
  /** Removes an ended job and its result from the queue. */
  readonly forget: (id: string) => Promise<void>;
  readonly forgetModel: (id: string) => Promise<void>;
  /** Reports if no worker has this build. */
  readonly sayBuilds: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Opens the queue of a build; each build has its own, so that no worker takes a run of another
 * build.
 *
 * Longer than 40 lines because the functions of one connection are listed together, each a line or
 * two.
 *
 * @param say Called with messages about the connection.
 * @throws {Error} If the Redis does not answer.
 */
export async function openQueue(
  address: QueueAddress,
  build: string,
  say: (text: string) => void,
): Promise<RunQueue> {
  const { redis, close } = await connectQueue(address, say);
  const { bullmq } = loadBullmq();
  const onError = troubleOnce(address, say);
  // Commands wait for a lost Redis, however long.
  const connection = { ...address.options, maxRetriesPerRequest: null };
  const queue = new bullmq.Queue(build, { connection, prefix: KEY_PREFIX });
  queue.on("error", onError);
  let events: QueueEvents | undefined;
  return {
    listen: async ({ ended, progressed }) => {
      // From now on, by the server's clock, so that events before the first read count too.
      const [seconds] = await redis.time();
      const lastEventId = `${(seconds - 1) * 1000}-0`;
      events = new bullmq.QueueEvents(build, { connection, prefix: KEY_PREFIX, lastEventId });
      events.on("error", onError);
      events.on("completed", ({ jobId: id }) => ended(id));
      events.on("failed", ({ jobId: id }) => ended(id));
      events.on("progress", ({ jobId: id, data }) => progressed(id, data));
      await events.waitUntilReady();
    },
    add: async (jobs, retryDelay = RETRY_DELAY) => {
      if (jobs.length > 0) await queue.addBulk(jobs.map((job) => newJob(job, retryDelay)));
    },
    states: (ids) => Promise.all(ids.map((id) => queue.getJobState(id))),
    failure: async (id) => plain((await queue.getJob(id))?.failedReason ?? "no reason is given"),
    result: (id, job) =>
      // Connection errors are retried inside; errors thrown here come from the result.
      fetchResult(redis, id, job).catch((error: Error) => error),
    forget: async (id) => {
      await forgetResult(redis, build, id);
      // A job that another client requested again may be in progress: it stays.
      await (await queue.getJob(id))?.remove().catch(() => undefined);
    },
    forgetModel: (id) => forgetModel(redis, build, id),
    sayBuilds: async () => {
      const text = workersText(build, await connectedWorkers(redis));
      if (text !== undefined) say(text);
    },
    close: async () => {
      await events?.close();
      await queue.close();
      close();
    },
  };
}

function newJob(job: QueueJob, retryDelay: number) {
  return {
    name: jobName(job.config),
    data: jobJson(job),
    opts: {
      jobId: jobId(job),
      attempts: ATTEMPTS,
      backoff: { type: "exponential", delay: retryDelay },
      // Kept as long as results.
      removeOnComplete: { age: RESULT_AGE },
      removeOnFail: { age: RESULT_AGE },
      sizeLimit: JOB_LIMIT,
      stackTraceLimit: 0,
    },
  };
}
