import { readFileSync } from "node:fs";

const GIB = 2 ** 30;
/** Address space of a WebAssembly memory, with guard pages and without them (4 GiB). */
const [GUARDED, PLAIN] = [10 * GIB, 4 * GIB];
/** Address space that all memories without guard pages need; the engine reserves it. */
const LEAST_PLAIN = 1.5 * GIB;
/** Number of memories: one for the wasm backend, and one for spanning trees. */
const MEMORIES = 2;
/** Address space for everything else, and for each additional thread. */
const [REST, THREAD] = [GIB, 0.6 * GIB];

/** Node's option for memories without guard pages. */
const OPTION = "--disable-wasm-trap-handler";

/** Address space of a process, in bytes. */
export interface AddressSpace {
  /** Limit of `ulimit -v`. */
  readonly limit: number;
  readonly used: number;
  /** Whether memories have guard pages. */
  readonly guarded: boolean;
}

/** Address space of this process; undefined without a limit. */
export function addressSpace(): AddressSpace | undefined {
  try {
    const [limits, status] = ["limits", "status"].map((name) =>
      readFileSync(`/proc/self/${name}`, "utf8"),
    );
    const limit = Number(/^Max address space +(\d+)/m.exec(limits)?.[1]);
    const used = 1024 * Number(/^VmSize:\s+(\d+)/m.exec(status)?.[1]);
    const options = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? "").split(/\s+/)];
    return limit > 0 ? { limit, used, guarded: !options.includes(OPTION) } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Number of threads, at most `wanted`, for which the wasm backend fits into the address space.
 *
 * @throws {Error} If it does not fit for one thread; the message names the limit, and Node's option
 *   that needs less.
 */
export function threadsThatFit(wanted: number, space = addressSpace()): number {
  if (space === undefined) return wanted;
  const { limit, used, guarded } = space;
  const left = limit - used - REST;
  const least = guarded ? MEMORIES * GUARDED : LEAST_PLAIN;
  if (left < least)
    throw new Error(
      `${limitText(space)}, of which ${(used / GIB).toFixed(1)} GiB are used, and the wasm backend ` +
        `needs ${((least + REST) / GIB).toFixed(1)} GiB more: ` +
        (guarded ? `set NODE_OPTIONS=${OPTION}, or raise the limit` : "raise the limit"),
    );
  const further = Math.floor((left - MEMORIES * (guarded ? GUARDED : PLAIN)) / THREAD);
  return Math.max(1, Math.min(wanted, 1 + further));
}

/** Text about the limit as the possible cause of a failure; empty without a limit. */
export function limitHint(space = addressSpace()): string {
  return space === undefined ? "" : ` (${limitText(space)})`;
}

const limitText = ({ limit }: AddressSpace) =>
  `this process may use ${(limit / GIB).toFixed(1)} GiB of address space (ulimit -v)`;
