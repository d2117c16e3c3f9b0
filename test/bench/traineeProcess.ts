import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { MeasuresReply, MeasuresRequest } from "./measures";

/** What a trainee is asked to do `count` times. */
export interface Request {
  /** A training step with the regularizer; testing 10,000 images; 31 steps and the test. */
  readonly operation: "step" | "evaluation" | "epoch";
  readonly network: "SimpleCNN_MNIST" | "SimpleCNN13";
  /** Of SimpleCNN13; without it 1. */
  readonly width?: number;
  readonly count: number;
}

/** What it answers. */
export interface Reply {
  /** Milliseconds, one a repetition. */
  readonly times: number[];
  /** The most that the process has had resident, in bytes. */
  readonly memory: number;
  /** Of this project's: bytes of WebAssembly memory, and tensors. */
  readonly wasm?: number;
  readonly tensors?: number;
  /** Of this project's: multiplications and additions of a step's convolutions, mean. */
  readonly operations?: number;
}

/** A process that does what it is asked and says how long it took. */
export interface Answering<Asked, Answered> {
  readonly name: string;
  /** Versions, as the process states them. */
  readonly versions: Record<string, string>;
  ask(request: Asked): Promise<Answered>;
  stop(): void;
}

/** A process that trains on request: this project's or PyTorch's. */
export type Trainee = Answering<Request, Reply>;

/** Points of SciPy's spanning tree, or of its distances alone. */
export interface TreeRequest {
  readonly points: number;
  readonly dim: number;
  readonly tree: boolean;
}

/** Milliseconds. */
export interface TreeReply {
  readonly distances: number;
  readonly tree: number | null;
}

/** Memory formats of PyTorch's images and weights: as the original has them, or the faster one. */
export type Layout = "default" | "channels_last";

/** The project's own Python where it has one, else the system's. */
export function defaultPython(): string {
  const own = join(__dirname, "../../.venv/bin/python");
  return existsSync(own) ? own : "python3";
}

/** This project's loop on the wasm backend, with one build of the kernels. */
export function ownTrainee(threads: number, simd?: "plain"): Promise<Trainee> {
  const script = join(__dirname, "trainee.ts");
  const args = ["--require", "tsx/cjs", script];
  const name = `ours, ${counted(threads)}${simd === undefined ? "" : `, ${simd} SIMD`}`;
  const variables = { TDNC_THREADS: String(threads), TDNC_SIMD: simd ?? "" };
  return start<Request, Reply>(name, process.execPath, args, variables);
}

/**
 * This project's loop on webgpu.
 *
 * @throws {Error} If webgpu is not available: why.
 */
export function gpuTrainee(): Promise<Trainee> {
  const args = ["--require", "tsx/cjs", join(__dirname, "trainee.ts"), "webgpu"];
  return start<Request, Reply>("ours, webgpu", process.execPath, args, {});
}

/** The original's loop in PyTorch; undefined where there is no PyTorch, or no such device. */
export async function torchTrainee(
  python: string,
  threads: number,
  layout: Layout = "default",
  device: "cpu" | "cuda" = "cpu",
): Promise<Trainee | undefined> {
  const args = [join(__dirname, "trainee.py"), String(threads), device, layout];
  const name = `PyTorch, ${counted(threads)}${layout === "default" ? "" : `, ${layout}`}`;
  return start<Request, Reply>(name, python, args, {}).catch(() => undefined);
}

/** SciPy's distances and spanning trees; undefined where there is no SciPy. */
export async function scipyTrees(
  python: string,
): Promise<Answering<TreeRequest, TreeReply> | undefined> {
  const args = [join(__dirname, "scipyTrees.py")];
  return start<TreeRequest, TreeReply>("SciPy", python, args, {}).catch(() => undefined);
}

/** NumPy's measures on one thread where there is NumPy, then this project's. */
export async function measuringProcesses(
  python: string,
): Promise<Answering<MeasuresRequest, MeasuresReply>[]> {
  const one = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  const numpy = await start<MeasuresRequest, MeasuresReply>(
    "NumPy",
    python,
    [join(__dirname, "measures.py")],
    one,
  ).catch(() => undefined);
  const args = ["--require", "tsx/cjs", join(__dirname, "measuresProcess.ts")];
  const ours = await start<MeasuresRequest, MeasuresReply>("ours", process.execPath, args, {});
  return numpy === undefined ? [ours] : [numpy, ours];
}

const counted = (threads: number) => `${threads} thread${threads === 1 ? "" : "s"}`;

async function start<Asked, Answered>(
  name: string,
  command: string,
  args: string[],
  environment: Record<string, string>,
): Promise<Answering<Asked, Answered>> {
  const child = spawn(command, args, {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.on("error", () => child.stdout.destroy());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async <T>() => {
    const next = await lines.next();
    if (next.done) throw new Error(`${name} ended before it answered`);
    return JSON.parse(next.value) as T;
  };
  const versions = await read<Record<string, string>>();
  if ("error" in versions) throw new Error(versions.error);
  return {
    name,
    versions,
    ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return read<Answered>();
    },
    stop: () => child.kill(),
  };
}
