import { poolSeconds } from "../runPool";
import { plain } from "../../numerics/plainText";
import { mean } from "../../statistics/summary";
import type { QueueAddress } from "./address";
import { buildName } from "./build";
import { connectedWorkers, queuedBuilds, type ConnectedWorker } from "./builds";
import { loadBullmq, type Job, type JobState, type Queue } from "./bullmq";
import { connectQueue, KEY_PREFIX } from "./connection";
import { parseNote } from "./progressNote";
import { jobName, parseJob } from "./queueJob";
import type { ResultNote } from "./runResult";

/** Run in a queue. */
export interface QueuedRun {
  readonly id: string;
  readonly name: string;
  /**
   * `delayed`: waits to be offered again, after a failure or because a worker could not execute it.
   */
  readonly state: JobState;
  readonly epochsDone: number;
  /** null for an invalid job. */
  readonly epochs: number | null;
  /** Worker that has it, or had it last. */
  readonly worker?: string;
  readonly secondsPerEpoch: number | null;
  /** Reason why it failed or was returned. */
  readonly note?: string;
}

/** Contents of a queue. */
export interface QueueStatus {
  readonly address: string;
  readonly build: string;
  readonly counts: Readonly<Record<JobState, number>>;
  /** Running, failed and the first waiting runs. */
  readonly runs: readonly QueuedRun[];
  /** Workers of all builds; null if the server does not list them. */
  readonly workers: readonly ConnectedWorker[] | null;
  /** Seconds until all are done, at the pace of running or completed runs; null without any. */
  readonly secondsLeft: number | null;
  /** Other builds, with their waiting runs. */
  readonly otherBuilds: readonly { readonly build: string; readonly waiting: number }[];
}

const STATES = ["active", "waiting", "delayed", "failed", "completed"] as const;
/** Limit on the jobs per state that are read. */
const MOST = 1000;

/**
 * Progress of the runs of a queue.
 *
 * @throws {Error} If the Redis does not answer.
 */
export async function queueStatus(
  address: QueueAddress,
  build = buildName(),
): Promise<QueueStatus> {
  const { redis, close } = await connectQueue(address, () => undefined);
  const { bullmq } = loadBullmq();
  const open = (name: string) => {
    const options = { connection: address.options, prefix: KEY_PREFIX, skipMetasUpdate: true };
    const queue = new bullmq.Queue(name, options);
    queue.on("error", () => undefined);
    return queue;
  };
  const queue = open(build);
  try {
    const counts = (await queue.getJobCounts(...STATES)) as Record<JobState, number>;
    const runs = await queuedRuns(queue);
    const workers = await connectedWorkers(redis);
    const slots = workers?.filter((worker) => worker.build === build).map((one) => one.slots) ?? [];
    const others = (await queuedBuilds(redis)).filter((one) => one !== build);
    return {
      address: address.shown,
      build,
      counts,
      runs: runs.filter(({ state }) => state !== "completed"),
      workers: workers ?? null,
      secondsLeft: timeLeft(runs, counts, slots),
      otherBuilds: await waitingIn(others, open),
    };
  } finally {
    await queue.close();
    close();
  }
}

async function queuedRuns(queue: Queue): Promise<QueuedRun[]> {
  const runs: QueuedRun[] = [];
  for (const state of STATES)
    for (const id of await queue.getRanges([state], 0, MOST - 1)) {
      const job = await queue.getJob(id).catch((error: Error) => error);
      if (job !== undefined) runs.push(queuedRun(state, id, job));
    }
  return runs;
}

/** Counts of waiting and active runs in the queues of builds. */
async function waitingIn(builds: readonly string[], open: (build: string) => Queue) {
  const waiting: { build: string; waiting: number }[] = [];
  for (const build of builds) {
    const queue = open(build);
    const counts = await queue.getJobCounts("waiting", "delayed", "active");
    await queue.close();
    const count = Object.values(counts).reduce((a, b) => a + b, 0);
    if (count > 0) waiting.push({ build, waiting: count });
  }
  return waiting;
}

/**
 * Run of a job, from its data and notes.
 *
 * @param job An error if it cannot be read.
 */
export function queuedRun(state: JobState, id: string, job: Job | Error): QueuedRun {
  const base = { id: plain(id), state, epochsDone: 0, secondsPerEpoch: null };
  if (job instanceof Error)
    return { ...base, name: "not a run", epochs: null, note: plain(job.message) };
  const worker = job.processedBy === undefined ? {} : { worker: plain(job.processedBy) };
  try {
    const { config } = parseJob(job.data, id);
    const run = { ...base, ...worker, name: jobName(config), epochs: config.epochs };
    return { ...run, ...progressOf(state, job) };
  } catch (error) {
    const note = plain(job.failedReason ?? (error as Error).message);
    return { ...base, ...worker, name: "not a run", epochs: null, note };
  }
}

function progressOf(state: JobState, job: Job): Partial<QueuedRun> {
  if (state === "completed") return paceOf(job.returnvalue);
  const said = parseNote(job.progress);
  const failure = job.failedReason ? { note: plain(job.failedReason) } : {};
  if (said === undefined) return failure;
  if ("putBack" in said) return { note: `returned by ${said.worker}: ${said.putBack}`, ...failure };
  if ("started" in said) return { epochsDone: said.started, ...failure };
  const { epoch, secondsPerEpoch } = said;
  return { epochsDone: epoch.epoch, secondsPerEpoch, ...failure };
}

function paceOf(json: unknown): Pick<QueuedRun, "epochsDone" | "secondsPerEpoch"> {
  const { epochs, seconds } = (json ?? {}) as Partial<ResultNote>;
  const isPace = Number.isFinite(seconds) && Number.isSafeInteger(epochs) && epochs! > 0;
  return { epochsDone: isPace ? epochs! : 0, secondsPerEpoch: isPace ? seconds! / epochs! : null };
}

/**
 * Seconds until the runs of a queue are done: each at its own pace or the mean of the others', with
 * as many concurrent runs as workers have slots.
 *
 * @param slots Number per worker; by default the number of running runs.
 * @returns Null if no run has a pace.
 */
export function timeLeft(
  runs: readonly QueuedRun[],
  counts: Readonly<Record<JobState, number>>,
  slots: readonly number[],
): number | null {
  const paces = runs.flatMap(({ secondsPerEpoch }) => secondsPerEpoch ?? []);
  const left = (...states: JobState[]) =>
    runs.filter(({ state, epochs }) => states.includes(state) && epochs !== null);
  const todo = [...left("active"), ...left("waiting", "delayed")];
  if (todo.length === 0) return 0;
  if (paces.length === 0) return null;
  const pace = mean(paces);
  const seconds = todo.map(
    ({ secondsPerEpoch, epochs, epochsDone }) => (secondsPerEpoch ?? pace) * (epochs! - epochsDone),
  );
  // Runs that were not read are assumed to be like the others.
  const unseen = counts.active + counts.waiting + counts.delayed - todo.length;
  const all = [...seconds, ...new Array<number>(Math.max(0, unseen)).fill(mean(seconds))];
  const atOnce = slots.reduce((a, b) => a + b, 0);
  return poolSeconds(all, Math.max(1, atOnce, counts.active));
}
