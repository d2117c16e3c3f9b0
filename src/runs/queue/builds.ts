import type { Redis } from "./bullmq";
import { KEY_PREFIX } from "./connection";

/** Connected worker. */
export interface ConnectedWorker {
  readonly build: string;
  readonly host: string;
  readonly process: number;
  /** Number of its concurrent runs. */
  readonly slots: number;
}

/** Name of a worker in lists. */
export function workerName(host: string, process: number, slots: number): string {
  return `${host.replace(/[^\w.-]+/g, "-").slice(0, 60)}/${process}/${slots}`;
}

/**
 * Workers of all builds that are connected to a Redis.
 *
 * @returns Undefined if the server does not list its clients, as with some hosted servers.
 */
export async function connectedWorkers(redis: Redis): Promise<ConnectedWorker[] | undefined> {
  const list = await redis.client("LIST").catch(() => undefined);
  return list?.split("\n").flatMap((line) => parseClient(line) ?? []);
}

/** BullMQ names a worker's connection `<prefix>:<queue in base64>:w:<name>`. */
function parseClient(line: string): ConnectedWorker | undefined {
  const match = /\bname=(\w+):([\w+/=]+):w:([\w.-]+)\/(\d+)\/(\d+)(?: |$)/.exec(line);
  if (match === null || match[1] !== KEY_PREFIX) return undefined;
  const build = Buffer.from(match[2], "base64").toString();
  if (!/^[\w.-]{1,80}$/.test(build)) return undefined;
  return { build, host: match[3], process: Number(match[4]), slots: Number(match[5]) };
}

/** Names of the builds that have a queue in a Redis. */
export async function queuedBuilds(redis: Redis): Promise<string[]> {
  const builds = new Set<string>();
  let cursor = "0";
  do {
    const [next, keys] = await redis.scan(cursor, "MATCH", `${KEY_PREFIX}:*:meta`, "COUNT", 1000);
    cursor = next;
    for (const key of keys) {
      const [, build] = /^\w+:([\w.-]{1,80}):meta$/.exec(key) ?? [];
      if (build !== undefined) builds.add(build);
    }
  } while (cursor !== "0");
  return [...builds].sort();
}

/** Line about missing workers of a build; undefined if there is nothing to report. */
export function workersText(
  build: string,
  workers: readonly ConnectedWorker[] | undefined,
): string | undefined {
  if (workers === undefined || workers.some((worker) => worker.build === build)) return undefined;
  const others = [...new Set(workers.map((worker) => worker.build))];
  return (
    `there is no worker of this build (${build}) yet; the runs wait for one` +
    (others.length > 0
      ? `. There are workers of other builds (${others.join(", ")}): install the same commit there`
      : "")
  );
}
