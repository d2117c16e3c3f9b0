import { selectBackend } from "../backend/selectBackend";
import { loadRunData } from "../experiment/runData";
import { runExperiment } from "../experiment/runExperiment";
import { parseConfig } from "../experiment/settings";
import type { RunJob, RunMessage } from "./runMessages";

// The process of one run, forked by runPool. It stops at a signal, and where its parent is gone,
// behind the step that it is in, with its checkpoint written.
const controller = new AbortController();
const stop = () => controller.abort();
process.on("SIGINT", stop);
process.on("SIGTERM", stop);
process.on("disconnect", stop);
process.once("message", (job) => void run(job as RunJob));

function say(message: RunMessage): void {
  // A parent that is gone hears nothing; the run's files hold all of it.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

async function run({ config: json, folder, backend: name, source }: RunJob): Promise<void> {
  try {
    const config = parseConfig(json);
    const backend = await selectBackend(name);
    say({ kind: "backend", backend });
    const data = await loadRunData(config, source);
    const { status } = await runExperiment(config, data, folder, {
      backend,
      signal: controller.signal,
      onStart: (epoch) => say({ kind: "started", epoch }),
      onEpoch: (epoch) => say({ kind: "epoch", epoch }),
    });
    say({ kind: "ended", status });
  } catch (error) {
    say({ kind: "failed", error: (error as Error).message });
  } finally {
    if (process.connected) process.disconnect();
  }
}
