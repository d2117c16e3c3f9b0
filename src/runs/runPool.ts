import { fork, type ChildProcess } from "node:child_process";
import os from "node:os";
import path from "node:path";
import { tensorflowThreads, threadsOfEach, THREADS_VARIABLE } from "../backend/threads";
import type { RunJob, RunMessage, RunOutcome, Runner } from "./runner";

/** Default number of processes: one per core, but one for a GPU, which they would share. */
export function defaultProcesses(backend: string): number {
  return backend === "webgpu" ? 1 : os.availableParallelism();
}

/**
 * Seconds until all runs are done if they start in order, each as soon as a process is free.
 *
 * @param seconds Duration of each run.
 */
export function poolSeconds(seconds: readonly number[], processes: number): number {
  const freeAt = new Array<number>(Math.max(1, Math.min(processes, seconds.length))).fill(0);
  for (const one of seconds) {
    const next = freeAt.indexOf(Math.min(...freeAt));
    freeAt[next] += one;
  }
  return Math.max(...freeAt);
}

/**
 * Runs each job in a separate process on this machine.
 *
 * @param processes Number of concurrent processes.
 * @param threads Threads of each run; by default the runs share the cores.
 */
export function runPool(processes: number, threads?: number): Runner {
  return async (jobs, { onMessage, stop, kill }) => {
    const atOnce = Math.min(processes, jobs.length);
    tensorflowThreads(threads);
    const each = threads ?? threadsOfEach(atOnce);
    const outcomes: RunOutcome[] = [];
    let next = 0;
    const work = async () => {
      while (next < jobs.length) {
        const index = next++;
        const job = jobs[index];
        outcomes[index] = stop.aborted
          ? { job, status: "interrupted" }
          : await runInProcess(job, (message) => onMessage(index, message), stop, kill, each);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return outcomes;
  };
}

/**
 * Executes a run in a separate process.
 *
 * @param stop Asks it to save its checkpoint and stop.
 * @param kill Ends the process immediately.
 * @param threads Threads of the run; those of this process by default.
 */
export function runInProcess(
  job: RunJob,
  onMessage: (message: RunMessage) => void,
  stop: AbortSignal,
  kill: AbortSignal,
  threads?: number,
): Promise<RunOutcome> {
  const env = { ...process.env, ...(threads && { [THREADS_VARIABLE]: String(threads) }) };
  const child = fork(path.join(__dirname, "runProcess.js"), { env });
  const forget = [signalChild(child, stop, "SIGTERM"), signalChild(child, kill, "SIGKILL")];
  let outcome: RunOutcome | undefined;
  child.on("message", (value) => {
    const message = value as RunMessage;
    if (message.kind === "failed") {
      const { error, failure } = message;
      outcome = { job, status: "failed", error, ...(failure && { failure }) };
    }
    if (message.kind === "ended" && message.status !== "running")
      outcome = { job, status: message.status };
    onMessage(message);
  });
  return new Promise((resolve) => {
    const end = (error: string, isStopped: boolean) => {
      for (const one of forget) one();
      if (outcome === undefined && !isStopped) onMessage({ kind: "failed", error });
      resolve(outcome ?? { job, status: isStopped ? "interrupted" : "failed", error });
    };
    child.once("exit", (code, signal) => {
      // A process that is still loading has no handler yet, so the signal ends it.
      const isStopped = kill.aborted || ["SIGINT", "SIGTERM", "SIGHUP"].includes(signal ?? "");
      end(`its process ended with ${signal ?? `exit code ${code}`}`, isStopped);
    });
    child.on("error", (error) => {
      if (child.pid === undefined) end(`its process did not start: ${error.message}`, false);
    });
    // If the child is gone or did not start, an event reports it.
    if (child.connected) child.send(job, () => undefined);
  });
}

/** Sends the child a signal when `asked` aborts; returns a function that removes the listener. */
function signalChild(child: ChildProcess, asked: AbortSignal, signal: NodeJS.Signals): () => void {
  const send = () => child.kill(signal);
  asked.addEventListener("abort", send);
  return () => asked.removeEventListener("abort", send);
}
