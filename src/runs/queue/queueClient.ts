import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { keepRun } from "../keepRun";
import { newRecord, readRecord } from "../record";
import type { SelectedBackend } from "../../backend/backendNames";
import { parseConfig } from "../../training/settings/parseConfig";
import { refuseOther } from "../runExperiment";
import { plain } from "../../numerics/plainText";
import type { RunControl, RunJob, Runner, RunOutcome } from "../runner";
import type { QueueAddress } from "./address";
import { buildName } from "./build";
import { limited } from "./limited";
import { messagesOf, parseNote } from "./progressNote";
import { jobId, type QueueJob } from "./queueJob";
import { openQueue, type RunQueue } from "./runQueue";

/** Queue and options of a client. */
export interface AskOptions {
  readonly address: QueueAddress;
  /** Called with messages that do not belong to one run. */
  readonly say: (text: string) => void;
  /** Backend that the workers must have. */
  readonly backend: SelectedBackend["name"];
  readonly build?: string;
  /** Milliseconds before a failed run is tried again; doubled for the next try. */
  readonly retryDelay?: number;
  /** Milliseconds between checks of all runs, for missed events. */
  readonly lookEvery?: number;
}

/** Requested run. */
interface Asked {
  readonly index: number;
  readonly job: RunJob;
  readonly queued: QueueJob;
  readonly id: string;
  hasStarted: boolean;
  /** Events before the request belong to an earlier try. */
  isAsked: boolean;
  /** Last check of its state. */
  ending?: Promise<void>;
  readonly end: (outcome: RunOutcome) => void;
}

const LOOK_EVERY = 20_000;
/** Number of runs that are collected concurrently; each is in memory. */
const AT_ONCE = 8;

/**
 * Executes runs through a queue: requests those that nobody has requested, reports their progress,
 * and writes each completed run to its folder. `stop` leaves them in the queue: the same request
 * collects them later, and tries failed runs again.
 *
 * @throws {Error} If the Redis does not answer.
 */
export function queueRunner(options: AskOptions): Runner {
  return async (jobs, control) => {
    if (jobs.length === 0) return [];
    const build = options.build ?? buildName();
    const queue = await openQueue(options.address, build, options.say);
    try {
      return await new Asker(queue, options, control).ask(jobs, build);
    } finally {
      await queue.close();
    }
  };
}

/** State of one request: the runs that have not ended. */
class Asker {
  private readonly waiting = new Map<string, Asked>();
  private readonly gate = limited(AT_ONCE);

  constructor(
    private readonly queue: RunQueue,
    private readonly options: AskOptions,
    private readonly control: RunControl,
  ) {}

  async ask(jobs: readonly RunJob[], build: string): Promise<RunOutcome[]> {
    const { stop } = this.control;
    await this.queue.listen({
      ended: (id) => void this.look(id),
      progressed: (id, note) => this.progressed(id, note),
    });
    const outcomes: Promise<RunOutcome>[] = [];
    // One after the other, because each opens files.
    for (const [index, job] of jobs.entries())
      outcomes.push((await this.prepared(index, job, build)).outcome);
    await this.queue.sayBuilds();
    const asked = [...this.waiting.values()];
    // In parts, so that the first runs begin while the last are requested.
    for (let i = 0; i < asked.length && !stop.aborted; i += 200)
      await this.queueAll(asked.slice(i, i + 200));
    const looking = new AbortController();
    const looks = this.lookAgain(looking.signal);
    await Promise.race([Promise.all(outcomes), aborted(stop)]);
    looking.abort();
    await looks;
    // Files are written completely.
    await Promise.all([...this.waiting.values()].map(({ ending }) => ending ?? Promise.resolve()));
    for (const { job, end } of this.waiting.values()) end({ job, status: "left" });
    return Promise.all(outcomes);
  }

  /** Job of a run; a run whose folder holds another run is not requested. */
  private async prepared(
    index: number,
    job: RunJob,
    build: string,
  ): Promise<{ outcome: Promise<RunOutcome> }> {
    try {
      const queued = queueJobOf(job, build, this.options.backend);
      await checkFolder(job.folder, queued);
      const id = jobId(queued);
      if (this.waiting.has(id)) throw new Error("the same run was requested twice");
      const run = { index, job, queued, id, hasStarted: false, isAsked: false };
      const outcome = new Promise<RunOutcome>((end) => this.waiting.set(id, { ...run, end }));
      return { outcome };
    } catch (error) {
      return { outcome: Promise.resolve(this.failed(index, job, error as Error)) };
    }
  }

