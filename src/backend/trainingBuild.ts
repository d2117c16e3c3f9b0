import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TrainingBuild } from "../kernels/trainingModule";
import { allowRelaxedSimd } from "./relaxedSimd";

const FILES = { relaxed: "training-relaxed", plain: "training" } as const;

/**
 * Build of the training kernels for this engine: relaxed SIMD if the engine can run it, else plain
 * SIMD. The environment variable `TDNC_SIMD` (`relaxed`, `plain` or `none`) overrides this.
 *
 * @param isShared Whether it uses a memory that threads share.
 * @returns Nothing if the engine has no SIMD, or `TDNC_SIMD` is `none`.
 * @throws {Error} If `TDNC_SIMD` is something else, or requests SIMD that the engine lacks, or if
 *   the kernels were not built.
 */
export function trainingBuild(isShared = false): TrainingBuild | undefined {
  const wanted = process.env.TDNC_SIMD || undefined;
  if (wanted === "none") return undefined;
  if (wanted !== undefined && wanted !== "plain" && wanted !== "relaxed")
    throw new Error(`expected TDNC_SIMD to be relaxed, plain or none, got "${wanted}"`);
  const variants: readonly TrainingBuild["variant"][] =
    wanted === undefined ? ["relaxed", "plain"] : [wanted];
  for (const variant of variants) {
    const bytes = readModule(`${FILES[variant]}${isShared ? "-shared" : ""}.wasm`);
    if (variant === "relaxed") allowRelaxedSimd();
    if (WebAssembly.validate(bytes)) return { variant, bytes };
  }
  if (wanted === undefined) return undefined;
  throw new Error(`TDNC_SIMD asks for ${wanted} SIMD, which Node ${process.version} does not have`);
}

function readModule(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(builtFile("kernels", name)));
}

/**
 * File of the build, for code in `dist` or in `src`.
 *
 * @throws {Error} If it does not exist; the message gives its path and a remedy.
 */
export function builtFile(...names: string[]): string {
  const file = join(__dirname, "..", "..", "dist", ...names);
  if (existsSync(file)) return file;
  throw new Error(
    `expected the file ${file} of the package tdnc: run npm run build, or, in a bundled program, ` +
      "keep tdnc out of the bundle (esbuild --external:tdnc)",
  );
}
