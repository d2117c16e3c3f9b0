import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { automaticBackend } from "../../src/backend/selectBackend";
import {
  adapterName,
  describedAdapter,
  loadWebGpu,
  probeAdapter,
  type AdapterInfo,
  type WebGpuPackage,
} from "../../src/backend/gpuAdapter";
import { registerWebGpu } from "../../src/backend/webgpu";
import type { RunRecord } from "../../src/runs/record";
import type { Trained } from "./gpuSteps";

const SWIFTSHADER: AdapterInfo = {
  vendor: "google",
  architecture: "swiftshader",
  device: "swiftshader-device-subzero-",
  description: "SwiftShader driver 5.0.0",
};
const GPU: AdapterInfo = {
  vendor: "nvidia",
  architecture: "ampere",
  device: "0x20b0",
  description: "NVIDIA A100",
  isFallbackAdapter: false,
};

describe("the choice of webgpu", () => {
  const NAMES = ["webgpu", "wasm", "tensorflow", "cpu"] as const;
  /** What auto takes where some backends do not start, and what it says. */
  const chosen = async (info: AdapterInfo | undefined, ...broken: string[]) => {
    const starter = (name: (typeof NAMES)[number]) => (summary: string) =>
      broken.includes(name)
        ? Promise.reject(new Error(`no ${name}\nand more`))
        : Promise.resolve({ name, summary });
    const [webgpu, wasm, tensorflow, cpu] = NAMES.map(starter);
    const probe = () => Promise.resolve(info && describedAdapter(info));
    const { name, summary } = await automaticBackend(probe, { webgpu, wasm, tensorflow, cpu });
    return [name, summary];
  };

  it("auto takes webgpu on a hardware GPU and wasm elsewhere", async () => {
    assert.deepEqual(await chosen(GPU), ["webgpu", "auto, with a GPU"]);
    for (const info of [SWIFTSHADER, undefined])
      assert.deepEqual(await chosen(info), ["wasm", "auto, without a GPU"]);
  });

  it("auto selects the next backend if one does not start, and reports why in one line", async () => {
    const [noGpu, noWasm, noTensorflow] = NAMES.map(
      (name) => `; ${name} does not start (no ${name})`,
    );
    assert.deepEqual(await chosen(GPU, "webgpu"), ["wasm", `auto, with a GPU${noGpu}`]);
    assert.deepEqual(await chosen(undefined, "wasm"), [
      "tensorflow",
      `auto, without a GPU${noWasm}`,
    ]);
    assert.deepEqual(await chosen(undefined, "wasm", "tensorflow"), [
      "cpu",
      `auto, without a GPU${noWasm}${noTensorflow}`,
    ]);
  });

  it("software adapters are recognized by their fallback flag or their names", () => {
    const isSoftware = (change: Partial<AdapterInfo>) =>
      describedAdapter({ ...GPU, ...change }).isSoftware;
    assert.equal(isSoftware({}), false);
    assert.equal(isSoftware({ isFallbackAdapter: true }), true);
    for (const description of [
      "llvmpipe (LLVM 15.0.6, 256 bits)",
      "Microsoft Basic Render Driver",
      "SwiftShader Device (Subzero)",
    ])
      assert.equal(isSoftware({ description }), true, description);
    assert.equal(describedAdapter(SWIFTSHADER).isSoftware, true);
    assert.equal(isSoftware({ architecture: "rdna-3", description: "AMD Radeon RX 7900" }), false);
  });

  it("an adapter's name consists of the fields that it reports", () => {
    assert.equal(adapterName(describedAdapter(GPU)), "nvidia ampere, NVIDIA A100");
    const silent = { vendor: "", architecture: "", device: "", description: "" };
    assert.equal(adapterName(describedAdapter(silent)), "an adapter without a name");
  });

  it("errors state how to install a missing package and what a missing adapter requires", async () => {
    await assert.rejects(
      loadWebGpu("no-such-package"),
      /package webgpu does not load \(.+\)\. Install it with `npm install webgpu .*--backend wasm/,
    );
    const nothing: WebGpuPackage = {
      create: () => ({ requestAdapter: () => Promise.resolve(null) }),
      globals: {},
    };
    await assert.rejects(
      registerWebGpu(() => Promise.resolve(nothing)),
      /WebGPU finds no adapter here\. It needs a GPU and its driver .* or use --backend wasm/,
    );
  });
});

/** Debian's Chromium has a software adapter, and the loader that finds it. */
const CHROMIUM = "/usr/lib/chromium";
const DRIVER = path.join(CHROMIUM, "vk_swiftshader_icd.json");

const software = existsSync(DRIVER)
  ? { VK_DRIVER_FILES: DRIVER, LD_LIBRARY_PATH: CHROMIUM }
  : undefined;

/** Whether the software adapter is available. */
const hasSoftware = async () =>
  software !== undefined && (await loadWebGpu().catch(() => undefined)) !== undefined;

describe("the probe for a GPU", () => {
  it("probeAdapter finds the adapter that the environment's driver variables select", async function () {
    if (!(await hasSoftware())) {
      console.log("      skipped: Debian's Chromium or the package webgpu is not here");
      return this.skip();
    }
    const before = { ...process.env };
    Object.assign(process.env, software);
    try {
      const adapter = await probeAdapter();
      assert.equal(adapter?.architecture, "swiftshader");
      assert.equal(adapter?.isSoftware, true);
    } finally {
      for (const name of Object.keys(software!)) delete process.env[name];
      Object.assign(process.env, before);
    }
  });
});

/** The output of a part of gpuSteps.ts, in a process that exits by itself. */
function gpuSteps(part: string): Promise<unknown> {
  const args = ["--require", "tsx/cjs", path.join(__dirname, "gpuSteps.ts"), part];
  const options = { env: { ...process.env, ...software }, maxBuffer: 2 ** 26 };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, options, (error, stdout) => {
      if (error) reject(error as Error);
      else resolve(JSON.parse(stdout.trim().split("\n").at(-1)!));
    });
  });
}

describe("training on webgpu", function () {
  this.timeout(300_000);
  type Steps = { summary: string; results: Record<string, { wasm: Trained; webgpu: Trained }> };
  let steps: Steps;
  before(async function () {
    const result = (await gpuSteps("steps")) as Steps | { unavailable: string };
    if ("unavailable" in result) {
      assert.ok(!(await hasSoftware()), result.unavailable);
      console.log(`      skipped: ${result.unavailable}`);
      return this.skip();
    }
    steps = result;
  });
  const each = () => Object.entries(steps.results);

  /** |a - b| / |b|; |a - b| where b is below 1e-6, as rounding of a gradient of 0 is. */
  const difference = (a: readonly number[], b: readonly number[]) => {
    const distance = Math.hypot(...a.map((value, i) => value - b[i]));
    const size = Math.hypot(...b);
    return size < 1e-6 ? distance : distance / size;
  };

  it("the summary names the adapter and marks a software adapter", () => {
    assert.match(steps.summary, /^webgpu: tfjs [\d.]+ on \w+.*; as asked$/);
    if (existsSync(DRIVER)) assert.match(steps.summary, /swiftshader.*, in software,.*slower/i);
  });

  it("losses equal wasm's within 1e-3 over five steps of sliding and two of every other loss", () => {
    assert.equal(steps.results.sliding.webgpu.steps.length, 5);
    assert.equal(each().length, 10);
    for (const [name, { wasm, webgpu }] of each()) {
      assert.equal(webgpu.steps.length, wasm.steps.length);
      webgpu.steps.forEach((step, i) => {
        const expected = wasm.steps[i];
        for (const key of ["crossEntropy", "connectivityLoss", "penalty"] as const)
          assert.ok(difference([step[key]], [expected[key]]) < 1e-3, `${name} ${i}: ${key}`);
        assert.equal(step.correct, expected.correct);
        assert.ok(
          difference(Object.values(step.deathTimes), Object.values(expected.deathTimes)) < 1e-3,
        );
      });
    }
  });

  it("weights, statistics, velocities and outputs equal wasm's within 1e-3 after the steps", () => {
    for (const [name, { wasm, webgpu }] of each()) {
      assert.deepEqual(Object.keys(webgpu.variables), Object.keys(wasm.variables));
      for (const [variable, values] of Object.entries(webgpu.variables)) {
        const own = difference(values, wasm.variables[variable]);
        assert.ok(own < 1e-3, `${name}, ${variable}: ${own}`);
      }
      assert.ok(difference(webgpu.features, wasm.features) < 1e-3);
      assert.ok(difference(webgpu.logits, wasm.logits) < 1e-3);
    }
  });

  it("a step waits for the GPU once, never reads synchronously, and leaks no tensor", () => {
    for (const [name, { webgpu }] of each()) {
      assert.ok(webgpu.reads.length > 0);
      for (const [expected, counts] of [
        [1, webgpu.reads],
        [0, webgpu.syncReads],
        [0, webgpu.left],
      ] as const)
        assert.deepEqual(
          counts,
          counts.map(() => expected),
          name,
        );
    }
  });

  it("a run completes, records its adapter, and resumes after a stop", async () => {
    const runs = (await gpuSteps("run")) as Record<"whole" | "stopped" | "resumed", RunRecord>;
    const { whole, stopped, resumed } = runs;
    assert.equal(whole.status, "complete");
    assert.equal(whole.environment.backendSummary, steps.summary);
    assert.deepEqual([stopped.status, stopped.epochs.length], ["interrupted", 1]);
    assert.equal(resumed.status, "complete");
    const [ours, theirs] = [resumed, whole].map(({ epochs }) => epochs[1]);
    assert.ok(theirs.report !== undefined && theirs.test !== undefined);
    // Sums by atomic additions end in other last bits each time.
    assert.ok(difference([ours.loss], [theirs.loss]) < 1e-5);
    assert.ok(difference([ours.test!.crossEntropy], [theirs.test!.crossEntropy]) < 1e-5);
    assert.ok(difference([resumed.epochs[0].loss], [whole.epochs[1].loss]) > 1e-3);
  });

  it("a computation that the device rejects fails at the next read", async () => {
    const { before, error } = (await gpuSteps("fail")) as { before: number[]; error: string };
    assert.deepEqual(before, [9]);
    assert.match(error, /the GPU failed \(.*\); its results since then are not reliable/s);
  });
});
