import os from "node:os";

/** The environment variable that sets the number of threads of a run. */
export const THREADS_VARIABLE = "TDNC_THREADS";

/**
 * Threads that this process computes with: {@link THREADS_VARIABLE}, or one per core.
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

/** TensorFlow's own variable for the threads of one operation; it reads it once, when it starts. */
export const TENSORFLOW_THREADS = "TF_NUM_INTRAOP_THREADS";

/**
 * Fixes the threads of TensorFlow, on which its numbers depend, for this process and its children, and
 * gives them: `explicit`, else those that were fixed before, else {@link THREADS_VARIABLE}, else 1. Not
 * one per core: a run could not resume on another machine, or beside others.
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
