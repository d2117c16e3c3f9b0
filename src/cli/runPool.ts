import { fork, type ChildProcess } from "node:child_process";
import path from "node:path";
import type { RunJob, RunMessage } from "./runMessages";

/** How a run ended. */
export interface RunOutcome {
  readonly job: RunJob;
  readonly status: "complete" | "interrupted" | "failed";
  /** Why, if it failed. */
  readonly error?: string;
}

export interface PoolOptions {
  /** Runs at once, a process each. */
  readonly workers: number;
  /** Called with everything that the run number `index` says. */
  readonly onMessage: (index: number, message: RunMessage) => void;
  /** Asks the runs to stop, with their checkpoints written; those that wait are not begun. */
  readonly stop: AbortSignal;
  /** Ends the processes at once. */
  readonly kill: AbortSignal;
}

/**
 * Runs jobs in processes of their own, `workers` at once. A run that fails does not stop the others.
 *
 * @returns An outcome a job, in their order.
 */
export async function runPool(
  jobs: readonly RunJob[],
  { workers, onMessage, stop, kill }: PoolOptions,
): Promise<RunOutcome[]> {
  const outcomes: RunOutcome[] = [];
  let next = 0;
  const work = async () => {
    while (next < jobs.length) {
      const index = next++;
      const job = jobs[index];
      outcomes[index] = stop.aborted
        ? { job, status: "interrupted" }
        : await runJob(job, (message) => onMessage(index, message), stop, kill);
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, work));
  return outcomes;
}

function runJob(
  job: RunJob,
  onMessage: (message: RunMessage) => void,
  stop: AbortSignal,
  kill: AbortSignal,
): Promise<RunOutcome> {
  const child = fork(path.join(__dirname, "runWorker.js"));
  const forget = [signalChild(child, stop, "SIGTERM"), signalChild(child, kill, "SIGKILL")];
  let outcome: RunOutcome | undefined;
  child.on("message", (value) => {
    const message = value as RunMessage;
    if (message.kind === "failed") outcome = { job, status: "failed", error: message.error };
    if (message.kind === "ended" && message.status !== "running")
      outcome = { job, status: message.status };
    onMessage(message);
  });
  child.send(job);
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      for (const one of forget) one();
      const error = `its process ended with ${signal ?? `exit code ${code}`}`;
      const lost = kill.aborted ? ("interrupted" as const) : ("failed" as const);
      const result = outcome ?? { job, status: lost, error };
      if (outcome === undefined && lost === "failed") onMessage({ kind: "failed", error });
      resolve(result);
    });
  });
}

/** Sends the child a signal when `asked` aborts; returns what takes the listener away. */
function signalChild(child: ChildProcess, asked: AbortSignal, signal: NodeJS.Signals): () => void {
  const send = () => child.kill(signal);
  asked.addEventListener("abort", send);
  return () => asked.removeEventListener("abort", send);
}
