import { spawnSync } from "node:child_process";

const wanted = process.env.TDNC_TEST_BACKEND || "wasm";
if (wanted !== "wasm" && wanted !== "tensorflow")
  throw new Error(`TDNC_TEST_BACKEND: expected wasm or tensorflow, got "${wanted}"`);

/** The backend that the tests of networks compute on: TDNC_TEST_BACKEND, or wasm. */
export const TEST_BACKEND = wanted as "wasm" | "tensorflow";

let loads: boolean | undefined;

/** Whether tfjs-node loads here; another process tries it, since loading switches the backend. */
export function hasTfjsNode(): boolean {
  const program = "require('@tensorflow/tfjs-node')";
  loads ??= spawnSync(process.execPath, ["-e", program]).status === 0;
  return loads;
}
