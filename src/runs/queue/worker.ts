import os from "node:os";
import { setTimeout } from "node:timers/promises";
import { buildName } from "./build";
import { workerName } from "./builds";
import { loadBullmq } from "./bullmq";
import { connectQueue, KEY_PREFIX, troubleOnce } from "./connection";
import { JobRunner, type WorkerOptions, type WorkerTiming } from "./jobRunner";

const TIMING: WorkerTiming = { lock: 30_000, look: 30_000, putBack: 5000 };
/** Milliseconds for connections to close after all runs were returned. */
const CLOSING = 5000;
/** Limit on the workers that a run may lose, after which it is assumed to crash them. */
const LOST_WORKERS = 20;

/** Worker that takes runs. */
export interface QueueWorker {
  /** Stops its runs, saves their checkpoints and returns them to the queue. */
  readonly stop: () => Promise<void>;
  /** Ends its concurrent runs; the queue offers them again when it misses this worker. */
  readonly kill: () => void;
}

/**
 * Takes runs from the queue of its build until it is stopped. It does not trust the queue: a job
 * that is not exactly a run of this project is set aside, and only its config is executed.
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
  const runner = new JobRunner(
    { ...options, build, timing, name, redis },
    stop.signal,
    kill.signal,
  );
  const worker = new bullmq.Worker(build, (job, token) => runner.take(job, token), {
    connection: address.options,
    prefix: KEY_PREFIX,
    name,
    concurrency: slots,
    lockDuration: timing.lock,
    stalledInterval: timing.look,
    maxStalledCount: LOST_WORKERS,
  });
  worker.on("error", troubleOnce(address, say));
  worker.on("completed", (job) => {
    // A remaining folder only uses disk space.
    runner.completed(job!.id!).catch((error: Error) => say(address.redacted(error.message)));
  });
  worker.on("lockRenewalFailed", (ids) => ids.forEach((id) => runner.lost(id)));
  worker.on("stalled", (id) =>
    say(`${id.slice(0, 16)}: its worker is gone; the run is offered again`),
  );
  await worker.waitUntilReady();
  return {
    stop: async () => {
      stop.abort();
      // If Redis is or was gone, its packages can wait forever.
      await Promise.race([worker.close(), runner.idle().then(() => setTimeout(CLOSING))]);
      close();
    },
    kill: () => kill.abort(),
  };
}
