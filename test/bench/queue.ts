import { fork, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { Random } from "../../src/numerics/random";
import { readRecord } from "../../src/runs/record";
import type { RunControl, RunJob } from "../../src/runs/runner";
import { parseQueueAddress } from "../../src/runs/queue/address";
import { queueRunner } from "../../src/runs/queue/queueClient";
import { BUILD, configOf, runOf } from "../runs/queue/madeUpRuns";
import { startRedis, type RedisServer } from "../runs/queue/redisServer";
import type { WorkerProcessOptions } from "../runs/queue/workerProcess";
import { median } from "./measure";

/** What a queue adds to a run: milliseconds from asking to the record in its folder, no training. */
export interface QueueOverhead {
  /** One run, asked for by itself, the connection to Redis included. */
  readonly alone: { readonly median: number; readonly most: number; readonly runs: number };
  /** A run of many that are asked for together, on one worker, one at a time. */
  readonly inARow: { readonly mean: number; readonly runs: number };
}

/** What became of runs whose workers and whose Redis were killed. */
export interface QueueLosses {
  readonly runs: number;
  readonly workers: number;
  readonly kills: number;
  /** Kills of a worker that had at least one run. */
  readonly killsAtWork: number;
  readonly redisKills: number;
  /** Runs without a complete record in their folder, or reported as failed. */
  readonly lost: number;
  /** Runs reported as complete more than once. */
  readonly recordedTwice: number;
  /** Records that are of another run, or cut short, and files that were left half-written. */
  readonly wrong: number;
  /** Runs that were computed more than once, which does no harm. */
  readonly repeated: number;
  readonly seconds: number;
}

/** Concurrent runs on each worker that is killed, and the milliseconds that each takes. */
const [SLOTS, WAIT] = [4, 20];

/** A queue with its Redis, and workers that do nothing. */
class Bench {
  readonly root = mkdtempSync(path.join(os.tmpdir(), "tdnc-queue-bench-"));
  /** A file a worker, of what it begins and ends. */
  readonly logs: string[] = [];

  constructor(readonly redis: RedisServer) {}

  async worker(slots: number, wait: number): Promise<{ child: ChildProcess; log: string }> {
    const log = path.join(this.root, `log-${this.logs.length}`);
    this.logs.push(log);
    const options: WorkerProcessOptions = {
      url: this.redis.url,
      work: path.join(this.root, "work"),
      log,
      wait,
      slots,
      timing: { lock: 3000, look: 1000, putBack: 1000 },
    };
    const file = path.resolve("test/runs/queue/workerProcess.ts");
    const child = fork(file, [JSON.stringify(options)], { execArgv: ["--require", "tsx/cjs"] });
    // One that is killed while it starts says nothing.
    await new Promise((resolve) => child.once("message", resolve).once("exit", resolve));
    return { child, log };
  }

  ask(jobs: readonly RunJob[], onMessage: RunControl["onMessage"] = () => undefined) {
    const run = queueRunner({
      address: parseQueueAddress(this.redis.url),
      say: () => undefined,
      build: BUILD,
      backend: "wasm",
      retryDelay: 1000,
    });
    const never = new AbortController().signal;
    return run(jobs, { onMessage, stop: never, kill: never });
  }

  readonly runs = (name: string, from: number, count: number) =>
    Array.from({ length: count }, (_, i) => runOf(configOf(from + i), path.join(this.root, name)));

  async end(): Promise<void> {
    await this.redis.remove();
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Measures what a queue adds to a run. */
export async function queueOverhead(alone = 40, inARow = 400): Promise<QueueOverhead> {
  const bench = new Bench(await startRedis());
  const { child } = await bench.worker(1, 0);
  try {
    const times: number[] = [];
    for (const job of bench.runs("alone", 0, alone + 5)) {
      const start = performance.now();
      await bench.ask([job]);
      times.push(performance.now() - start);
    }
    // The first compile the code.
    const measured = times.slice(5);
    const start = performance.now();
    await bench.ask(bench.runs("row", 1000, inARow));
    const mean = (performance.now() - start) / inARow;
    return {
      alone: { median: median(measured), most: Math.max(...measured), runs: alone },
      inARow: { mean, runs: inARow },
    };
  } finally {
    child.kill("SIGKILL");
    await bench.end();
  }
}

/**
 * Sends runs that do nothing through workers that are killed with -9 at random and started again,
 * and kills the Redis itself some times; counts what is lost and what comes twice.
 */
export async function queueLosses(
  count = 10_000,
  { workers = 2, redisKills = 2, seed = 1 } = {},
): Promise<QueueLosses> {
  const bench = new Bench(await startRedis());
  const start = performance.now();
  const jobs = bench.runs("runs", 0, count);
  const told = new Uint32Array(count);
  let isDone = false;
  const random = new Random(seed, "kills");
  const kills = { all: 0, atWork: 0, redis: 0 };
  const killing = Array.from({ length: workers }, async () => {
    while (!isDone) {
      const { child, log } = await bench.worker(SLOTS, WAIT);
      const until = performance.now() + 500 + random.integer(3000);
      while (!isDone && performance.now() < until) await setTimeout(20);
      const isAtWork = hasUnfinished(log);
      child.kill("SIGKILL");
      if (isDone) return;
      kills.all++;
      if (isAtWork) kills.atWork++;
    }
  });
  const restarting = (async () => {
    for (let i = 1; i <= redisKills; i++) {
      const share = (i / (redisKills + 1)) * count;
      while (!isDone && told.reduce((a, b) => a + b, 0) < share) await setTimeout(50);
      if (isDone) return;
      await bench.redis.kill();
      kills.redis++;
      await setTimeout(500);
      await bench.redis.start();
    }
  })();
  try {
    const outcomes = await bench.ask(jobs, (index, { kind }) => {
      if (kind === "ended") told[index]++;
    });
    isDone = true;
    await Promise.all([...killing, restarting]);
    const { lost, wrong } = await checked(jobs);
    const failed = outcomes.filter(({ status }) => status !== "complete").length;
    return {
      runs: count,
      workers,
      kills: kills.all,
      killsAtWork: kills.atWork,
      redisKills: kills.redis,
      lost: Math.max(lost, failed),
      wrong,
      recordedTwice: told.filter((times) => times > 1).length,
      repeated: repeated(bench.logs),
      seconds: (performance.now() - start) / 1000,
    };
  } finally {
    isDone = true;
    await bench.end();
  }
}

/** Looks at every folder: a record, whole and of its own run. */
async function checked(jobs: readonly RunJob[]): Promise<{ lost: number; wrong: number }> {
  let [lost, wrong] = [0, 0];
  for (const { folder, config } of jobs) {
    const { seed, epochs } = config as { seed: number; epochs: number };
    const record = await readRecord(folder).catch(() => null);
    if (record === undefined) lost++;
    else if (
      record?.config.seed !== seed ||
      record.status !== "complete" ||
      record.epochs.length !== epochs ||
      record.epochs.some(({ loss }) => loss !== seed) ||
      readdirSync(folder).some((name) => !["model", "record.json"].includes(name))
    )
      wrong++;
  }
  return { lost, wrong };
}

function logLines(log: string): [word: string, seed: number][] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, "utf8").trim().split("\n");
  return lines.map((line) => [line.split(" ")[0], Number(line.split(" ")[1])]);
}

/** Whether a worker has begun a run and not ended it. */
function hasUnfinished(log: string): boolean {
  const lines = logLines(log);
  return lines.filter(([word]) => word === "start").length * 2 > lines.length;
}

/** Runs that ended more than once. */
function repeated(logs: readonly string[]): number {
  const ends = new Map<number, number>();
  for (const [word, seed] of logs.flatMap(logLines))
    if (word === "end") ends.set(seed, (ends.get(seed) ?? 0) + 1);
  return [...ends.values()].filter((times) => times > 1).length;
}

/** The overhead as a line of text. */
export function overheadLine({ alone, inARow }: QueueOverhead): string {
  return (
    `a run through a queue, training aside: ${alone.median.toFixed(1)} ms alone (at most ` +
    `${alone.most.toFixed(1)}, ${alone.runs} runs), ${inARow.mean.toFixed(1)} ms of ` +
    `${inARow.runs} in a row`
  );
}

/** The losses as a line of text. */
export function lossesLine(losses: QueueLosses): string {
  const { runs, workers, kills, killsAtWork, redisKills, lost, recordedTwice, wrong } = losses;
  return (
    `${runs} runs through ${workers} workers: ${kills} kills of workers (${killsAtWork} at work), ` +
    `${redisKills} of the Redis; ${lost} lost, ${recordedTwice} recorded twice, ${wrong} wrong, ` +
    `${losses.repeated} computed twice; ${losses.seconds.toFixed(0)} s`
  );
}
