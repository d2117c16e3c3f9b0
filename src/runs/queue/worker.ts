import os from "node:os";
import { setTimeout } from "node:timers/promises";
import type { RunJob, RunMessage, RunOutcome } from "../runner";
import type { QueueAddress } from "./address";
import { buildName } from "./build";
import { workerName } from "./builds";
import { loadBullmq } from "./bullmq";
import { connectQueue, KEY_PREFIX, troubleOnce } from "./connection";
import { Taker } from "./jobRunner";

/** Does one run in its folder, as a process or otherwise. */
export type RunOne = (
  job: RunJob,
  onMessage: (message: RunMessage) => void,
  stop: AbortSignal,
  kill: AbortSignal,
) => Promise<RunOutcome>;

/** What a worker takes jobs from, and how it does them. */
export interface WorkerOptions {
  readonly address: QueueAddress;
  readonly run: RunOne;
  /** Holds a folder a run; shared by machines, a run goes on where another machine stopped. */
  readonly work: string;
  /** Of the data sets' files. */
  readonly dataFolder?: string;
  /** Runs at once. */
  readonly slots: number;
  readonly say: (text: string) => void;
  readonly build?: string;
  /** What the code is when a run begins: it may have been built anew. Without it, as it was. */
  readonly currentBuild?: () => string;
  /** In milliseconds; without them those that suit runs of minutes. */
  readonly timing?: Partial<WorkerTiming>;
}

/** How patient a worker is, in milliseconds. */
export interface WorkerTiming {
  /** How long a job is a worker's that is not heard of. */
  readonly lock: number;
  /** From one look for jobs of lost workers to the next. */
  readonly look: number;
  /** Before a job is offered again that a worker could not do; doubled each time to a minute. */
  readonly putBack: number;
}

const TIMING: WorkerTiming = { lock: 30_000, look: 30_000, putBack: 5000 };
/** Milliseconds that connections have to close when all runs are put back. */
const CLOSING = 5000;
/** Workers that a run may lose: more, and it is taken to bring them down. */
const LOST_WORKERS = 20;

/** A worker that takes runs. */
export interface QueueWorker {
  /** Stops its runs, with their checkpoints written, and puts them back. */
  readonly stop: () => Promise<void>;
  /** Ends its runs at once; the queue gives them to others when it misses this worker. */
  readonly kill: () => void;
}

/**
 * Takes runs from the queue of its build until it is stopped. Of the queue it believes nothing: a
 * job that is not exactly a run of this project is set aside, and what runs is its config alone.
 *
 * @throws {Error} If the Redis does not answer.
 */
export async function startWorker(options: WorkerOptions): Promise<QueueWorker> {
  const { address, slots, say, build = buildName() } = options;
  const timing = { ...TIMING, ...options.timing };
  const { redis, close } = await connectQueue(address, say);
  const { bullmq } = loadBullmq();
  const name = workerName(os.hostname(), process.pid, slots);
  const [stop, kill] = [new AbortController(), new AbortController()];
  const taker = new Taker({ ...options, build, timing, name, redis }, stop.signal, kill.signal);
  const worker = new bullmq.Worker(build, (job, token) => taker.take(job, token), {
    ...{ connection: address.options, prefix: KEY_PREFIX, name, concurrency: slots },
    ...{ lockDuration: timing.lock, stalledInterval: timing.look, maxStalledCount: LOST_WORKERS },
  });
  worker.on("error", troubleOnce(address, say));
  worker.on("completed", (job) => {
    // A folder that stays costs room, and nothing else.
    taker.completed(job!.id!).catch((error: Error) => say(address.redacted(error.message)));
  });
  worker.on("lockRenewalFailed", (ids) => ids.forEach((id) => taker.lost(id)));
  worker.on("stalled", (id) => say(`${id.slice(0, 16)}: its worker is gone; offered again`));
  await worker.waitUntilReady();
  return {
    stop: async () => {
      stop.abort();
      // Where the Redis is gone, or was, its packages may wait for ever.
      await Promise.race([worker.close(), taker.idle().then(() => setTimeout(CLOSING))]);
      close();
    },
    kill: () => kill.abort(),
  };
}
