import { readFileSync } from "node:fs";

const GIB = 2 ** 30;
/** Address space of a WebAssembly memory: with pages that guard it, and its 4 GiB without them. */
const [GUARDED, PLAIN] = [10 * GIB, 4 * GIB];
/** Address space that all memories without guard pages need: the engine reserves what it gets. */
const LEAST_PLAIN = 1.5 * GIB;
/** Memories: the wasm backend's, and one for spanning trees. */
const MEMORIES = 2;
/** Address space for everything else, and for each further thread. */
const [REST, THREAD] = [GIB, 0.6 * GIB];

/** Node's option for memories without guard pages. */
const OPTION = "--disable-wasm-trap-handler";

/** Address space of a process, in bytes. */
export interface AddressSpace {
  /** What `ulimit -v` allows. */
  readonly limit: number;
  readonly used: number;
  /** Whether memories have guard pages. */
  readonly guarded: boolean;
}

/** The address space of this process; undefined where it has no limit. */
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
 * @throws {Error} If they do not fit for one thread: the limit, and Node's option that needs less.
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

/** The limit, as the possible cause of a failure, to end its sentence; empty where there is none. */
export function limitHint(space = addressSpace()): string {
  return space === undefined ? "" : ` (${limitText(space)})`;
}

const limitText = ({ limit }: AddressSpace) =>
  `this process may use ${(limit / GIB).toFixed(1)} GiB of address space (ulimit -v)`;
