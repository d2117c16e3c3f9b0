import assert from "node:assert/strict";
import { Worker } from "node:worker_threads";
import { awaitAnswer, CALLED, DONE, FAILED, IDLE, STATE } from "../../src/backend/mailbox";

describe("mailboxes of threads", () => {
  let worker: Worker | undefined;
  afterEach(() => worker?.terminate());

  /** A thread that wakes the waiting caller a hundred times for nothing, and then answers. */
  async function waking(answer: number): Promise<Int32Array> {
    const state = new Int32Array(new SharedArrayBuffer(8));
    state[STATE] = CALLED;
    const code = `
      const { parentPort, workerData: { state, answer } } = require("node:worker_threads");
      const wake = () => { while (!Atomics.notify(state, ${STATE})); };
      parentPort.postMessage("started");
      for (let i = 0; i < 100; i++) wake();
      Atomics.store(state, ${STATE}, answer);
      Atomics.notify(state, ${STATE});`;
    const options = { eval: true, env: {}, execArgv: [], workerData: { state, answer } };
    const thread = (worker = new Worker(code, options));
    await new Promise((resolve) => thread.once("message", resolve));
    return state;
  }

  it("an answer is awaited, however often the caller is woken before it", async () => {
    const state = await waking(DONE);
    awaitAnswer(state);
    assert.equal(state[STATE], IDLE);
  });

  it("a kernel that failed in a thread is an error", async () => {
    const state = await waking(FAILED);
    assert.throws(() => awaitAnswer(state), /a kernel failed in one of its threads/);
  });
});
