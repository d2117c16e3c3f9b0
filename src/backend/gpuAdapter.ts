import { execFile } from "node:child_process";
import { pathToFileURL } from "node:url";

/** A GPU, or a program that stands for one, as WebGPU describes it; fields may be empty. */
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

/** The part of WebGPU's `GPU` that is used here. */
export interface Gpu {
  requestAdapter(options: object): Promise<{ readonly info: AdapterInfo } | null>;
}

/** WebGPU's `GPUAdapterInfo`. */
export type AdapterInfo = Omit<GpuAdapter, "isSoftware"> & { readonly isFallbackAdapter?: boolean };

/** The adapter that tfjs asks for. */
export const ADAPTER_OPTIONS = { powerPreference: "high-performance" };

/** Known names of adapters on the CPU, where the adapter does not say it itself. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b|\bcpu\b/i;

/** The time that looking for an adapter may take, in milliseconds. */
const PATIENCE = 10_000;

/** A program that prints the adapter as JSON and ends soon afterwards. */
const PROBE = `import(process.argv[1])
  .then(({ create }) => {
    globalThis.gpu = create([]);
    return globalThis.gpu.requestAdapter(${JSON.stringify(ADAPTER_OPTIONS)});
  })
  .then((adapter) => {
    const { vendor, architecture, device, description, isFallbackAdapter } = adapter?.info ?? {};
    const info = { vendor, architecture, device, description, isFallbackAdapter };
    console.log(JSON.stringify(adapter === null ? null : info));
    // Node does not end while it is there.
    delete globalThis.gpu;
  });`;

/** An adapter as its information describes it. */
export function describedAdapter(info: AdapterInfo): GpuAdapter {
  const { vendor = "", architecture = "", device = "", description = "" } = info;
  const names = [vendor, architecture, device, description].join(" ");
  const isSoftware = info.isFallbackAdapter === true || SOFTWARE.test(names);
  return { vendor, architecture, device, description, isSoftware };
}

/** An adapter in a few words, `nvidia ampere, NVIDIA A100`. */
export function adapterName({ vendor, architecture, device, description }: GpuAdapter): string {
  const names = [`${vendor} ${architecture}`.trim(), description || device];
  return names.filter((name) => name !== "").join(", ") || "an adapter without a name";
}

/**
 * The npm package `webgpu`, which is optional.
 *
 * @param packageName Another one in its place.
 * @throws {Error} If it is not installed or does not load: what to do.
 */
export async function loadWebGpu(packageName = "webgpu"): Promise<WebGpuPackage> {
  try {
    // An ES module, and a name that the compiler need not find.
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
 * The adapter that WebGPU would take, found by another process: a driver that crashes, hangs or
 * prints does it there. At most 10 s; nothing is started where the package is not installed.
 *
 * @returns undefined where there is none, for whatever reason.
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
    // What was printed counts, even if the driver fails at the program's end.
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