  /** Requests runs that are not in the queue, and checks the state of the others. */
  private async queueAll(runs: readonly Asked[]): Promise<void> {
    const states = await this.queue.states(runs.map(({ id }) => id));
    for (const [i, { id, index }] of runs.entries()) {
      if (states[i] !== "failed") continue;
      const why = await this.queue.failure(id);
      this.control.onMessage(index, { kind: "note", text: `failed before (${why}); trying again` });
      await this.queue.forget(id);
    }
    for (const run of runs) run.isAsked = true;
    const isNew = runs.filter((_, i) => ["unknown", "failed"].includes(states[i]));
    await this.queue.add(
      isNew.map(({ queued }) => queued),
      this.options.retryDelay,
    );
    // Runs that ended earlier gave no event.
    await Promise.all(runs.filter((run) => !isNew.includes(run)).map(({ id }) => this.look(id)));
  }

  private progressed(id: string, json: unknown): void {
    const [run, note] = [this.waiting.get(id), parseNote(json)];
    if (!run?.isAsked || note === undefined) return;
    for (const message of messagesOf(note, run.hasStarted)) {
      if (message.kind === "started") run.hasStarted = true;
      this.control.onMessage(run.index, message);
    }
  }

  /** Checks a run and finishes it if it has ended; checks of the same run are sequential. */
  private look(id: string): Promise<void> {
    const run = this.waiting.get(id);
    if (!run?.isAsked) return Promise.resolve();
    const one = () => this.gate(() => this.endIfEnded(run));
    return (run.ending = run.ending === undefined ? one() : run.ending.then(one));
  }

  private async endIfEnded(run: Asked): Promise<void> {
    const { id, index, job } = run;
    if (!this.waiting.has(id)) return;
    const outcome = await this.outcomeOf(run).catch((error: Error) =>
      this.failed(index, job, error),
    );
    if (outcome === undefined) return;
    this.waiting.delete(id);
    run.end(outcome);
  }

  /** Undefined while it continues. */
  private async outcomeOf({ id, index, job, queued }: Asked): Promise<RunOutcome | undefined> {
    const [state] = await this.queue.states([id]);
    if (state === "failed") throw new Error(await this.queue.failure(id));
    if (state === "completed" && (await this.collected(id, job, queued))) {
      this.control.onMessage(index, { kind: "ended", status: "complete" });
      return { job, status: "complete" };
    }
    // Its result is gone, or a Redis without persistence was restarted: nobody else requests it.
    if (state === "unknown" || state === "completed")
      await this.queue.add([queued], this.options.retryDelay);
    return undefined;
  }

  /** Writes the result of a run; false if the result is gone. */
  private async collected(id: string, job: RunJob, queued: QueueJob): Promise<boolean> {
    const result = await this.queue.result(id, queued);
    // The next request computes it again.
    if (result === undefined || result instanceof Error) await this.queue.forget(id);
    if (result === undefined) return false;
    if (result instanceof Error)
      throw new Error(`the run's result was rejected: ${plain(result.message)}`);
    await keepRun(job.folder, result.record, result.model);
    await this.queue.forgetModel(id);
    return true;
  }

  private failed(index: number, job: RunJob, { message }: Error): RunOutcome {
    const error = this.options.address.redacted(message);
    this.control.onMessage(index, { kind: "failed", error });
    return { job, status: "failed", error };
  }

  /** Periodically checks all runs that have not ended, since an event can be lost. */
  private async lookAgain(stop: AbortSignal): Promise<void> {
    const { lookEvery = LOOK_EVERY } = this.options;
    const waited = () => setTimeout(lookEvery, true, { signal: stop }).catch(() => false);
    while (await waited()) {
      const ids = [...this.waiting.keys()];
      const states = await this.queue.states(ids).catch(() => []);
      const ended = ids.filter((_, i) => ["completed", "failed", "unknown"].includes(states[i]));
      await Promise.all(ended.map((id) => this.look(id)));
    }
  }
}

/**
 * Queue job of a run; it includes the rows if they come from a splits file, which a worker does not
 * have.
 */
function queueJobOf(
  { config, split, source: { splitsFile, rows } }: RunJob,
  build: string,
  backend: QueueJob["backend"],
): QueueJob {
  const fromFile = splitsFile === undefined ? {} : { rows: rows?.rows };
  return { build, config: parseConfig(config), backend, split, ...fromFile };
}

/** @throws {RunConflict} If the folder of a run holds another run. */
async function checkFolder(folder: string, { config, split, backend }: QueueJob): Promise<void> {
  const there = await readRecord(folder);
  if (there === undefined) return;
  refuseOther(there, newRecord(config, split, { name: backend, summary: "" }));
}

const aborted = (signal: AbortSignal) => (signal.aborted ? undefined : once(signal, "abort"));
