import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { BACKEND_VARIABLE } from "../../src/backend/backendNames";
import { selectBackend } from "../../src/backend/selectBackend";

describe("the choice of a backend", () => {
  const before = process.env[BACKEND_VARIABLE];
  beforeEach(() => delete process.env[BACKEND_VARIABLE]);
  after(() => {
    if (before !== undefined) process.env[BACKEND_VARIABLE] = before;
  });

  const hasTfjsNode = (() => {
    try {
      require("@tensorflow/tfjs-node");
      return true;
    } catch {
      return false;
    }
  })();

  it("is tfjs-node where it loads, else wasm with the training kernels, and says so", async function () {
    const { name, summary } = await selectBackend();
    // Where there is a GPU: test/backend/webgpu.test.ts.
    if (name === "webgpu") return this.skip();
    assert.equal(name, hasTfjsNode ? "tensorflow" : "wasm");
    assert.equal(tf.getBackend(), name);
    if (!hasTfjsNode)
      assert.match(summary, /^wasm: .*training kernels.*tfjs-node does not load here/);
    assert.ok(!summary.includes("\n"));
  });

  it("obeys the environment variable, but not where a backend is named", async () => {
    process.env[BACKEND_VARIABLE] = "cpu";
    assert.equal((await selectBackend()).name, "cpu");
    assert.equal((await selectBackend("wasm")).name, "wasm");
  });

  it("refuses a name that is none, from the variable too, and lists the names", async () => {
    await assert.rejects(selectBackend("gpu"), /backend: expected one of auto, .*got "gpu"/);
    process.env[BACKEND_VARIABLE] = "cuda";
    await assert.rejects(selectBackend(), /TDNC_BACKEND: expected one of .*got "cuda"/);
  });

  it("says why a backend is not available and what to do", async function () {
    if (hasTfjsNode) return this.skip();
    await assert.rejects(
      selectBackend("tensorflow"),
      /tfjs-node does not load \(.+\)\. Install it with .* or use --backend wasm/,
    );
  });
});
