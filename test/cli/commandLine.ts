import { spawn } from "node:child_process";
import path from "node:path";

/** The built command line. */
export const MAIN = path.join(__dirname, "..", "..", "dist", "cli", "main.js");

/** Result of a command. */
export interface Finished {
  /** The exit code; null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs, in a process group of its own. */
export interface Running {
  readonly finished: Promise<Finished>;
  /** Sends a signal to the command alone. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Sends a signal to the command and its processes, as a terminal does. */
  readonly signalGroup: (signal: NodeJS.Signals) => void;
}

/** Starts `tdnc` with arguments, on the wasm backend. */
export function start(...args: string[]): Running {
  return startWith({}, ...args);
}

/** Starts `tdnc` with arguments and more variables in its environment. */
export function startWith(variables: NodeJS.ProcessEnv, ...args: string[]): Running {
  const env = { ...process.env, TDNC_BACKEND: "wasm", ...variables };
  const child = spawn(process.execPath, [MAIN, ...args], { detached: true, env });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => (output[name] += text));
  // A failing test leaves no running command.
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  const finished = new Promise<Finished>((resolve) =>
    child.once("close", (code) => {
      process.off("exit", kill);
      resolve({ code, ...output });
    }),
  );
  return {
    finished,
    signal: (signal) => child.kill(signal),
    signalGroup: (signal) => process.kill(-child.pid!, signal),
  };
}

/** Runs `tdnc` to its end. */
export function tdnc(...args: string[]): Promise<Finished> {
  return start(...args).finished;
}
