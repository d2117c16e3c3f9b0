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

/** Threads of each of several runs that share the cores; {@link THREADS_VARIABLE} has priority. */
export function threadsOfEach(runs: number): number {
  if (process.env[THREADS_VARIABLE]) return wantedThreads();
  return Math.max(1, Math.floor(os.availableParallelism() / runs));
}
