import os from "node:os";
import * as util from "node:util";
import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { registerWasmKernels } from "../kernels/registerWasmKernels";
import { simdOf } from "../kernels/simd";
import { useTrainingBuild } from "../kernels/trainingModule";
import { limitHint, threadsThatFit } from "./addressSpace";
import { noteChosenBackend } from "./chosenBackend";
import { checkedBackend, type SelectedBackend } from "./backendNames";
import { adapterName, probeAdapter } from "./gpuAdapter";
import { shareKernels } from "./kernelThreads";
import { startSharedWasm } from "./sharedWasm";
import { TENSORFLOW_THREADS, tensorflowThreads, wantedThreads } from "./threads";
import { trainingBuild } from "./trainingBuild";
import { guardReads, registerWebGpu } from "./webgpu";

// Set here, not in selectWasm, because spanning trees use the SIMD kernels on every backend.
useTrainingBuild(trainingBuild);

/**
 * Makes tfjs compute on a backend, and returns one line with the backend and the reason
 * (`summary`).
 *
 * `auto` uses the environment variable TDNC_BACKEND if it is set, else the fastest that starts:
 * webgpu if there is a GPU, wasm with this project's training kernels, tensorflow, cpu. An explicit
 * `webgpu` also accepts a software adapter, and reports it.
 *
 * @throws {Error} If the backend is unknown or not available; the message says why, and what to do.
 */
export async function selectBackend(name: string = "auto"): Promise<SelectedBackend> {
  const { asked, why } = checkedBackend(name);
  switch (asked) {
    case "auto":
      return automaticBackend();
    default:
      return STARTERS[asked](why);
  }
}

/** Starts a backend; `why` ends its summary. */
type Starter = (why: string) => Promise<SelectedBackend>;
type Starters = Readonly<Record<SelectedBackend["name"], Starter>>;

const STARTERS: Starters = {
  webgpu: selectWebGpu,
  wasm: selectWasm,
  tensorflow: selectTensorflow,
  cpu: (why) =>
    activate("cpu", `cpu: plain JavaScript, hundreds of times slower than wasm; ${why}`),
};

/**
 * Starts the fastest available backend.
 *
 * @param probe Returns the adapter of WebGPU.
 * @throws {Error} If an environment variable, or the build of the kernels, is invalid.
 */
export async function automaticBackend(
  probe = probeAdapter,
  starters = STARTERS,
): Promise<SelectedBackend> {
  // A broken installation must not silently select a slower backend.
  wantedThreads();
  trainingBuild();
  const adapter = await probe();
  const isGpu = adapter !== undefined && !adapter.isSoftware;
  let why = isGpu ? "auto, with a GPU" : "auto, without a GPU";
  const names = ["wasm", "tensorflow"] as const;
  for (const name of isGpu ? (["webgpu", ...names] as const) : names)
    try {
      return await starters[name](why);
    } catch (error) {
      why += `; ${name} does not start (${(error as Error).message.split("\n")[0]})`;
    }
  return starters.cpu(why);
}

async function selectTensorflow(why: string): Promise<SelectedBackend> {
  const threads = loadTfjsNode();
  const summary = `tensorflow: tfjs-node ${tf.version_core}`;
  const selected = await activate("tensorflow", "");
  const { binding } = tf.backend() as unknown as { binding: { TF_Version: string } };
  const tensorflow = binding.TF_Version;
  return {
    ...selected,
    summary: `${summary} with TensorFlow ${tensorflow}; ${why}`,
    threads,
    tensorflow,
  };
}

/**
 * Loads tfjs-node with a fixed number of threads and without its log lines; returns that number.
 */
function loadTfjsNode(): number {
  // TensorFlow reads both when it starts. Level 2 leaves errors.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  const isLoaded = tf.findBackendFactory("tensorflow") !== null;
  // Without the variable it uses all cores.
  const threads =
    isLoaded && !process.env[TENSORFLOW_THREADS] ? os.availableParallelism() : tensorflowThreads();
  try {
    // Its last version calls it: without it, tfjs-node loads and then fails in the first operations.
    if (!("isNullOrUndefined" in util))
      throw new Error(`Node ${process.version} no longer has util.isNullOrUndefined`);
    // tfjs-node is optional: its native library cannot be downloaded everywhere.
    require("@tensorflow/tfjs-node");
    return threads;
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0];
    throw new Error(
      `backend tensorflow is not available: tfjs-node does not load (${reason}). ` +
        "Install it with `npm install @tensorflow/tfjs-node` under Node 20 or 22, or, where its " +
        "download fails, with `npx tdnc tfjs-node`; or use --backend wasm.",
    );
  }
}

async function selectWasm(why: string): Promise<SelectedBackend> {
  registerWasmKernels();
  let wanted = wantedThreads();
  // A backend that is already running keeps its memory. (tf.findBackend would start one.)
  if (!("wasm" in tf.engine().registry)) {
    wanted = threadsThatFit(wanted);
    // Also with one thread, because its error names the missing file of a bundle, unlike tfjs's.
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
  noteChosenBackend(name);
  return { name, summary };
}
