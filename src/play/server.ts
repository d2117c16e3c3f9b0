import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type { PageFiles } from "./pageFiles";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".ipynb": "application/x-ipynb+json",
  ".bin": "application/octet-stream",
};

/** Isolated from other sites, whose pages and programs can neither embed nor read it. */
const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "cache-control": "no-cache",
};

/** A running server. */
export interface PageServer {
  readonly address: string;
  /** Ends it, with the connections that browsers keep open. */
  close(): Promise<void>;
}

/**
 * Serves some files, and nothing else, to this machine alone.
 *
 * @param port 0 for a free one.
 * @throws {Error} If the port is taken or not allowed.
 */
export async function servePage(files: PageFiles, port = 0): Promise<PageServer> {
  const server = http.createServer((request, response) => void answer(files, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenFailure(error, port)));
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { address, close };
}

async function answer(
  files: PageFiles,
  { method = "", url = "" }: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const refuse = (status: number, text: string) =>
    response.writeHead(status, { ...HEADERS, "content-type": TYPES[".txt"] }).end(`${text}\n`);
  if (method !== "GET" && method !== "HEAD") return void refuse(405, "expected GET");
  // Names of files only: no path of the disk is ever made of what was asked for.
  const name = url.split(/[?#]/)[0].slice(1) || "index.html";
  const file = files.get(name);
  if (file === undefined) return void refuse(404, "no such file");
  try {
    const content = await file();
    const length = content.length;
    const type = TYPES[path.extname(name)] ?? TYPES[".txt"];
    response.writeHead(200, { ...HEADERS, "content-type": type, "content-length": length });
    response.end(method === "HEAD" ? undefined : content);
  } catch (error) {
    refuse(500, (error as Error).message);
  }
}

function listenFailure({ code, message }: NodeJS.ErrnoException, port: number): Error {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: "another program uses it; choose another, or leave out --port for a free one",
    EACCES: "it is reserved; choose one above 1023, or leave out --port for a free one",
  };
  return new Error(`port ${port}: ${reasons[code ?? ""] ?? message}`);
}
