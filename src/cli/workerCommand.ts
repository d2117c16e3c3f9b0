import os from "node:os";
import { Command } from "@commander-js/extra-typings";
import { tensorflowThreads, THREADS_VARIABLE, threadsOfEach } from "../backend/threads";
import type { QueueWorker } from "../runs/queue/worker";
import { addQueueOption, countOf, queueAddress } from "./options";
import { stopSignals } from "./stopSignals";

const HELP = `
A worker executes the runs of "tdnc sweep ... --queue" that come from the same build of this project
(the version and the compiled code). It needs a run's data set, but not its splits file. Ctrl-C saves
checkpoints and returns the runs to the queue; a second Ctrl-C ends the worker immediately.

With --work on a shared folder, a run can resume where another machine stopped; otherwise a worker
resumes only its own runs.

Example:
  $ tdnc worker --queue redis://host:6379/0
`;

/** `tdnc worker`: executes the runs of a queue. */
export function workerCommand() {
  const command = new Command("worker")
    .summary("execute the runs of a queue")
    .description("Takes runs from a queue, trains each in a process, and sends the results back.");
  return addQueueOption(command, "address of the queue:")
    .option("--concurrency <count>", "concurrent runs, one process each (default: one per core)")
    .option("--work <folder>", "folder for runs in progress", ".tdnc-worker")
    .option("--data <folder>", "folder of the data set's files, as for train")
    .addHelpText("after", HELP)
    .action(async ({ queue, concurrency, work, data: dataFolder }) => {
      const address = queueAddress(queue);
      const slots = countOf("--concurrency", concurrency) ?? os.availableParallelism();
      const { buildName } = await import("../runs/queue/build.js");
      const { startWorker } = await import("../runs/queue/worker.js");
      const { runInProcess: run } = await import("../runs/runPool.js");
      const say = (text: string) => void process.stderr.write(`${text}\n`);
      // This must come before the next line, which is the machine's choice and not the user's.
      tensorflowThreads();
      process.env[THREADS_VARIABLE] = String(threadsOfEach(slots));
      const build = buildName();
      const currentBuild = () => buildName();
      const where = { address, work, dataFolder };
      const worker = await startWorker({ ...where, run, slots, say, build, currentBuild });
      say(`worker of ${address.shown}, build ${build}, ${slots} concurrent runs, in ${work}`);
      await stopped(worker);
      // A lost connection to Redis is retried forever.
      process.exit();
    });
}

/** Milliseconds to return killed runs to the queue, if Redis answers. */
const LAST_WORDS = 1000;

/** Resolves when a signal has stopped the worker; a second one kills its runs, and ends it. */
function stopped(worker: QueueWorker): Promise<void> {
  return new Promise((resolve, reject) => {
    let isStopping = false;
    const onSignal = () => {
      if (isStopping) {
        worker.kill();
        // If Redis is gone, nothing else ends the process.
        setTimeout(() => process.exit(130), LAST_WORDS).unref();
        return;
      }
      isStopping = true;
      process.exitCode = 130;
      worker.stop().then(resolve, reject);
    };
    for (const signal of stopSignals()) process.on(signal, onSignal);
  });
}
