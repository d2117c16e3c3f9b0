import { parentPort, workerData } from "node:worker_threads";
import type { ThreadData } from "./kernelThreads";
import { ARGUMENTS, CALLED, DONE, FAILED, KERNEL, STATE } from "./mailbox";

// A thread of kernelThreads.ts: waits for its mailbox to name a kernel, and runs it.
const { bytes, memory, names, mailbox } = workerData as ThreadData;
const compiled = new WebAssembly.Module(bytes);
const instance = new WebAssembly.Instance(compiled, { env: { memory } });
const kernels = names.map((name) => instance.exports[name] as (...args: number[]) => void);
const state = new Int32Array(mailbox);
const args = new Float64Array(mailbox, ARGUMENTS);
/** Looks at the mailbox before the thread sleeps: calls come in quick succession. */
const SPINS = 1_000_000;

parentPort!.postMessage("started");
for (;;) {
  const before = Atomics.load(state, STATE);
  if (before !== CALLED) {
    let spins = 0;
    while (spins < SPINS && Atomics.load(state, STATE) !== CALLED) spins++;
    if (spins === SPINS) Atomics.wait(state, STATE, before);
    continue;
  }
  const kernel = kernels[state[KERNEL]];
  let after = DONE;
  try {
    kernel(...args.subarray(0, kernel.length));
  } catch {
    after = FAILED;
  }
  Atomics.store(state, STATE, after);
  Atomics.notify(state, STATE);
}
