import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { simdKernels, withScratch } from "./simd";
import type { Address, TrainingKernels } from "./trainingKernels";

/** A kernel and its arguments. */
export type KernelCall = {
  [Name in keyof TrainingKernels]: readonly [name: Name, args: Parameters<TrainingKernels[Name]>];
}[keyof TrainingKernels];

/** Threads that run kernels on the memory of a backend. */
export interface KernelThreads {
  /** With the calling one. */
  readonly count: number;
  /** Runs the calls, at most `count`, all at the same time, and waits for them. */
  run(calls: readonly KernelCall[]): void;
}

const threadsOf = new WeakMap<BackendWasm, KernelThreads>();

/** Lets a backend's kernels run on several threads, which must share its memory. */
export function useKernelThreads(backend: BackendWasm, threads: KernelThreads): void {
  threadsOf.set(backend, threads);
}

/** Operations that are worth waking another thread for: about 0.1 ms of one core. */
const LEAST_OPERATIONS = 4e6;

/** Work that can be cut by its outputs. */
export interface Work {
  /** Units of the parts: images, channels or rows. */
  readonly units: number;
  /** Additions and multiplications of all units together. */
  readonly operations: number;
  /** Floats of scratch memory that each part needs. */
  readonly scratch?: number;
}

/**
 * Runs a kernel on several threads, each with nearly as many of the units; on one where there is one
 * only, or little to do.
 *
 * @param callOf The kernel with units from `from` to `end`, which write where no others do.
 */
export function runInParts(
  backend: BackendWasm,
  { units, operations, scratch = 0 }: Work,
  callOf: (from: number, end: number, scratch: Address) => KernelCall,
): void {
  const threads = threadsOf.get(backend);
  const worth = Math.floor(operations / LEAST_OPERATIONS);
  const count = Math.max(1, Math.min(threads?.count ?? 1, units, worth));
  const bound = (part: number) => Math.floor((part * units) / count);
  withScratch(backend, scratch * count, (at) => {
    const calls = Array.from({ length: count }, (_, part) =>
      callOf(bound(part), bound(part + 1), at + 4 * scratch * part),
    );
    if (calls.length > 1) return threads!.run(calls);
    const [name, args] = calls[0];
    (simdKernels(backend)![name] as (...all: unknown[]) => void)(...args);
  });
}

/** What a kernel that does little but move a tensor's values costs, in {@link Work}'s operations. */
export function movedOperations({ shape }: TensorInfo): number {
  return 16 * shape.reduce((product, size) => product * size, 1);
}
