import type { DataType, KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

/** A kernel function of the wasm backend. */
export type WasmKernel = (call: {
  inputs: Record<string, TensorInfo>;
  attrs: Record<string, unknown>;
  backend: BackendWasm;
}) => TensorInfo | TensorInfo[];

/** The kernel function in the type that tfjs registers. */
export const asKernelFunc = (kernel: WasmKernel): KernelFunc => kernel as unknown as KernelFunc;

/**
 * A tensor's values where they lie in the backend's memory.
 * Valid until the next allocation: memory that grows detaches its views, so allocate first.
 */
export function valuesOf(backend: BackendWasm, tensor: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/** A new tensor in the backend's memory, its values not set. */
export function allocate(
  backend: BackendWasm,
  shape: readonly number[],
  dtype: DataType = "float32",
): TensorInfo {
  return backend.makeOutput([...shape], dtype);
}

/** The allocator of tfjs's wasm module. */
export interface Allocator {
  _malloc: (bytes: number) => number;
  readonly _free: (address: number) => void;
}

const refusing = new WeakSet<Allocator>();

/**
 * Turns a failed allocation into an error. tfjs would use the returned address 0 as memory, and
 * overwrite data of the allocator.
 */
export function refuseFailedAllocations(allocator: Allocator): void {
  if (refusing.has(allocator)) return;
  refusing.add(allocator);
  // The first call replaces the initial function by the real one.
  allocator._free(allocator._malloc(1));
  const allocate = allocator._malloc;
  allocator._malloc = (bytes) => {
    const at = allocate(bytes);
    if (at !== 0) return at;
    throw new Error(
      `out of memory: ${bytes} more bytes were requested; WebAssembly has at most 4 GiB, and less ` +
        "if the system limits a process (ulimit -v)",
    );
  };
}
