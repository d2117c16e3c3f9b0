import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What a trainee is asked to do `count` times. */
export interface Request {
  /** A training step with the regulariser; testing 10,000 images; 31 steps and the test. */
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

const PYTHON = "/usr/bin/python3";

/** This project's loop on the wasm backend, with one build of the kernels. */
export function ownTrainee(simd: "plain" | "relaxed"): Promise<Trainee> {
  const script = join(__dirname, "trainee.ts");
  const args = ["--require", "tsx/cjs", script];
  return start<Request, Reply>(`ours, ${simd} SIMD`, process.execPath, args, { TDNC_SIMD: simd });
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
  threads: number,
  device: "cpu" | "cuda" = "cpu",
): Promise<Trainee | undefined> {
  if (!existsSync(PYTHON)) return undefined;
  const args = [join(__dirname, "trainee.py"), String(threads), device];
  const name = `PyTorch, ${threads} thread${threads === 1 ? "" : "s"}`;
  return start<Request, Reply>(name, PYTHON, args, {}).catch(() => undefined);
}

/** SciPy's distances and spanning trees; undefined where there is no SciPy. */
export async function scipyTrees(): Promise<Answering<TreeRequest, TreeReply> | undefined> {
  if (!existsSync(PYTHON)) return undefined;
  const args = [join(__dirname, "scipyTrees.py")];
  return start<TreeRequest, TreeReply>("SciPy", PYTHON, args, {}).catch(() => undefined);
}

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
