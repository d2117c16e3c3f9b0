import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { allowRelaxedSimd } from "../backend/relaxedSimd";
import { registerWasmKernels as register, type KernelVariant, type WasmFiles } from "./index";

/** The same for Node, where the modules are files of this package. */
export async function registerWasmKernels(
  files: WasmFiles = { relaxed: read("training-relaxed.wasm"), plain: read("training.wasm") },
): Promise<KernelVariant> {
  allowRelaxedSimd();
  return register(files);
}

function read(name: string): Uint8Array {
  const file = path.join(__dirname, name);
  if (existsSync(file)) return readFileSync(file);
  throw new Error(
    `expected the file ${file} of the package tfjs-wasm-training: in a bundled program, keep the ` +
      "package out of the bundle, or pass the files' bytes to registerWasmKernels",
  );
}
