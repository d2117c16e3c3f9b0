import type { TrainingKernels } from "./trainingKernels";

/** One build of the training kernels. */
export interface TrainingBuild {
  /** `relaxed`: fused multiply-add; `plain`: the SIMD that every engine has. */
  readonly variant: "relaxed" | "plain";
  /** A WebAssembly module that this engine can run. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The training kernels on one memory, and which build of them. */
export interface TrainingModule {
  readonly variant: TrainingBuild["variant"];
  readonly kernels: TrainingKernels;
}

/** Chooses a build, for memory that threads share or for memory that they do not. */
export type BuildChoice = (isShared: boolean) => TrainingBuild | undefined;

let chooseBuild: BuildChoice = () => undefined;

/**
 * Sets the source of the kernels' build. Without a build, everything runs without SIMD.
 *
 * @param choose Called each time that kernels are loaded. In Node it reads a file; in a browser it
 *   returns a downloaded file.
 */
export function useTrainingBuild(choose: BuildChoice): void {
  chooseBuild = choose;
}

/**
 * Instantiates the training kernels on `memory`. The module has no data and allocates nothing; it
 * only accesses the memory that its callers pass.
 *
 * @returns Undefined if there is no build.
 */
export function loadTrainingModule(memory: WebAssembly.Memory): TrainingModule | undefined {
  const build = chooseBuild(!(memory.buffer instanceof ArrayBuffer));
  if (build === undefined) return undefined;
  const module = new WebAssembly.Module(build.bytes);
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return { variant: build.variant, kernels: instance.exports as unknown as TrainingKernels };
}
