import type { DataType, KernelFunc, TensorInfo } from "@tensorflow/tfjs";
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
