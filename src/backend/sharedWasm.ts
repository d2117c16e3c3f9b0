import { EventEmitter } from "node:events";
import os from "node:os";
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";

/** The environment variable that says how many threads a run computes with. */
export const THREADS_VARIABLE = "TDNC_THREADS";

/**
 * Threads that a process computes with: {@link THREADS_VARIABLE}, or one per core.
 *
 * @throws {Error} If the variable is not a whole number from 1.
 */
export function wantedThreads(): number {
  const text = process.env[THREADS_VARIABLE];
  if (!text) return os.availableParallelism();
  if (!/^[1-9]\d{0,2}$/.test(text))
    throw new Error(`${THREADS_VARIABLE}: expected a whole number from 1, got "${text}"`);
  return Number(text);
}

/**
 * Starts tfjs's wasm backend on a memory that threads can share: its threaded build, with a single
 * thread of its own. That build asks for workers which Node cannot start (their address is a blob),
 * and never uses them with one thread; while it starts, stand-ins answer in their place.
 */
export async function startSharedWasm(): Promise<boolean> {
  setThreadsCount(1);
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", true);
  // The module itself, which the backend requires too: an import would be a copy.
  const workerThreads = require("node:worker_threads") as { Worker: unknown };
  const { Worker } = workerThreads;
  workerThreads.Worker = StandIn;
  try {
    return await tf.setBackend("wasm");
  } finally {
    workerThreads.Worker = Worker;
  }
}

/** A worker that says that it has loaded, and does nothing. */
class StandIn extends EventEmitter {
  postMessage({ cmd }: { readonly cmd: string }): void {
    if (cmd === "load") setImmediate(() => this.emit("message", { cmd: "loaded" }));
  }
  terminate(): void {}
  ref(): void {}
  unref(): void {}
}
