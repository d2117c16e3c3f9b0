import type { JupyterHandlerImpl } from "tslab/dist/jupyter";

// Jupyter starts this: tslab's kernel, with one thing more. After an error tslab drops the cells that
// arrive within 200 ms, as "Run All" wants it; a request can ask for the opposite (`stop_on_error` of
// the protocol, false with "nbconvert --execute --allow-errors").

type Execute = JupyterHandlerImpl["handleExecute"];

/** The parts of tslab's handler that are used here; its own types keep them private. */
interface Handler {
  readonly execQueue: {
    prev: Promise<unknown>;
    add<T>(task: () => Promise<T>): Promise<T>;
  };
  readonly handleExecuteImpl: Execute;
  handleExecute: Execute;
}

const tslab = require("tslab/dist/jupyter.js") as { JupyterHandlerImpl: { prototype: Handler } };
const handler = tslab.JupyterHandlerImpl.prototype;
const { handleExecute } = handler;

handler.handleExecute = function (this: Handler, request, ...writers) {
  if (request.stop_on_error !== false) return handleExecute.call(this, request, ...writers);
  const add: Handler["execQueue"]["add"] = (task) => {
    const result = this.execQueue.add(task);
    // What comes next does not depend on it.
    this.execQueue.prev = result.catch(() => undefined);
    return result;
  };
  const execQueue = { add, reset: () => undefined };
  const handleExecuteImpl = this.handleExecuteImpl.bind(this);
  return handleExecute.call({ execQueue, handleExecuteImpl }, request, ...writers);
};

const { startKernel } = require("tslab/dist/main.js") as typeof import("tslab/dist/main");
startKernel({ configPath: process.argv[2] });
