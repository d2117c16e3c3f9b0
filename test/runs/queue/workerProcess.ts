/**
 * A worker in a process of its own, which tests kill: `tsx workerProcess.ts <options as JSON>`. Its
 * runs wait and then do nothing; each end, whole or not, is a line of a file.
 */
import { appendFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { RunJob, RunMessage } from "../../../src/runs/runner";
import { parseQueueAddress } from "../../../src/runs/queue/address";
import type { WorkerTiming } from "../../../src/runs/queue/jobRunner";
import { startWorker } from "../../../src/runs/queue/worker";
import { BUILD, doNothing } from "./madeUpRuns";

/** Arguments of the process. */
export interface WorkerProcessOptions {
  readonly url: string;
  readonly work: string;
  /** Gets a line `start <seed>` and `end <seed>` of each run. */
  readonly log: string;
  /** Milliseconds that a run takes. */
  readonly wait: number;
  readonly slots: number;
  readonly timing: WorkerTiming;
}

async function main({ url, work, log, wait, slots, timing }: WorkerProcessOptions): Promise<void> {
  const run = async (job: RunJob, onMessage: (message: RunMessage) => void) => {
    const { seed } = job.config as { seed: number };
    appendFileSync(log, `start ${seed}\n`);
    if (wait > 0) await setTimeout(wait);
    const outcome = await doNothing(job, onMessage);
    appendFileSync(log, `end ${seed}\n`);
    return outcome;
  };
  const say = () => undefined;
  const address = parseQueueAddress(url);
  await startWorker({ address, run, work, slots, say, build: BUILD, timing });
  process.send?.("ready");
}

// It holds the tests' output open: whoever waits for the end of that must not wait for it.
process.once("disconnect", () => process.exit());

void main(JSON.parse(process.argv[2]) as WorkerProcessOptions);
