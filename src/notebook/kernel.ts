import { cellExecutor, type Failure } from "./cellExecutor";
import { interrupt, Interrupted, isBreak, runCell } from "./cellRuns";
import { renewSignal } from "./interrupt";

// Jupyter starts this: tslab's kernel, with its classes extended where they differ from Jupyter's
// protocol. Cells are busy, have their number and are idle one after another; errors are errors and
// not text; an interrupt stops all that a cell began; a cell that fails keeps what it declared.

type Content = Record<string, unknown>;

interface Reply {
  readonly header: { msg_type: string };
  content: Content;
  signAndSend(key: string, socket: unknown): void;
}

interface Request {
  readonly header: { readonly msg_type: string };
  readonly content: {
    readonly code: string;
    readonly silent?: boolean;
    readonly store_history?: boolean;
    readonly stop_on_error?: boolean;
    readonly restart?: boolean;
  };
  createReply(): Reply;
}

type Write = (...values: never[]) => void;

/** The parts of tslab's classes that are used here; its own types keep them private. */
declare class Handler {
  constructor(executor: object, isJavaScript: boolean);
  execCount: number;
  handleExecuteImpl(content: Content, stream: Write, display: Write): Promise<unknown>;
  handleKernel(): Content;
  handleShutdown(content: Content): Content;
}

declare class Server {
  constructor(handler: Handler, connectionFile: string);
  readonly handler: Handler;
  readonly connInfo: { readonly key: string };
  readonly iopub: unknown;
  init(): Promise<void>;
  publishStatus(status: string, request: Request): void;
  handleExecute(socket: unknown, request: Request): Promise<void>;
  handleCommInfoRequest(socket: unknown, request: Request): void;
}

const tslab = require("tslab/dist/jupyter") as {
  readonly JupyterHandlerImpl: typeof Handler;
  readonly ZmqServer: typeof Server;
};

const cells = cellExecutor(() => handler.execCount);

class KernelHandler extends tslab.JupyterHandlerImpl {
  override handleKernel(): Content {
    return { status: "ok", ...super.handleKernel() };
  }

  override handleShutdown({ restart }: Content): Content {
    return { status: "ok", restart: restart === true };
  }
}

const handler: Handler = new KernelHandler(cells.executor, false);

class KernelServer extends tslab.ZmqServer {
  /** Cells that have arrived, and how many of them an error has ended. */
  #arrived = 0;
  #aborted = 0;
  #last: Promise<void> = Promise.resolve();
  #running?: Request;

  override publishStatus(status: string, request: Request): void {
    // A cell is busy when it starts, not when it arrives.
    if (request.header.msg_type === "execute_request") return;
    super.publishStatus(status, request);
    // A front end takes the last status that it sees for the kernel's.
    if (status === "idle" && this.#running) super.publishStatus("busy", this.#running);
  }

  override handleExecute(socket: unknown, request: Request): Promise<void> {
    const place = ++this.#arrived;
    this.#last = this.#last.then(() => this.#execute(socket, request, place));
    return this.#last;
  }

  async #execute(socket: unknown, request: Request, place: number): Promise<void> {
    this.#running = request;
    super.publishStatus("busy", request);
    let content: Content = { status: "aborted" };
    if (place > this.#aborted) {
      const { silent = false } = request.content;
      const count = handler.execCount + 1;
      if (!silent)
        this.#publish(request, "execute_input", {
          code: request.content.code,
          execution_count: count,
        });
      const failure = await this.#run(request);
      // The number is that of the cells that a front end shows.
      if (silent || request.content.store_history === false) handler.execCount--;
      if (failure && request.content.stop_on_error !== false) await this.#abortOthers();
      if (failure) this.#publish(request, "error", { ...failure });
      const result = failure
        ? { status: "error", ...failure }
        : { status: "ok", payload: [], user_expressions: {} };
      content = { ...result, execution_count: count };
    }
    this.#send(socket, request, "execute_reply", content);
    this.#running = undefined;
    super.publishStatus("idle", request);
  }

  /** Runs a cell; its failure, if it fails. */
  async #run(request: Request): Promise<Failure | undefined> {
    const stream = (name: string, text: string) => this.#publish(request, "stream", { name, text });
    const display = (data: Content, isUpdate: boolean) =>
      this.#publish(request, isUpdate ? "update_display_data" : "display_data", data);
    renewSignal();
    let error: unknown;
    const execute = () =>
      handler
        .handleExecuteImpl(request.content, stream, display)
        .catch((reason) => (error = reason));
    const interrupted = await runCell(execute, () => cells.executor.interrupt());
    const failures = cells.takeFailures();
    if (interrupted !== undefined)
      return { ename: "Interrupted", evalue: interrupted, traceback: [interrupted] };
    const traceback = failures.flatMap((failure) => failure.traceback);
    // Of a cell that defines a module, whose compiler complains.
    if (error === undefined && failures.length > 0) console.error(traceback.join("\n"));
    if (error === undefined) return undefined;
    // tslab throws its count where a cell fails.
    return failures.length > 0 ? { ...failures[0], traceback } : cells.failureOf(error);
  }

  /** Ends the cells that were sent before this failure; those that come later run. */
  async #abortOthers(): Promise<void> {
    // What a synchronous cell kept from being read arrives in these turns.
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
    this.#aborted = this.#arrived;
  }

  override handleCommInfoRequest(socket: unknown, request: Request): void {
    this.#send(socket, request, "comm_info_reply", { status: "ok", comms: {} });
  }

  #publish(request: Request, type: string, content: Content): void {
    this.#send(this.iopub, request, type, content);
  }

  #send(socket: unknown, request: Request, type: string, content: Content): void {
    const reply = request.createReply();
    reply.header.msg_type = type;
    reply.content = content;
    reply.signAndSend(this.connInfo.key, socket);
  }
}

/** Reports what a cell left going and nothing caught. */
function report(error: unknown): void {
  if (error instanceof Interrupted || isBreak(error)) return;
  console.error(cells.failureOf(error).traceback.join("\n"));
}

process.on("SIGINT", () => interrupt());
process.on("uncaughtException", report);
process.on("unhandledRejection", report);
void new KernelServer(handler, process.argv[2]).init();
