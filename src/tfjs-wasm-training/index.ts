import * as tf from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { registerWasmKernels as registerKernels } from "../kernels/registerWasmKernels";
import { memoryOf } from "../kernels/simd";
import { useTrainingBuild, type TrainingBuild } from "../kernels/trainingModule";

/** An address to fetch a WebAssembly module from, or its bytes. */
export type WasmSource = string | URL | ArrayBuffer | Uint8Array;

/** The two WebAssembly modules of this package. The first that the engine can run is used. */
export interface WasmFiles {
  /** `training-relaxed.wasm`: faster, where the engine has relaxed SIMD. */
  readonly relaxed?: WasmSource | undefined;
  /** `training.wasm`: for every engine that has SIMD. */
  readonly plain?: WasmSource | undefined;
}

/** The module in use. */
export type KernelVariant = "relaxed" | "plain" | "none";

let registered: Promise<KernelVariant> | undefined;

/**
 * Registers the kernels with which tfjs models train on the backend "wasm", before or after
 * `tf.setBackend("wasm")`. They run on one thread. A second call changes nothing.
 *
 * @param files Where the WebAssembly modules are. In Node by default in this package; a browser needs
 *   at least one of them.
 * @returns Which module is in use; "none" where the engine can run neither, so that the kernels run in
 *   JavaScript and in tfjs's own operations.
 * @throws {Error} If no module is given or what is found is not one, or if the backend already runs on
 *   several threads.
 */
export function registerWasmKernels(files: WasmFiles = {}): Promise<KernelVariant> {
  registered ??= register(files).catch((error: unknown) => {
    registered = undefined;
    throw error;
  });
  return registered;
}

async function register(files: WasmFiles): Promise<KernelVariant> {
  const { registry } = tf.engine();
  if (!("wasm" in registry)) {
    // Else it may start on memory that it shares with its workers, for which these modules are not made.
    tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  } else if (!(memoryOf(registry.wasm as BackendWasm).buffer instanceof ArrayBuffer))
    throw new Error(
      "registerWasmKernels: the backend already runs on several threads; call it before tf.setBackend",
    );
  const build = await loadBuild(files);
  useTrainingBuild(() => build);
  registerKernels();
  return build?.variant ?? "none";
}

async function loadBuild(files: WasmFiles): Promise<TrainingBuild | undefined> {
  if (files.relaxed === undefined && files.plain === undefined)
    throw new Error(
      "registerWasmKernels: expected the place of training.wasm or training-relaxed.wasm: pass " +
        "{ relaxed, plain } with the address or the bytes of at least one",
    );
  for (const variant of ["relaxed", "plain"] as const) {
    const source = files[variant];
    if (source === undefined) continue;
    const bytes = await bytesOf(source);
    if (String.fromCharCode(...bytes.subarray(0, 4)) !== "\0asm")
      throw new Error(
        `registerWasmKernels: expected a WebAssembly module for ${variant}, got ` +
          (isAddress(source) ? `something else from ${source}` : `${bytes.length} other bytes`),
      );
    if (WebAssembly.validate(bytes)) return { variant, bytes };
  }
  return undefined;
}

async function bytesOf(source: WasmSource): Promise<Uint8Array<ArrayBuffer>> {
  if (!isAddress(source)) return new Uint8Array(source);
  const response = await fetch(source);
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  throw new Error(
    `registerWasmKernels: ${source} answers ${response.status} ${response.statusText}`,
  );
}

const isAddress = (source: WasmSource): source is string | URL =>
  typeof source === "string" || source instanceof URL;
