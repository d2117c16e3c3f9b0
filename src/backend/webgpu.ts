import * as tf from "@tensorflow/tfjs";
import {
  ADAPTER_OPTIONS,
  describedAdapter,
  loadWebGpu,
  type Gpu,
  type GpuAdapter,
} from "./gpuAdapter";

/** Used part of tfjs's WebGPU backend. */
interface GpuBackend {
  readonly device: {
    addEventListener(type: "uncapturederror", listener: (event: GpuErrorEvent) => void): void;
    readonly lost: Promise<{ readonly message: string }>;
  };
  read: (dataId: object) => Promise<tf.TypedArray>;
}
interface GpuErrorEvent {
  readonly error: { readonly message: string };
}

/** Backends whose reads are guarded. */
const guarded = new WeakSet<GpuBackend>();

/** GPU object of this process, which must live as long as its device. */
let started: { gpu: Gpu; adapter: GpuAdapter } | undefined;

/**
 * Registers tfjs's backend `webgpu` in Node: on whatever adapter there is, one in software too.
 * Calling it again gives the same one.
 *
 * Defines the global names of WebGPU, and `navigator.gpu`: tfjs looks for them there.
 *
 * @param load Loads the npm package `webgpu`.
 * @returns The adapter.
 * @throws {Error} If a package is missing or there is no adapter; the message says what to do.
 */
export async function registerWebGpu(load = loadWebGpu): Promise<GpuAdapter> {
  if (started !== undefined) return started.adapter;
  const dawn = await load();
  const gpu = dawn.create([]);
  const adapter = await gpu.requestAdapter(ADAPTER_OPTIONS);
  if (adapter === null)
    throw new Error(
      "backend webgpu is not available: WebGPU finds no adapter here. It needs a GPU and its driver " +
        "(on Linux Vulkan: libvulkan1 and the vendor's driver), or a software adapter; " +
        "or use --backend wasm.",
    );
  Object.assign(globalThis, dawn.globals);
  exposeGpu(gpu);
  loadTfjsBackend();
  started = { gpu, adapter: describedAdapter(adapter.info) };
  return started.adapter;
}

/** Defines `gpu` as in browsers. Node has a navigator since version 21. */
function exposeGpu(gpu: Gpu): void {
  const place = globalThis as { navigator?: object };
  if (place.navigator === undefined)
    Object.defineProperty(place, "navigator", { value: {}, configurable: true, writable: true });
  Object.defineProperty(place.navigator, "gpu", { value: gpu, configurable: true });
}

/**
 * Makes reads from the active backend fail after its GPU has failed: WebGPU reports that
 * separately, and continues with zeros.
 */
export function guardReads(): void {
  const backend = tf.backend() as unknown as GpuBackend;
  if (guarded.has(backend)) return;
  guarded.add(backend);
  let failure: string | undefined;
  const fail = (what: string) => (failure ??= what);
  backend.device.addEventListener("uncapturederror", ({ error }) => fail(error.message));
  void backend.device.lost.then(({ message }) => fail(`the device is lost: ${message}`));
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    const values = await read(dataId).catch((error: Error) => void fail(error.message));
    if (failure === undefined) return values!;
    throw new Error(
      `the GPU failed (${failure}); its results since then are not reliable. ` +
        "A smaller batch or network may fit; or use --backend wasm",
    );
  };
}

function loadTfjsBackend(): void {
  try {
    require("@tensorflow/tfjs-backend-webgpu");
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0];
    throw new Error(
      `backend webgpu is not available: @tensorflow/tfjs-backend-webgpu does not load (${reason}). ` +
        "Install it with `npm install @tensorflow/tfjs-backend-webgpu@4.22.0`, or use --backend wasm.",
    );
  }
}
