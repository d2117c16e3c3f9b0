import http from "node:http";
import type { AddressInfo } from "node:net";

/** What a made-up server does with one request. */
export interface Answer {
  /** Instead of the file. */
  readonly status?: number;
  readonly location?: string;
  /** Bytes after which the connection is cut, once {@link FileServer.received} has them. */
  readonly cutBehind?: number;
  /** Sends all of the file whatever part was asked for. */
  readonly ignoresRange?: boolean;
  /** Sends this file instead. */
  readonly content?: Buffer;
}

/** Server of one file that gives the specified responses in turn, then normal ones. */
export class FileServer {
  /** Of each request, its path and the part asked for. */
  readonly requests: string[] = [];
  private readonly server: http.Server;
  private cut?: { readonly end: number; readonly response: http.ServerResponse };

  constructor(
    private readonly content: Buffer,
    private readonly answers: Answer[] = [],
  ) {
    this.server = http.createServer((request, response) => this.answer(request, response));
  }

  /** @returns The address, with a slash at the end. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Told how much has come, cuts the connection where that is all it was to bring. */
  readonly received = (count: number): void => {
    if (this.cut?.end === count) this.cut.response.destroy();
  };

  private answer({ url, headers }: http.IncomingMessage, response: http.ServerResponse): void {
    const { range = "all" } = headers;
    this.requests.push(`${url} ${range}`);
    const {
      status,
      location,
      cutBehind,
      ignoresRange,
      content = this.content,
    } = this.answers.shift() ?? {};
    if (status !== undefined) {
      response.writeHead(status, location === undefined ? {} : { location }).end();
      return;
    }
    const from = ignoresRange ? 0 : Number(/^bytes=(\d+)-$/.exec(range)?.[1] ?? 0);
    if (from >= content.length) {
      response.writeHead(416).end();
      return;
    }
    const part = content.subarray(from);
    const contentRange = `bytes ${from}-${content.length - 1}/${content.length}`;
    response.writeHead(from > 0 ? 206 : 200, {
      "content-length": part.length,
      ...(from > 0 && { "content-range": contentRange }),
    });
    if (cutBehind === undefined) response.end(part);
    else {
      this.cut = { end: from + cutBehind, response };
      response.write(part.subarray(0, cutBehind));
    }
  }
}
