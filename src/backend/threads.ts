import os from "node:os";

/** Environment variable with the number of threads of a run. */
export const THREADS_VARIABLE = "TDNC_THREADS";

/**
 * Number of threads of this process: {@link THREADS_VARIABLE}, or one per core.
 *
 * @throws {Error} If the variable is not a whole number from 1.
 */
export function wantedThreads(): number {
  const text = process.env[THREADS_VARIABLE];
  if (!text) return os.availableParallelism();
  if (!/^[1-9]\d{0,2}$/.test(text))
    throw new Error(`${THREADS_VARIABLE}: expected a whole number from 1, got "${text}"`);
  return Number(text);
}

/** TensorFlow's variable for the threads of one operation, which it reads once at start. */
export const TENSORFLOW_THREADS = "TF_NUM_INTRAOP_THREADS";

/**
 * Fixes the number of threads of TensorFlow, on which its numbers depend, for this process and its
 * children, and returns it: `explicit`, else the number fixed before, else
 * {@link THREADS_VARIABLE}, else 1. With one per core, a run could not resume on another machine,
 * or next to other runs.
 */
export function tensorflowThreads(explicit?: number): number {
  const known = process.env[TENSORFLOW_THREADS];
  if (explicit === undefined && known && /^[1-9]\d{0,2}$/.test(known)) return Number(known);
  const threads = explicit ?? (process.env[THREADS_VARIABLE] ? wantedThreads() : 1);
  process.env[TENSORFLOW_THREADS] = String(threads);
  return threads;
}

/** Threads of each of several runs that share the cores; {@link THREADS_VARIABLE} has priority. */
export function threadsOfEach(runs: number): number {
  if (process.env[THREADS_VARIABLE]) return wantedThreads();
  return Math.max(1, Math.floor(os.availableParallelism() / runs));
}
