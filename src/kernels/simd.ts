import * as tf from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { Address, TrainingKernels } from "./trainingKernels";
import { loadTrainingModule, type TrainingModule } from "./trainingModule";
import { allocate, refuseFailedAllocations, type Allocator } from "./wasmMemory";

/** The SIMD kernels on the memory of a backend; undefined where the engine has no SIMD. */
const loaded = new WeakMap<BackendWasm, TrainingModule | undefined>();

/** The memory of a backend; its threaded build, which imports it, keeps it elsewhere. */
export function memoryOf({ wasm }: BackendWasm): WebAssembly.Memory {
  const { wasmMemory, asm } = wasm as unknown as {
    readonly wasmMemory?: WebAssembly.Memory;
    readonly asm: { readonly memory: WebAssembly.Memory };
  };
  return wasmMemory ?? asm.memory;
}

/** The SIMD kernels that work on a backend's tensors in place, loaded once. */
export function simdOf(backend: BackendWasm): TrainingModule | undefined {
  if (!loaded.has(backend)) {
    refuseFailedAllocations(backend.wasm as unknown as Allocator);
    loaded.set(backend, loadTrainingModule(memoryOf(backend)));
  }
  return loaded.get(backend);
}

/** The SIMD kernels alone. */
export function simdKernels(backend: BackendWasm): TrainingKernels | undefined {
  return simdOf(backend)?.kernels;
}

/** Whether SIMD kernels are available on the active backend in this engine. */
export function runsInSimd(kernelName: string): boolean {
  return (
    tf.getKernel(kernelName, tf.getBackend()) !== undefined &&
    simdKernels(tf.backend() as BackendWasm) !== undefined
  );
}

/** Address of a tensor's values, which stays valid when the memory grows, unlike a view. */
export function addressOf(backend: BackendWasm, tensor: tf.TensorInfo): Address {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset;
}

/** Address of row `row` along a tensor's first axis; values have 4 bytes. */
export function rowAddress(backend: BackendWasm, tensor: tf.TensorInfo, row: number): Address {
  const length = tensor.shape.slice(1).reduce((product, size) => product * size, 1);
  return addressOf(backend, tensor) + 4 * row * length;
}

/** A function that gives the addresses of some tensors, as many as it is given. */
export const addressesIn =
  (backend: BackendWasm) =>
  <T extends readonly tf.TensorInfo[]>(...tensors: T) =>
    tensors.map((tensor) => addressOf(backend, tensor)) as { [Index in keyof T]: Address };

/** Calls `use` with memory for some floats, and frees it again. */
export function withScratch(
  backend: BackendWasm,
  floats: number,
  use: (scratch: Address) => void,
): void {
  if (floats === 0) return use(0);
  const memory = allocate(backend, [floats]);
  use(addressOf(backend, memory));
  backend.disposeData(memory.dataId);
}
