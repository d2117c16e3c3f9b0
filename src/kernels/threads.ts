import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TrainingKernels } from "./trainingKernels";

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

/** Lets a backend's kernels run on several threads, whose memory then has to be shared. */
export function useKernelThreads(backend: BackendWasm, threads: KernelThreads): void {
  threadsOf.set(backend, threads);
}

/** Operations that are worth waking another thread for: about 0.1 ms of one core. */
const LEAST_OPERATIONS = 4e6;

/**
 * Ranges that cut `units` into nearly equal parts, one for each thread; a single one where there is
 * one thread or little to do.
 *
 * @param operations Additions and multiplications of all units together.
 */
export function partsOf(
  backend: BackendWasm,
  units: number,
  operations: number,
): readonly (readonly [from: number, to: number])[] {
  const worth = Math.floor(operations / LEAST_OPERATIONS);
  const count = Math.max(1, Math.min(threadsOf.get(backend)?.count ?? 1, units, worth));
  const bound = (part: number) => Math.floor((part * units) / count);
  return Array.from({ length: count }, (_, part) => [bound(part), bound(part + 1)] as const);
}

/** Runs kernels that write to different places, on several threads if there are several calls. */
export function runKernels(
  backend: BackendWasm,
  kernels: TrainingKernels,
  calls: readonly KernelCall[],
): void {
  if (calls.length > 1) return threadsOf.get(backend)!.run(calls);
  for (const [name, args] of calls) (kernels[name] as (...all: unknown[]) => void)(...args);
}
