import { Worker } from "node:worker_threads";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { memoryOf, simdKernels } from "../kernels/simd";
import { useKernelThreads, type KernelCall, type KernelThreads } from "../kernels/threads";
import type { TrainingKernels } from "../kernels/trainingKernels";
import { builtFile, trainingBuild } from "./trainingBuild";
import { ARGUMENTS, awaitAnswer, CALLED, KERNEL, MAILBOX_BYTES, STATE } from "./mailbox";

const counts = new WeakMap<BackendWasm, number>();

/**
 * Lets a backend's kernels run on several threads, if its memory can be shared; call it once per
 * backend.
 *
 * @returns The number of threads.
 */
export async function shareKernels(backend: BackendWasm, wanted: number): Promise<number> {
  const known = counts.get(backend);
  if (known !== undefined) return known;
  const memory = memoryOf(backend);
  const build = memory.buffer instanceof ArrayBuffer ? undefined : trainingBuild(true);
  const kernels = simdKernels(backend);
  if (build && kernels && wanted > 1)
    useKernelThreads(backend, await startKernelThreads(build.bytes, memory, kernels, wanted));
  const count = build && kernels ? wanted : 1;
  counts.set(backend, count);
  return count;
}

/** Data that a thread starts with. */
export interface ThreadData {
  readonly compiled: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly names: readonly string[];
  readonly mailbox: SharedArrayBuffer;
}

/**
 * Starts threads that run the training kernels on a shared memory. They end with the process and do
 * not keep it alive.
 *
 * @param bytes The kernels' build for shared memory.
 * @param kernels Instance of the caller on the same memory.
 * @param count Number of threads, including the calling one: 2 or more.
 */
export async function startKernelThreads(
  bytes: Uint8Array<ArrayBuffer>,
  memory: WebAssembly.Memory,
  kernels: TrainingKernels,
  count: number,
): Promise<KernelThreads> {
  const names = Object.keys(kernels).sort();
  const mailboxes = Array.from({ length: count - 1 }, () => new SharedArrayBuffer(MAILBOX_BYTES));
  const compiled = new WebAssembly.Module(bytes);
  await Promise.all(mailboxes.map((mailbox) => started({ compiled, memory, names, mailbox })));
  const boxes = mailboxes.map((mailbox) => ({
    state: new Int32Array(mailbox),
    args: new Float64Array(mailbox, ARGUMENTS),
  }));
  const run = (calls: readonly KernelCall[]) => {
    calls.slice(1).forEach(([name, args], i) => {
      const { state, args: values } = boxes[i];
      values.set(args as number[]);
      state[KERNEL] = names.indexOf(name);
      Atomics.store(state, STATE, CALLED);
      Atomics.notify(state, STATE);
    });
    const [name, args] = calls[0];
    try {
      (kernels[name] as (...all: unknown[]) => void)(...args);
    } finally {
      calls.slice(1).forEach((_, i) => awaitAnswer(boxes[i].state));
    }
  };
  return { count, run };
}

/**
 * Starts a thread without the preloaded modules of the process, since it only needs the kernels.
 */
function started(workerData: ThreadData): Promise<void> {
  const worker = new Worker(builtFile("backend", "kernelThread.js"), {
    workerData,
    execArgv: [],
    env: {},
  });
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", () => {
      worker.unref();
      resolve();
    });
  });
}
