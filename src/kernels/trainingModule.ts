import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import type { TrainingKernels } from "./trainingKernels";

/** The training kernels on one memory, and which build of them. */
export interface TrainingModule {
  /** `relaxed`: fused multiply-add; `plain`: the SIMD that every engine has. */
  readonly variant: "relaxed" | "plain";
  readonly kernels: TrainingKernels;
}

const FILES = { relaxed: "training-relaxed.wasm", plain: "training.wasm" } as const;

/**
 * Instantiates the training kernels on `memory`: the relaxed SIMD build where the engine can run
 * it, else the plain one. The environment variable `TDNC_SIMD` (`relaxed`, `plain` or `none`)
 * settles it.
 *
 * The module has no data and allocates nothing: it touches only what its callers point it at.
 *
 * @returns Nothing if the engine has no SIMD, or `TDNC_SIMD` is `none`.
 * @throws {Error} If `TDNC_SIMD` is something else, or asks for what the engine lacks, or if the
 * module was not built.
 */
export function loadTrainingModule(memory: WebAssembly.Memory): TrainingModule | undefined {
  const wanted = process.env.TDNC_SIMD || undefined;
  if (wanted === "none") return undefined;
  if (wanted !== undefined && wanted !== "plain" && wanted !== "relaxed")
    throw new Error(`expected TDNC_SIMD to be relaxed, plain or none, got "${wanted}"`);
  const variants: readonly TrainingModule["variant"][] =
    wanted === undefined ? ["relaxed", "plain"] : [wanted];
  for (const variant of variants) {
    const bytes = readModule(FILES[variant]);
    if (variant === "relaxed") allowRelaxedSimd();
    if (!WebAssembly.validate(bytes)) continue;
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    return { variant, kernels: instance.exports as unknown as TrainingKernels };
  }
  if (wanted !== undefined)
    throw new Error(
      `TDNC_SIMD asks for ${wanted} SIMD, which Node ${process.version} does not have`,
    );
  return undefined;
}

/** Node 20 has relaxed SIMD behind a flag; later versions have no such flag and ignore it. */
function allowRelaxedSimd(): void {
  if (process.versions.node.startsWith("20."))
    setFlagsFromString("--experimental-wasm-relaxed-simd");
}

/** The file lies beside the compiled loader; run from source, in the build's folder. */
function readModule(name: string): Uint8Array<ArrayBuffer> {
  const places = [join(__dirname, name), join(__dirname, "../../dist/kernels", name)];
  const path = places.find(existsSync);
  if (path === undefined)
    throw new Error(`expected the training kernels at ${places.join(" or ")}: run npm run build`);
  return new Uint8Array(readFileSync(path));
}
