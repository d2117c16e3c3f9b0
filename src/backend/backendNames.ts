/**
 * Where the arithmetic runs; `auto` takes the first that works of webgpu on a hardware GPU, wasm,
 * tensorflow and cpu.
 */
export const BACKEND_NAMES = ["auto", "tensorflow", "wasm", "cpu", "webgpu"] as const;
/** One of {@link BACKEND_NAMES}. */
export type BackendName = (typeof BACKEND_NAMES)[number];

/** The environment variable that `auto` obeys. */
export const BACKEND_VARIABLE = "TDNC_BACKEND";

/** The backend that was chosen. */
export interface SelectedBackend {
  readonly name: Exclude<BackendName, "auto">;
  /** A line that says which and why. Records hold it, so that it does not depend on the threads. */
  readonly summary: string;
  /** Threads that it computes on. */
  readonly threads?: number;
  /** Version of TensorFlow's library, on which its numbers depend as on its threads. */
  readonly tensorflow?: string;
}

/** The line for the user, with the number of threads. */
export function backendText({ summary, threads = 1 }: SelectedBackend): string {
  return threads === 1 ? summary : `${summary}; ${threads} threads`;
}

/**
 * Checks the name of a backend, and for `auto` that of the environment variable, without starting it.
 *
 * @returns The name that counts, and where it comes from.
 * @throws {Error} If there is no such backend.
 */
export function checkedBackend(name: string): { asked: BackendName; why: string } {
  const fromVariable = name === "auto" ? process.env[BACKEND_VARIABLE] : undefined;
  const asked = fromVariable || name;
  if (!(BACKEND_NAMES as readonly string[]).includes(asked)) {
    const source = fromVariable ? BACKEND_VARIABLE : "backend";
    throw new Error(`${source}: expected one of ${BACKEND_NAMES.join(", ")}, got "${asked}"`);
  }
  const why = fromVariable ? `as ${BACKEND_VARIABLE} asks` : "as asked";
  return { asked: asked as BackendName, why };
}
