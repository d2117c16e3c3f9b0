import { EventEmitter } from "node:events";
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";

/**
 * Starts tfjs's wasm backend on a memory that threads can share: its threaded build, with a single
 * thread of its own. That build asks for workers which Node cannot start (their address is a blob),
 * and never uses them with one thread; while it starts, stand-ins respond in their place. If that
 * much memory cannot be reserved, the backend starts without threads.
 */
export async function startSharedWasm(): Promise<void> {
  setThreadsCount(1);
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", true);
  // The module that the backend requires too; an import would be a copy.
  const workerThreads = require("node:worker_threads") as { Worker: unknown };
  const { Worker } = workerThreads;
  workerThreads.Worker = StandIn;
  try {
    if (!(await tf.setBackend("wasm"))) tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  } finally {
    workerThreads.Worker = Worker;
  }
}

/** Worker that reports that it has loaded, and does nothing. */
class StandIn extends EventEmitter {
  postMessage({ cmd }: { readonly cmd: string }): void {
    if (cmd === "load") setImmediate(() => this.emit("message", { cmd: "loaded" }));
  }
  terminate(): void {}
  ref(): void {}
  unref(): void {}
}
