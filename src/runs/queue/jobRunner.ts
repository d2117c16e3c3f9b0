import { rm, rmdir } from "node:fs/promises";
import { settingsJson } from "../../training/settings/config";
import type { runInProcess } from "../runPool";
import { plain } from "../../numerics/plainText";
import type { RunJob, RunMessage, RunOutcome } from "../runner";
import type { QueueAddress } from "./address";
import { loadBullmq, type Job, type Redis } from "./bullmq";
import { epochProgress, parseNote, type ProgressNote } from "./progressNote";
import { jobName, parseJob, type QueueJob } from "./queueJob";
import { storeResult } from "./resultStore";
import { finishedRun, type ResultNote } from "./runResult";
import { claimFolder } from "./workFolder";

/** Executes one run in its folder, as a process or otherwise. */
export type RunOne = typeof runInProcess;

/** Queue and options of a worker. */
export interface WorkerOptions {
  readonly address: QueueAddress;
  readonly run: RunOne;
  /**
   * Contains one folder per run. If machines share it, a run resumes where another machine stopped.
   */
  readonly work: string;
  /** Folder of the data set's files. */
  readonly dataFolder?: string;
  /** Number of concurrent runs. */
  readonly slots: number;
  readonly say: (text: string) => void;
  readonly build?: string;
  /** Returns the build when a run begins, which may have changed; `build` by default. */
  readonly currentBuild?: () => string;
  /** Waiting times in milliseconds; the defaults suit runs of minutes. */
  readonly timing?: Partial<WorkerTiming>;
}

/** Waiting times of a worker, in milliseconds. */
export interface WorkerTiming {
  /** Time after which a silent worker loses its job. */
  readonly lock: number;
  /** Interval between searches for jobs of lost workers. */
  readonly look: number;
  /**
   * Delay before a job that a worker could not execute is offered again; doubled each time, up to a
   * minute.
   */
  readonly putBack: number;
}

/** Longest wait, in milliseconds, of a run that a worker could not execute. */
const LONGEST_PUT_BACK = 60_000;
/** Milliseconds in which a stopping worker could take back a run that it has returned. */
const STOPPING = 1000;
/** Milliseconds between notes on a run's epochs. */
const NOTE_EVERY = 1000;

/** Run in progress. */
interface Taken {
  readonly folder: string;
  readonly stop: AbortController;
  /** Whether its whole folder was sent to the queue. */
  isSent: boolean;
}

/** Name of a run in messages; runs of a grid share a name. */
const runLabel = (id: string, { config }: QueueJob) => `${id.slice(0, 16)} ${jobName(config)}`;

/** Executes the jobs of a worker; its state is the set of runs in progress. */
export class JobRunner {
  private readonly taken = new Map<string, Taken>();
  private readonly taking = new Set<Promise<unknown>>();
  /** Promises of the runs in progress, by job id. */
  private readonly running = new Map<string, Promise<unknown>>();

  constructor(
    private readonly options: WorkerOptions & {
      readonly build: string;
      readonly timing: WorkerTiming;
      readonly name: string;
      readonly redis: Redis;
    },
    private readonly stop: AbortSignal,
    private readonly kill: AbortSignal,
  ) {
    stop.addEventListener("abort", () => {
      for (const { stop: one } of this.taken.values()) one.abort();
    });
  }

  /** Executes the run of a job. Its errors tell BullMQ what to do with the job. */
  take(job: Job, token: string): Promise<ResultNote> {
    const taking = this.takeOne(job, token);
    const settled = taking.catch(() => undefined).finally(() => this.taking.delete(settled));
    this.taking.add(settled);
    return taking;
  }

  /** Resolves when no run is in progress. */
  async idle(): Promise<void> {
    await Promise.all(this.taking);
  }

  private async takeOne(job: Job, token: string): Promise<ResultNote> {
    const queued = this.accepted(job);
    const id = job.id!;
    const name = runLabel(id, queued);
    if (this.running.has(id)) return this.notTwice(job, token, name);
    const ended = this.execute(job, queued, token, name);
    this.running.set(
      id,
      ended.catch(() => undefined),
    );
    try {
      return await ended;
    } finally {
      this.running.delete(id);
    }
  }

  /**
   * The queue considers a run lost that is still in progress here, and offers it again. BullMQ
   * identifies a worker's jobs by id, so the first must end before the run is taken a second time.
   */
  private async notTwice(job: Job, token: string, name: string): Promise<never> {
    const { bullmq } = loadBullmq();
    this.options.say(`${name}: received again while it is still running here; it is stopped first`);
    this.taken.get(job.id!)?.stop.abort();
    await this.running.get(job.id!);
    await job.moveToDelayed(Date.now() + STOPPING, token);
    throw new bullmq.DelayedError();
  }

  private async execute(
    job: Job,
    queued: QueueJob,
    token: string,
    name: string,
  ): Promise<ResultNote> {
    const id = job.id!;
    const folder = await this.claimed(job, token, name);
    const taken: Taken = { folder, stop: new AbortController(), isSent: false };
    this.taken.set(id, taken);
    if (this.stop.aborted) taken.stop.abort();
    this.options.say(`${name}: taken, try ${job.attemptsMade + 1}`);
    try {
      const outcome = await this.run(job, queued, taken);
      if (outcome.status === "complete") return await this.send(id, queued, taken);
      return await this.ended(outcome, job, token, name);
    } finally {
      if (this.taken.get(id) === taken && !taken.isSent) this.taken.delete(id);
      // It is empty if the run did not begin.
      await rmdir(folder).catch(() => undefined);
    }
  }

