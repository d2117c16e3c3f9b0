import os from "node:os";
import { Command } from "@commander-js/extra-typings";
import { tensorflowThreads, THREADS_VARIABLE, threadsOfEach } from "../backend/threads";
import type { QueueWorker } from "../runs/queue/worker";
import { addQueueOption, countOf, queueAddress } from "./options";
import { stopSignals } from "./stopSignals";

const HELP = `
A worker takes the runs that "tdnc sweep ... --queue" asks for, of the same build of this project: the
version and the code that computes. It needs the data set of a run, not its splits file. Ctrl-C stops
its runs with their checkpoints written and puts them back; a second one ends it at once.

--work on a folder that machines share lets a run go on where another machine stopped; on a folder of
its own a worker goes on with what it had itself.
`;

/** `tdnc worker`: does the runs of a queue. */
export function workerCommand() {
  const command = new Command("worker")
    .summary("do the runs of a queue")
    .description("Takes runs from a queue, trains each in a process, and sends what came of it.");
  return addQueueOption(command, "where the queue is:")
    .option("--concurrency <count>", "runs at once, a process each (default: one a core)")
    .option("--work <folder>", "where the runs go on", ".tdnc-worker")
    .option("--data <folder>", "folder of the data sets' files, as for train")
    .addHelpText("after", HELP)
    .action(async ({ queue, concurrency, work, data: dataFolder }) => {
      const address = queueAddress(queue);
      const slots = countOf("--concurrency", concurrency) ?? os.availableParallelism();
      const { buildName } = await import("../runs/queue/build.js");
      const { startWorker } = await import("../runs/queue/worker.js");
      const { runInProcess: run } = await import("../runs/runPool.js");
      const say = (text: string) => void process.stderr.write(`${text}\n`);
      // Before the next line, which is the machine's choice and not the user's.
      tensorflowThreads();
      process.env[THREADS_VARIABLE] = String(threadsOfEach(slots));
      const build = buildName();
      const currentBuild = () => buildName();
      const where = { address, work, dataFolder };
      const worker = await startWorker({ ...where, run, slots, say, build, currentBuild });
      say(`worker of ${address.shown}, build ${build}, ${slots} at once, in ${work}`);
      await stopped(worker);
      // A connection to a Redis that is gone is tried again for ever.
      process.exit();
    });
}

/** Milliseconds in which runs that were killed are put back, if the Redis is there. */
const LAST_WORDS = 1000;

/** Resolves when a signal has stopped the worker; a second one kills its runs, and ends it. */
function stopped(worker: QueueWorker): Promise<void> {
  return new Promise((resolve, reject) => {
    let isStopping = false;
    const onSignal = () => {
      if (isStopping) {
        worker.kill();
        // Where the Redis is gone, nothing else ends.
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
