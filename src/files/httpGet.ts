import http from "node:http";
import https from "node:https";

/** Temporary error of a connection or server, worth another try. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Error: there is no server of that name, because of the network or a wrong name. */
export class NoServer extends Error {
  override readonly name = "NoServer";
}

/** Rest of a file from a server. */
export interface Rest {
  /** Start: the requested byte, or 0 if the server sends the whole file. */
  readonly start: number;
  /** Undefined if there are no bytes from that one on. */
  readonly body?: AsyncIterable<Buffer>;
}

const MOST_REDIRECTIONS = 5;
/** Time without data after which a connection is closed. */
const SILENCE_MILLISECONDS = 60_000;
/** Error codes for an unknown server name. */
const NO_SERVER = ["ENOTFOUND", "EAI_AGAIN"];

/**
 * Bytes of a file on a server from a given one on, as stored. This does not use `fetch`, which
 * unpacks gzip-encoded responses and so changes the MD5.
 *
 * @param from First byte.
 * @param size Size of the whole file.
 * @throws {Interrupted} If another try can help; `body` throws it too.
 * @throws {NoServer} If there is no server of that name now.
 * @throws {Error} If it cannot help: there is no such file, or it has another size.
 */
export async function getFrom(
  address: string,
  from: number,
  size: number,
  redirections = MOST_REDIRECTIONS,
): Promise<Rest> {
  const response = await responseOf(address, from > 0 ? { range: `bytes=${from}-` } : {});
  const { statusCode: status = 0, headers } = response;
  const range = /^bytes (\d+)-\d+\/(\d+)/.exec(headers["content-range"] ?? "");
  const isRest = status === 206 && Number(range?.[1]) === from;
  if (status === 200 || isRest) {
    const stated = status === 200 ? headers["content-length"] : range![2];
    if (stated === undefined || Number(stated) === size)
      return { start: isRest ? from : 0, body: bodyOf(response, address) };
    response.destroy();
    throw new Error(`${address}: expected a file of ${size} bytes, got one of ${stated}`);
  }
  response.destroy();
  if (status === 416 && from > 0) return { start: from };
  if (status >= 300 && status < 400 && headers.location !== undefined && redirections > 0)
    return getFrom(new URL(headers.location, address).href, from, size, redirections - 1);
  const message = `${address}: expected the file, got HTTP status ${status}`;
  throw status >= 500 || status === 408 || status === 429
    ? new Interrupted(message)
    : new Error(message);
}

function responseOf(
  address: string,
  headers: http.OutgoingHttpHeaders,
): Promise<http.IncomingMessage> {
  const { get } = new URL(address).protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    const request = get(address, { headers, agent: false }, resolve);
    request.setTimeout(SILENCE_MILLISECONDS, () =>
      request.destroy(new Error(`no data arrived for ${SILENCE_MILLISECONDS / 1000} s`)),
    );
    request.on("error", (error: NodeJS.ErrnoException) => {
      const message = `${address}: expected a response, got: ${error.message}`;
      reject(
        NO_SERVER.includes(error.code ?? "") ? new NoServer(message) : new Interrupted(message),
      );
    });
  });
}

async function* bodyOf(response: http.IncomingMessage, address: string): AsyncGenerator<Buffer> {
  try {
    yield* response as AsyncIterable<Buffer>;
  } catch (error) {
    throw new Interrupted(`${address}: the connection broke off: ${(error as Error).message}`);
  }
}