  /** Folder of the run; if it cannot be created, another worker may succeed. */
  private async claimed(job: Job, token: string, name: string): Promise<string> {
    const { work, build, say } = this.options;
    try {
      return await claimFolder(work, build, job.id!);
    } catch (error) {
      const message = plain((error as Error).message);
      say(`${name}: returned to the queue: ${message}`);
      return this.putBack(job, token, message);
    }
  }

  private accepted(job: Job): QueueJob {
    const { bullmq } = loadBullmq();
    const { build, say } = this.options;
    try {
      const queued = parseJob(job.data, job.id);
      if (queued.build !== build)
        throw new Error(`rejected: a job of build ${queued.build} in the queue of ${build}`);
      return queued;
    } catch (error) {
      const message = plain((error as Error).message);
      say(`${plain(job.id).slice(0, 16)}: ${message}`);
      throw new bullmq.UnrecoverableError(message);
    }
  }

  private run(job: Job, queued: QueueJob, { folder, stop }: Taken): Promise<RunOutcome> {
    const { dataFolder, build, currentBuild = () => build } = this.options;
    const { config, backend, split, rows } = queued;
    const source = {
      ...(dataFolder !== undefined && { dataFolder }),
      ...(rows && { rows: { source: split.source, rows } }),
    };
    const asked: RunJob = { config: settingsJson(config), folder, backend, source, split };
    const tell = this.teller(job, config.epochs);
    if (stop.signal.aborted) return Promise.resolve({ job: asked, status: "interrupted" });
    if (currentBuild() !== build) {
      const error = "the project was rebuilt: restart this worker";
      return Promise.resolve({ job: asked, status: "failed", failure: "unable", error });
    }
    return this.options.run(asked, tell, stop.signal, this.kill);
  }

  /** Updates the job's progress note; always for the last epoch. */
  private teller(job: Job, epochs: number): (message: RunMessage) => void {
    const worker = this.options.name;
    let [lastNote, seconds, count] = [-Infinity, 0, 0];
    const note = (one: ProgressNote) => void job.updateProgress(one).catch(() => undefined);
    return (message) => {
      if (message.kind === "started") note({ started: message.epoch, worker });
      if (message.kind !== "epoch") return;
      const { epoch } = message;
      seconds += epoch.seconds.training + epoch.seconds.measuring;
      count++;
      if (performance.now() - lastNote < NOTE_EVERY && epoch.epoch < epochs) return;
      lastNote = performance.now();
      note({ epoch: epochProgress(epoch), worker, secondsPerEpoch: seconds / count });
    };
  }

  private async send(id: string, queued: QueueJob, taken: Taken): Promise<ResultNote> {
    const { record, packed, model } = await finishedRun(taken.folder);
    await storeResult(this.options.redis, queued.build, id, packed, model);
    taken.isSent = model !== undefined;
    this.options.say(
      `${runLabel(id, queued)}: complete` + (model ? "" : `; its model stays in ${taken.folder}`),
    );
    return { epochs: record.epochs.length, seconds: record.seconds };
  }

  /** Reports a run that is not complete. */
  private async ended(
    { status, error = "", failure }: RunOutcome,
    job: Job,
    token: string,
    name: string,
  ): Promise<never> {
    const { bullmq } = loadBullmq();
    const { say, address } = this.options;
    const message = plain(address.redacted(error.split(/\n\s*/).slice(0, 4).join("; ")));
    if (status !== "failed") {
      await job.moveToDelayed(Date.now() + STOPPING, token);
      say(`${name}: stopped and returned to the queue`);
      throw new bullmq.DelayedError();
    }
    say(`${name}: ${failure === "unable" ? "returned to the queue" : "failed"}: ${message}`);
    if (failure === "unable") return this.putBack(job, token, message);
    if (failure === "diverged") throw new bullmq.UnrecoverableError(message);
    throw new Error(message);
  }

  /**
   * Returns a run to the queue: another machine may have what is missing here, or it may be added.
   */
  private async putBack(job: Job, token: string, why: string): Promise<never> {
    const { bullmq } = loadBullmq();
    const { name: worker, timing } = this.options;
    const earlier = parseNote(job.progress);
    const times = (earlier !== undefined && "putBack" in earlier ? earlier.times : 0) + 1;
    await job.updateProgress({ putBack: why, worker, times } satisfies ProgressNote);
    const delay = Math.min(timing.putBack * 2 ** (times - 1), LONGEST_PUT_BACK);
    await job.moveToDelayed(Date.now() + delay, token);
    throw new bullmq.DelayedError();
  }

  /** The queue has recorded the job's end; its folder is not needed if it was sent completely. */
  async completed(id: string): Promise<void> {
    const taken = this.taken.get(id);
    if (!taken?.isSent) return;
    this.taken.delete(id);
    await rm(taken.folder, { recursive: true, force: true });
  }

  /** Another worker may have taken it. */
  lost(id: string): void {
    this.options.say(`${id.slice(0, 16)}: the queue considers it lost; stopped here`);
    this.taken.get(id)?.stop.abort();
  }
}
