import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What a trainee is asked to do `count` times. */
export interface Request {
  /** A training step with the regulariser; testing 10,000 images; 31 steps and the test. */
  readonly operation: "step" | "evaluation" | "epoch";
  readonly network: "SimpleCNN_MNIST" | "SimpleCNN13";
  readonly count: number;
}

/** What it answers. */
export interface Reply {
  /** Milliseconds, one a repetition. */
  readonly times: number[];
  /** The most that the process has had resident, in bytes. */
  readonly memory: number;
}

/** A process that trains on request: this project's or PyTorch's. */
export interface Trainee {
  readonly name: string;
  /** Versions, as the process states them. */
  readonly versions: Record<string, string>;
  ask(request: Request): Promise<Reply>;
  stop(): void;
}

const PYTHON = "/usr/bin/python3";

/** This project's loop on the wasm backend, with one build of the kernels. */
export function ownTrainee(simd: "plain" | "relaxed"): Promise<Trainee> {
  const script = join(__dirname, "trainee.ts");
  const args = ["--require", "tsx/cjs", script];
  return start(`ours, ${simd} SIMD`, process.execPath, args, { TDNC_SIMD: simd });
}

/** The seed's loop in PyTorch; undefined where there is no PyTorch. */
export async function torchTrainee(threads: number): Promise<Trainee | undefined> {
  if (!existsSync(PYTHON)) return undefined;
  const args = [join(__dirname, "trainee.py"), String(threads)];
  const name = `PyTorch, ${threads} thread${threads === 1 ? "" : "s"}`;
  return start(name, PYTHON, args, {}).catch(() => undefined);
}

async function start(
  name: string,
  command: string,
  args: string[],
  environment: Record<string, string>,
): Promise<Trainee> {
  const child = spawn(command, args, {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async <T>() => {
    const { done, value } = await lines.next();
    if (done) throw new Error(`${name} ended before it answered`);
    return JSON.parse(value) as T;
  };
  return {
    name,
    versions: await read<Record<string, string>>(),
    ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return read<Reply>();
    },
    stop: () => child.kill(),
  };
}
