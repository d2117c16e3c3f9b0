import { execFile } from "node:child_process";
import { pathToFileURL } from "node:url";

/** GPU or software adapter, as described by WebGPU; fields may be empty. */
export interface GpuAdapter {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** Whether it computes on the CPU. */
  readonly isSoftware: boolean;
}

/** Exports of the npm package `webgpu` (Dawn). */
export interface WebGpuPackage {
  create(options: string[]): Gpu;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** Used part of WebGPU's `GPU`. */
export interface Gpu {
  requestAdapter(options: object): Promise<{ readonly info: AdapterInfo } | null>;
}

/** WebGPU's `GPUAdapterInfo`. */
export type AdapterInfo = Omit<GpuAdapter, "isSoftware"> & { readonly isFallbackAdapter?: boolean };

/** Options of the adapter that tfjs requests. */
export const ADAPTER_OPTIONS = { powerPreference: "high-performance" };

/** Known names of CPU adapters that do not report it. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b|\bcpu\b/i;

/** Time limit for finding an adapter, in milliseconds. */
const PATIENCE = 10_000;

/** Program that prints the adapter as JSON and ends soon afterwards. */
const PROBE = `import(process.argv[1])
  .then(({ create }) => {
    globalThis.gpu = create([]);
    return globalThis.gpu.requestAdapter(${JSON.stringify(ADAPTER_OPTIONS)});
  })
  .then((adapter) => {
    const { vendor, architecture, device, description, isFallbackAdapter } = adapter?.info ?? {};
    const info = { vendor, architecture, device, description, isFallbackAdapter };
    console.log(JSON.stringify(adapter === null ? null : info));
    // Node does not exit while it is set.
    delete globalThis.gpu;
  });`;

/** Adapter from its information. */
export function describedAdapter(info: AdapterInfo): GpuAdapter {
  const { vendor = "", architecture = "", device = "", description = "" } = info;
  const names = [vendor, architecture, device, description].join(" ");
  const isSoftware = info.isFallbackAdapter === true || SOFTWARE.test(names);
  return { vendor, architecture, device, description, isSoftware };
}

/** Short description of an adapter, `nvidia ampere, NVIDIA A100`. */
export function adapterName({ vendor, architecture, device, description }: GpuAdapter): string {
  const names = [`${vendor} ${architecture}`.trim(), description || device];
  return names.filter((name) => name !== "").join(", ") || "an adapter without a name";
}

/**
 * The npm package `webgpu`, which is optional.
 *
 * @param packageName Name of a replacement.
 * @throws {Error} If it is not installed or does not load; the message says what to do.
 */
export async function loadWebGpu(packageName = "webgpu"): Promise<WebGpuPackage> {
  try {
    // An ES module, whose name the compiler does not need to resolve.
    const name = pathToFileURL(require.resolve(packageName)).href;
    return (await import(name)) as WebGpuPackage;
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0];
    throw new Error(
      `backend webgpu is not available: the package webgpu does not load (${reason}). ` +
        "Install it with `npm install webgpu @tensorflow/tfjs-backend-webgpu`, or use --backend wasm.",
    );
  }
}

/**
 * Adapter that WebGPU would use, found by another process, so that a driver that crashes, hangs or
 * prints does no harm here. Takes at most 10 s; nothing is started if the package is not installed.
 *
 * @returns undefined if none was found, for whatever reason.
 */
export async function probeAdapter(): Promise<GpuAdapter | undefined> {
  let file: string;
  try {
    file = require.resolve("webgpu");
  } catch {
    return undefined;
  }
  const args = ["--eval", PROBE, pathToFileURL(file).href];
  const options = { timeout: PATIENCE, killSignal: "SIGKILL" as const };
  const output = await new Promise<string>((resolve) => {
    // The output counts even if the driver fails when the program exits.
    execFile(process.execPath, args, options, (_error, stdout) => resolve(stdout));
  });
  return parsedAdapter(output);
}

function parsedAdapter(output: string): GpuAdapter | undefined {
  try {
    const info = JSON.parse(output) as AdapterInfo | null;
    return info === null ? undefined : describedAdapter(info);
  } catch {
    return undefined;
  }
}
