/**
 * Names of the backends; `auto` selects the first that works of webgpu on a hardware GPU, wasm,
 * tensorflow and cpu.
 */
export const BACKEND_NAMES = ["auto", "tensorflow", "wasm", "cpu", "webgpu"] as const;
/** One of {@link BACKEND_NAMES}. */
export type BackendName = (typeof BACKEND_NAMES)[number];

/** Environment variable that names the backend for `auto`. */
export const BACKEND_VARIABLE = "TDNC_BACKEND";

/** Selected backend. */
export interface SelectedBackend {
  readonly name: Exclude<BackendName, "auto">;
  /**
   * Line with the backend and the reason. Records contain it, so it does not depend on the threads.
   */
  readonly summary: string;
  /** Number of threads. */
  readonly threads?: number;
  /** Version of TensorFlow's library; its numbers depend on version and threads. */
  readonly tensorflow?: string;
}

/** Line for the user, with the number of threads. */
export function backendText({ summary, threads = 1 }: SelectedBackend): string {
  return threads === 1 ? summary : `${summary}; ${threads} threads`;
}

/**
 * Checks the name of a backend, and for `auto` that of the environment variable, without starting it.
 *
 * @returns The name, and its source.
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
