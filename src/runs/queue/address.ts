import type { RedisOptions } from "./bullmq";

/** Environment variable with the address for `--queue` without one. */
export const QUEUE_VARIABLE = "TDNC_QUEUE";

/** Address of a queue. */
export interface QueueAddress {
  readonly options: RedisOptions;
  /** Without user and password, for printing. */
  readonly shown: string;
  /** Text without its secrets, for the messages of other packages. */
  readonly redacted: (text: string) => string;
}

/** Advice for passwords with characters that must be encoded. */
const ENCODING = "in user and password, write # as %23, / as %2F, @ as %40";

/**
 * Address of a Redis from `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS,
 * which checks the server's certificate.
 *
 * @throws {RangeError} If it is not an address; the error does not repeat it, because it may
 *   contain a password.
 */
export function parseQueueAddress(text: string): QueueAddress {
  const expected = "expected an address redis://host:6379/0 or rediss://user:password@host:6380/0";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["redis:", "rediss:"].includes(url.protocol) || url.hostname === "")
    throw new RangeError(`${expected}, got another form; ${ENCODING}`);
  const database = /^\/?(\d{0,4})$/.exec(url.pathname)?.[1];
  if (database === undefined)
    throw new RangeError(`${expected}, got a database that is not a number; ${ENCODING}`);
  if (url.search !== "" || url.hash !== "")
    throw new RangeError(`${expected}, got text after the database; ${ENCODING}`);
  const [username, password] = [url.username, url.password].map(decoded);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const [port, db] = [Number(url.port || 6379), Number(database)];
  return {
    options: {
      host,
      port,
      db,
      ...(username !== "" && { username }),
      ...(password !== "" && { password }),
      ...(url.protocol === "rediss:" && { tls: {} }),
    },
    shown: `${url.protocol}//${url.hostname}:${port}/${db}`,
    redacted: (message) => withoutWord(redacted(message, [text, password, url.password]), username),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RangeError("expected % in user and password written as %25, got a single %");
  }
}

/** A user name can be part of other words. */
function withoutWord(text: string, word: string): string {
  if (word === "") return text;
  const escaped = word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return text.replace(new RegExp(`(?<!\\w)${escaped}(?!\\w)`, "g"), "***");
}

function redacted(text: string, secrets: readonly string[]): string {
  const without = secrets
    .filter((secret) => secret !== "")
    .reduce((left, secret) => left.replaceAll(secret, "***"), text);
  return without.replace(/(rediss?:\/\/)[^\s@/]*@/g, "$1***@");
}
