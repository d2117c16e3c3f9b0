import { plain } from "../../numerics/plainText";
import type { QueueAddress } from "./address";
import { connectedWorkers, workersText } from "./builds";
import { loadBullmq, type QueueEvents } from "./bullmq";
import { connectQueue, KEY_PREFIX, troubleOnce } from "./connection";
import { JOB_LIMIT, jobId, jobJson, jobName, type QueueJob } from "./queueJob";
import { fetchResult, forgetModel, forgetResult, RESULT_AGE, type RunResult } from "./resultStore";

/** Tries of a run before it is set aside. */
export const ATTEMPTS = 3;
/** Milliseconds before the second try; the third comes after twice that. */
const RETRY_DELAY = 5000;

/** Listeners to the events of jobs. */
export interface QueueListener {
  /** Called when a job is done or set aside. */
  readonly ended: (id: string) => void;
  /** Called with what its worker says. */
  readonly progressed: (id: string, note: unknown) => void;
}

/** The queue of one build, as whoever asks sees it. */
export interface RunQueue {
  readonly listen: (listener: QueueListener) => Promise<void>;
  /** Adds jobs; those that are there already stay as they are. */
  readonly add: (jobs: readonly QueueJob[], retryDelay?: number) => Promise<void>;
  /** `unknown` of those that are not there. */
  readonly states: (ids: readonly string[]) => Promise<string[]>;
  /** Why a job was set aside. */
  readonly failure: (id: string) => Promise<string>;
  /** The result of a job; an error if it is invalid, undefined if it is gone. */
  readonly result: (id: string, job: QueueJob) => Promise<RunResult | Error | undefined>;
  /** Takes a job that ended out of the queue, with what came of it. */
  readonly forget: (id: string) => Promise<void>;
  readonly forgetModel: (id: string) => Promise<void>;
  /** Says if no worker has this build. */
  readonly sayBuilds: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Opens the queue of a build; each build has its own, so that no worker takes what it cannot do.
 *
 * Longer than 40 lines because the functions of one connection stand together, each a line or two.
 *
 * @param say Called with what happens to the connection.
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
  // Commands wait for a Redis that is gone, however long.
  const connection = { ...address.options, maxRetriesPerRequest: null };
  const queue = new bullmq.Queue(build, { connection, prefix: KEY_PREFIX });
  queue.on("error", onError);
  let events: QueueEvents | undefined;
  return {
    listen: async ({ ended, progressed }) => {
      // From now on by the server's clock: an event that comes before the first read counts too.
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
      // Trouble with the connection waits within; what throws is what came.
      fetchResult(redis, id, job).catch((error: Error) => error),
    forget: async (id) => {
      await forgetResult(redis, build, id);
      // One that somebody else asked for again meanwhile may be a worker's: it stays.
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
      // As long as results are kept.
      removeOnComplete: { age: RESULT_AGE },
      removeOnFail: { age: RESULT_AGE },
      sizeLimit: JOB_LIMIT,
      stackTraceLimit: 0,
    },
  };
}
