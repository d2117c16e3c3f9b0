import assert from "node:assert/strict";
import childProcess from "node:child_process";
import { EventEmitter } from "node:events";
import { runInProcess } from "../../src/runs/runPool";
import type { RunMessage } from "../../src/runs/runner";
import { configOf, runOf } from "./queue/madeUpRuns";

describe("runInProcess", () => {
  const { fork } = childProcess;
  afterEach(() => {
    childProcess.fork = fork;
  });

  it("a process that cannot start, for want of file handles, is a failed run with the reason", async () => {
    // Node leaves such a child without a channel, and so without send.
    childProcess.fork = (() => {
      const child = Object.assign(new EventEmitter(), { kill: () => false });
      process.nextTick(() => child.emit("error", new Error("spawn EMFILE")));
      return child;
    }) as never;
    const messages: RunMessage[] = [];
    const { signal } = new AbortController();
    const job = runOf(configOf(1), "nowhere");
    const outcome = await runInProcess(job, (message) => messages.push(message), signal, signal);
    const error = "its process did not start: spawn EMFILE";
    assert.deepEqual(outcome, { job, status: "failed", error });
    assert.deepEqual(messages, [{ kind: "failed", error }]);
  });
});
