import { fork, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Context } from "mocha";
import type { RunRecord } from "../../../src/runs/record";
import type { RunJob, RunMessage, RunOutcome } from "../../../src/runs/runner";
import { parseQueueAddress } from "../../../src/runs/queue/address";
import { queueRunner } from "../../../src/runs/queue/queueClient";
import type { RunOne } from "../../../src/runs/queue/jobRunner";
import { startWorker, type QueueWorker } from "../../../src/runs/queue/worker";
import { needs } from "../../notebook/present";
import { BUILD, configOf, runOf } from "./madeUpRuns";
import { findRedisServer, startRedis, type RedisServer } from "./redisServer";
import type { WorkerProcessOptions } from "./workerProcess";

/** No worker is taken for lost that only waits for a busy machine. */
export const TIMING = { lock: 60_000, look: 200, putBack: 50 };
/** A lost worker's run is offered again within a second. */
export const SOON_LOST = { ...TIMING, lock: 600 };

/** A Redis, a folder, and who asks and works there: a test file's own. */
export class Asking {
  redis!: RedisServer;
  root!: string;
  private readonly workers: QueueWorker[] = [];
  private readonly processes: ChildProcess[] = [];

  /** For `before`; skips where there is no redis-server. */
  async begin(test: Context): Promise<void> {
    needs(test, findRedisServer(), "redis-server, with bullmq and ioredis,");
    this.redis = await startRedis();
    this.root = mkdtempSync(path.join(os.tmpdir(), "tdnc-queue-"));
  }

  /** For `afterEach`: stops the workers. */
  async stopWorkers(): Promise<void> {
    for (const child of this.processes.splice(0)) child.kill("SIGKILL");
    for (const worker of this.workers.splice(0)) await worker.stop();
  }

  /** For `after`. */
  async end(): Promise<void> {
    await this.redis?.remove();
    if (this.root) rmSync(this.root, { recursive: true, force: true });
  }

  get address() {
    return parseQueueAddress(this.redis.url);
  }

  readonly at = (...names: string[]) => path.join(this.root, ...names);

  record(out: string, seed: number): RunRecord {
    const file = this.at(out, String(seed), "record.json");
    return JSON.parse(readFileSync(file, "utf8")) as RunRecord;
  }

  /** Starts a worker in this process; returns what it says. */
  async work(run: RunOne, rest: object = {}): Promise<string[]> {
    const said: string[] = [];
    const say = (text: string) => void said.push(text);
    const options = { address: this.address, run, work: this.at("work"), slots: 2, build: BUILD };
    this.workers.push(await startWorker({ ...options, say, timing: TIMING, ...rest }));
    return said;
  }

  /** Starts a worker in a process of its own. */
  async workApart(rest: Partial<WorkerProcessOptions>): Promise<ChildProcess> {
    const options: WorkerProcessOptions = {
      url: this.redis.url,
      work: this.at("work"),
      log: this.at("log"),
      wait: 0,
      slots: 1,
      timing: TIMING,
      ...rest,
    };
    const child = fork(path.join(__dirname, "workerProcess.ts"), [JSON.stringify(options)], {
      execArgv: ["--require", "tsx/cjs"],
    });
    this.processes.push(child);
    await new Promise((resolve) => child.once("message", resolve));
    return child;
  }

  /** Asks for runs, and keeps what is heard. */
  ask(jobs: readonly RunJob[], rest: object = {}) {
    const [stop, kill] = [new AbortController(), new AbortController()];
    const heard: [number, RunMessage][] = [];
    const said: string[] = [];
    const run = queueRunner({
      address: this.address,
      say: (text: string) => void said.push(text),
      build: BUILD,
      backend: "wasm" as const,
      retryDelay: 20,
      lookEvery: 300,
      ...rest,
    });
    const onMessage = (index: number, message: RunMessage) => void heard.push([index, message]);
    const outcomes = run(jobs, { onMessage, stop: stop.signal, kill: kill.signal });
    return { outcomes, heard, said, leave: () => stop.abort() };
  }

  /** The runs of some seeds, in folders of a name. */
  readonly runs = (out: string, ...seeds: number[]) =>
    seeds.map((seed) => runOf(configOf(seed), this.at(out)));
}

export const statuses = (outcomes: readonly RunOutcome[]) => outcomes.map(({ status }) => status);

/** Waits until something is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}
