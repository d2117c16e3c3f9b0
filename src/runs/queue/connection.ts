import type { QueueAddress } from "./address";
import { loadBullmq, type Redis } from "./bullmq";

/** Prefix of this project's keys in a Redis. */
export const KEY_PREFIX = "tdnc";

/** Lasting connection: if Redis is gone, commands wait until it is back. */
export interface QueueConnection {
  readonly redis: Redis;
  readonly close: () => void;
}

/**
 * Connects to a Redis.
 *
 * @param onTrouble Called with a text when the connection is lost and when it is restored.
 * @throws {Error} If no Redis answers, or it rejects user and password.
 */
export async function connectQueue(
  address: QueueAddress,
  onTrouble: (text: string) => void,
): Promise<QueueConnection> {
  await probe(address);
  const { Redis } = loadBullmq();
  const redis = new Redis({ ...address.options, maxRetriesPerRequest: null });
  redis.on("error", troubleOnce(address, onTrouble));
  return { redis, close: () => redis.disconnect() };
}

/** Fails where a lasting connection would retry forever. */
async function probe(address: QueueAddress): Promise<void> {
  const { Redis } = loadBullmq();
  const once = { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 };
  const redis = new Redis({ ...address.options, ...once, connectTimeout: 10_000 });
  let heard: Error | undefined;
  redis.on("error", (error) => (heard ??= error));
  try {
    await redis.connect();
    await redis.ping();
    // For a missing database, ioredis only reports an error and uses database 0.
    if (heard !== undefined) throw heard;
  } catch (error) {
    const { message } = heard ?? (error as Error);
    throw new Error(
      `${address.shown}: expected a Redis that answers, got: ${address.redacted(message)}`,
    );
  } finally {
    redis.disconnect();
  }
}

/** Seconds during which the same error is reported once. */
const QUIET = 60;

/** Error listener that reports each error once per minute, without secrets. */
export function troubleOnce(
  address: QueueAddress,
  onTrouble: (text: string) => void,
): (error: Error) => void {
  const toldAt = new Map<string, number>();
  return ({ message }) => {
    const text = address.redacted(message).split("\n")[0];
    const seconds = performance.now() / 1000;
    if (seconds - (toldAt.get(text) ?? -Infinity) < QUIET) return;
    if (toldAt.size > 100) toldAt.clear();
    toldAt.set(text, seconds);
    onTrouble(`${address.shown}: ${text}`);
  };
}
