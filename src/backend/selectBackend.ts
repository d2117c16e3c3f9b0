import * as util from "node:util";
import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { registerWasmKernels } from "../kernels/registerWasmKernels";
import { simdOf } from "../kernels/simd";
import { useTrainingBuild } from "../kernels/trainingModule";
import { limitHint, threadsThatFit } from "./addressSpace";
import { checkedBackend, type SelectedBackend } from "./backendNames";
import { adapterName, probeAdapter } from "./gpuAdapter";
import { shareKernels } from "./kernelThreads";
import { startSharedWasm } from "./sharedWasm";
import { wantedThreads } from "./threads";
import { trainingBuild } from "./trainingBuild";
import { guardReads, registerWebGpu } from "./webgpu";

// Here, not in selectWasm: spanning trees use the SIMD kernels on every backend.
useTrainingBuild(trainingBuild);

/**
 * Makes tfjs compute on a backend, and says on which and why in one line (`summary`).
 *
 * `auto` is the environment variable TDNC_BACKEND where it is set, else tfjs-node where it loads,
 * else webgpu where there is a GPU, else wasm with this project's training kernels. `webgpu`, when
 * it is asked for, takes a software adapter too, and says that it is one.
 *
 * @throws {Error} If the backend is unknown or not available here: why, and what to do.
 */
export async function selectBackend(name: string = "auto"): Promise<SelectedBackend> {
  const { asked, why } = checkedBackend(name);
  switch (asked) {
    case "auto":
      return selectAutomatically();
    case "tensorflow":
      loadTfjsNode();
      return activate("tensorflow", `tensorflow: tfjs-node ${tf.version_core}, ${why}`);
    case "wasm":
      return selectWasm(why);
    case "cpu":
      return activate("cpu", `cpu: plain JavaScript, ${why}; hundreds of times slower than wasm`);
    case "webgpu":
      return selectWebGpu(why);
  }
}

async function selectAutomatically(): Promise<SelectedBackend> {
  const { name, why } = await automaticBackend();
  if (name === "tensorflow") return activate(name, `tensorflow: tfjs-node ${tf.version_core}`);
  if (name === "wasm") return selectWasm(why);
  try {
    return await selectWebGpu(why);
  } catch (error) {
    return selectWasm(`${why}; a GPU is there, but ${(error as Error).message}`);
  }
}

/**
 * The backend that `auto` takes, and why.
 *
 * @param tensorflow Throws where tfjs-node does not load.
 * @param probe Gives the adapter of WebGPU; asked only where tfjs-node does not load.
 */
export async function automaticBackend(
  tensorflow = loadTfjsNode,
  probe = probeAdapter,
): Promise<{ name: "tensorflow" | "webgpu" | "wasm"; why: string }> {
  try {
    tensorflow();
    return { name: "tensorflow", why: "tfjs-node loads here" };
  } catch {
    const why = "tfjs-node does not load here";
    const adapter = await probe();
    return { name: adapter === undefined || adapter.isSoftware ? "wasm" : "webgpu", why };
  }
}

function loadTfjsNode(): void {
  try {
    // Its last version calls it: without it, tfjs-node loads and then fails in the first operations.
    if (!("isNullOrUndefined" in util))
      throw new Error(`Node ${process.version} no longer has util.isNullOrUndefined`);
    // tfjs-node is optional: its native library cannot be downloaded everywhere.
    require("@tensorflow/tfjs-node");
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0];
    throw new Error(
      `backend tensorflow is not available: tfjs-node does not load (${reason}). ` +
        "Install it with `npm install @tensorflow/tfjs-node` under Node 20 or 22, " +
        "where its download is reachable, or use --backend wasm.",
    );
  }
}

async function selectWasm(why: string): Promise<SelectedBackend> {
  registerWasmKernels();
  let wanted = wantedThreads();
  // A backend that runs already keeps its memory. (tf.findBackend would start one.)
  if (!("wasm" in tf.engine().registry)) {
    wanted = threadsThatFit(wanted);
    // Also for one thread: its error names the missing file of a bundle, tfjs's does not.
    const build = trainingBuild(wanted > 1);
    if (wanted > 1 && build) await startSharedWasm();
  }
  await activate("wasm", "");
  const backend = tf.backend() as BackendWasm;
  const simd = simdOf(backend)?.variant;
  const threads = await shareKernels(backend, wanted);
  const kernels =
    simd === undefined
      ? "training kernels without SIMD, several times slower"
      : `training kernels in ${simd} SIMD`;
  return { name: "wasm", summary: `wasm: tfjs ${tf.version_core}, ${kernels}; ${why}`, threads };
}

async function selectWebGpu(why: string): Promise<SelectedBackend> {
  const adapter = await registerWebGpu();
  const kind = adapter.isSoftware ? ", in software, many times slower than wasm" : "";
  const summary = `webgpu: tfjs ${tf.version_core} on ${adapterName(adapter)}${kind}; ${why}`;
  const selected = await activate("webgpu", summary);
  guardReads();
  return selected;
}

async function activate(name: SelectedBackend["name"], summary: string): Promise<SelectedBackend> {
  if (!(await tf.setBackend(name)))
    throw new Error(
      `backend ${name} did not start${limitHint()}; --backend cpu works everywhere, slowly`,
    );
  await tf.ready();
  return { name, summary };
}
