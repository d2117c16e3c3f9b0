import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as tf from "@tensorflow/tfjs";
import { BACKEND_VARIABLE } from "../../src/backend/backendNames";
import { selectBackend } from "../../src/backend/selectBackend";

describe("selectBackend", () => {
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

  it("the default is wasm, even if tfjs-node loads, as the summary states", async function () {
    const { name, summary } = await selectBackend();
    // Where there is a GPU: test/backend/webgpu.test.ts.
    if (name === "webgpu") return this.skip();
    assert.deepEqual([name, tf.getBackend()], ["wasm", "wasm"]);
    assert.match(summary, /^wasm: .*training kernels.*; auto, without a GPU$/);
    assert.ok(!summary.includes("\n"));
  });

  it("the wasm backend is started once, whatever the number of threads", () => {
    const code = `
      let count = 0;
      const { instantiate } = WebAssembly;
      WebAssembly.instantiate = (...all) => (count++, instantiate(...all));
      const { selectBackend } = require("./dist/backend/selectBackend.js");
      selectBackend("wasm").then(() => console.log(count));`;
    for (const TDNC_THREADS of ["1", "2"]) {
      const env = { ...process.env, TDNC_THREADS };
      const output = execFileSync(process.execPath, ["-e", code], { encoding: "utf8", env });
      assert.equal(output, "1\n", `${TDNC_THREADS} threads`);
    }
  });

  it("TDNC_BACKEND sets the default, and a named backend overrides it", async () => {
    process.env[BACKEND_VARIABLE] = "cpu";
    assert.equal((await selectBackend()).name, "cpu");
    assert.equal((await selectBackend("wasm")).name, "wasm");
  });

  it("selectBackend rejects an unknown name, also from TDNC_BACKEND, and lists the names", async () => {
    await assert.rejects(selectBackend("gpu"), /backend: expected one of auto, .*got "gpu"/);
    process.env[BACKEND_VARIABLE] = "cuda";
    await assert.rejects(selectBackend(), /TDNC_BACKEND: expected one of .*got "cuda"/);
  });

  it("the error for an unavailable backend states the reason and a remedy", async function () {
    if (hasTfjsNode) return this.skip();
    await assert.rejects(
      selectBackend("tensorflow"),
      /tfjs-node does not load \(.+\)\. Install it with .* or use --backend wasm/,
    );
  });
});
