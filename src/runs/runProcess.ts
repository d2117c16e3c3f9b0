// Imported first, because a signal ends the process until it is loaded.
import "./ignoreHangup";
import { selectBackend } from "../backend/selectBackend";
import { loadRunData, splitMismatch } from "./runData";
import { runExperiment } from "./runExperiment";
import { LockLost } from "./runLock";
import type { FailureKind, RunJob, RunMessage } from "./runner";
import { parseConfig } from "../training/settings/parseConfig";
import { TrainingDiverged } from "../training/trainStep";

// Process of one run, forked by runPool. On a signal, and when its parent is gone, it stops after
// the current step and saves its checkpoint.
const controller = new AbortController();
const stop = () => controller.abort();
process.on("SIGINT", stop);
process.on("SIGTERM", stop);
process.on("disconnect", stop);
process.once("message", (job) => void run(job as RunJob));

/** Resolves when the message has been sent: disconnecting earlier would lose it. */
function say(message: RunMessage): Promise<void> {
  return new Promise((resolve) => {
    // A lost parent gets no messages; the run's files contain everything.
    if (!process.connected) return resolve();
    process.send!(message, undefined, undefined, () => resolve());
  });
}

async function run({ config: json, folder, backend: name, source, split }: RunJob): Promise<void> {
  let hasStarted = false;
  try {
    const config = parseConfig(json);
    const backend = await selectBackend(name);
    void say({ kind: "backend", backend });
    const data = await loadRunData(config, source);
    const mismatch = splitMismatch(data.split, split);
    if (mismatch !== undefined) throw new Error(mismatch.message);
    hasStarted = true;
    const { status } = await runExperiment(config, data, folder, {
      backend,
      signal: controller.signal,
      onWait: (text) => void say({ kind: "note", text }),
      onStart: (epoch) => void say({ kind: "started", epoch }),
      onEpoch: (epoch) => void say({ kind: "epoch", epoch }),
    });
    await say({ kind: "ended", status });
  } catch (error) {
    const failure = failureOf(error, hasStarted);
    await say({ kind: "failed", error: (error as Error).message, ...(failure && { failure }) });
  } finally {
    if (process.connected) process.disconnect();
  }
}

function failureOf(error: unknown, hasStarted: boolean): FailureKind | undefined {
  const causes = [error, (error as Error).cause] as (NodeJS.ErrnoException | undefined)[];
  if (!hasStarted || error instanceof LockLost) return "unable";
  if (causes.some((cause) => cause?.code === "ENOSPC")) return "unable";
  return error instanceof TrainingDiverged ? "diverged" : undefined;
}
