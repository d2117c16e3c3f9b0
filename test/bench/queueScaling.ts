import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { startRedis } from "../runs/queue/redisServer";
import { median } from "./measure";

/** How long the same runs take, in processes of one command and by workers of a queue. */
export interface QueueScaling {
  readonly runs: number;
  readonly epochs: number;
  readonly rounds: number;
  /** Medians over the rounds, in seconds, by the number of concurrent runs. */
  readonly seconds: readonly { readonly atOnce: number; pool: number; queue: number }[];
}

const MAIN = path.join(__dirname, "..", "..", "dist", "cli", "main.js");
const EPOCHS = 10;

/** Times real runs of mnist-250 on one and two processes, the pool and the queue in turns. */
export async function queueScaling(runs = 4, rounds = 3): Promise<QueueScaling> {
  const redis = await startRedis();
  const root = mkdtempSync(path.join(os.tmpdir(), "tdnc-scaling-"));
  const times = [1, 2].map((atOnce) => ({ atOnce, pool: [] as number[], queue: [] as number[] }));
  let folder = 0;
  // A seed is another run: what is in the queue is not computed again.
  const sweep = async (...more: string[]) => {
    const seeds = `${folder * runs}-${folder * runs + runs - 1}`;
    const out = path.join(root, String(folder++));
    const start = performance.now();
    const args = ["--epochs", String(EPOCHS), "--seeds", seeds, "--out", out, "--quiet", ...more];
    await ended(tdnc("sweep", "mnist-250", ...args));
    return (performance.now() - start) / 1000;
  };
  try {
    for (let round = 0; round < rounds; round++)
      for (const { atOnce, pool, queue } of times) {
        pool.push(await sweep("--workers", String(atOnce)));
        const workers = Array.from({ length: atOnce }, (_, i) =>
          tdnc("worker", "--queue", redis.url, "--concurrency", "1", "--work", `${root}/work-${i}`),
        );
        await Promise.all(workers.map(spoken));
        queue.push(await sweep("--queue", redis.url));
        for (const worker of workers) worker.kill("SIGTERM");
        await Promise.all(workers.map(gone));
      }
  } finally {
    await redis.remove();
    rmSync(root, { recursive: true, force: true });
  }
  const seconds = times.map(({ atOnce, pool, queue }) => ({
    atOnce,
    pool: median(pool),
    queue: median(queue),
  }));
  return { runs, epochs: EPOCHS, rounds, seconds };
}

function tdnc(...args: string[]): ChildProcess {
  const env = { ...process.env, TDNC_BACKEND: "wasm" };
  return spawn(process.execPath, [MAIN, ...args], { env, stdio: ["ignore", "ignore", "pipe"] });
}

/** A worker says when it is ready. */
const spoken = (child: ChildProcess) =>
  new Promise((resolve) => child.stderr!.once("data", resolve));

const gone = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => {
    child.stderr!.resume();
    child.once("close", resolve);
  });

async function ended(child: ChildProcess): Promise<void> {
  const code = await gone(child);
  if (code !== 0) throw new Error(`expected a sweep that ends with 0, got ${code}`);
}

/** The times as lines of text. */
export function scalingLines({ runs, epochs, rounds, seconds }: QueueScaling): string {
  const lines = seconds.map(
    ({ atOnce, pool, queue }) =>
      `  ${atOnce} at once: pool ${pool.toFixed(1)} s, queue ${queue.toFixed(1)} s ` +
      `(${(queue / pool).toFixed(2)})`,
  );
  return [`${runs} runs of ${epochs} epochs, medians of ${rounds}:`, ...lines].join("\n");
}
