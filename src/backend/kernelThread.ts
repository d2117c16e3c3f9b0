import { parentPort, workerData } from "node:worker_threads";
import type { ThreadData } from "./kernelThreads";
import { ARGUMENTS, awaitCall, DONE, FAILED, KERNEL, STATE } from "./mailbox";

// Thread of kernelThreads.ts: waits until its mailbox names a kernel, and runs it.
const { compiled, memory, names, mailbox } = workerData as ThreadData;
const instance = new WebAssembly.Instance(compiled, { env: { memory } });
const kernels = names.map((name) => instance.exports[name] as (...args: number[]) => void);
const state = new Int32Array(mailbox);
const args = new Float64Array(mailbox, ARGUMENTS);

parentPort!.postMessage("started");
for (;;) {
  awaitCall(state);
  const kernel = kernels[state[KERNEL]];
  let answer = DONE;
  try {
    kernel(...args.subarray(0, kernel.length));
  } catch {
    answer = FAILED;
  }
  Atomics.store(state, STATE, answer);
  Atomics.notify(state, STATE);
}
