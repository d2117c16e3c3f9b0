import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { jupyterKernelName, writeJupyterKernelSpec } from "../../src/notebook/jupyterKernelSpec";

/** A message of the kernel: `parent` is the number of the request that it answers. */
export interface Message {
  readonly type: string;
  readonly parent: number;
  readonly content: {
    readonly [name: string]: unknown;
    readonly text?: string;
    readonly status?: string;
    readonly traceback?: readonly string[];
  };
}

// Starts a kernel; sends what comes as lines of JSON, and prints what the kernel sends.
const bridge = `
import json, os, sys
import zmq
from jupyter_client.manager import start_new_kernel

manager, client = start_new_kernel(kernel_name=sys.argv[1], startup_timeout=120)
numbers = {}
channels = {
    client.shell_channel.socket: client.get_shell_msg,
    client.iopub_channel.socket: client.get_iopub_msg,
}
poller = zmq.Poller()
for socket in [*channels, sys.stdin]:
    poller.register(socket, zmq.POLLIN)
print(json.dumps({"type": "started"}), flush=True)
try:
    while True:
        ready = dict(poller.poll())
        if sys.stdin.fileno() in ready:
            line = sys.stdin.readline()
            if not line:
                break
            number, method, arguments, options = json.loads(line)
            if method == "interrupt":
                manager.interrupt_kernel()
            else:
                numbers[getattr(client, method)(*arguments, **options)] = number
        for socket in channels:
            if socket in ready:
                message = channels[socket](timeout=10)
                parent = numbers.get(message["parent_header"].get("msg_id"), -1)
                answer = {"type": message["msg_type"], "parent": parent, "content": message["content"]}
                print(json.dumps(answer, default=str), flush=True)
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    sys.stdout.flush()
    # Not through destructors, which complain in old versions.
    os._exit(0)
`;

/** A kernel of this project under Jupyter's own client. */
export class KernelClient {
  /** All that the kernel has sent. */
  readonly messages: Message[] = [];
  readonly #folder: string;
  readonly #process: ChildProcess;
  #count = 0;
  #isOver = false;
  #onMessage = () => undefined as void;

  private constructor(python: string, folder: string) {
    this.#folder = folder;
    this.#process = spawn(python, ["-c", bridge, jupyterKernelName], {
      env: { ...process.env, JUPYTER_PATH: folder },
      stdio: ["pipe", "pipe", "inherit"],
    });
    createInterface(this.#process.stdout!).on("line", (line) => {
      this.messages.push(JSON.parse(line) as Message);
      this.#onMessage();
    });
    this.#process.once("exit", () => {
      this.#isOver = true;
      this.#onMessage();
    });
  }

  static async start(python: string): Promise<KernelClient> {
    const folder = mkdtempSync(path.join(tmpdir(), "tdnc-kernel-"));
    await writeJupyterKernelSpec(path.join(folder, "kernels"));
    const client = new KernelClient(python, folder);
    await client.until(({ type }) => type === "started");
    return client;
  }

  async close(): Promise<void> {
    this.#process.stdin!.end();
    while (!this.#isOver) await this.#next();
    rmSync(this.#folder, { recursive: true });
  }

  /** Sends a request by a method of Jupyter's client; its number. */
  send(method: string, args: readonly unknown[] = [], options: object = {}): number {
    this.#process.stdin!.write(`${JSON.stringify([++this.#count, method, args, options])}\n`);
    return this.#count;
  }

  interrupt(): void {
    this.send("interrupt");
  }

  /** The first message of that kind that has come or comes. */
  async until(isWanted: (message: Message) => boolean): Promise<Message> {
    for (let i = 0; ; i++) {
      while (i >= this.messages.length) {
        if (this.#isOver) throw new Error("the kernel has ended");
        await this.#next();
      }
      if (isWanted(this.messages[i])) return this.messages[i];
    }
  }

  printed(number: number, what: string): Promise<Message> {
    return this.until(
      ({ type, parent, content }) =>
        type === "stream" && parent === number && content.text!.includes(what),
    );
  }

  /** All that answers a request, once its reply and its "idle" are there. */
  async answers(number: number): Promise<Message[]> {
    const own = ({ parent }: Message) => parent === number;
    await this.until((one) => own(one) && one.type.endsWith("_reply"));
    await this.until((one) => own(one) && one.content.execution_state === "idle");
    return this.messages.filter(own);
  }

  /** All that answers a cell. */
  execute(code: string, options?: object): Promise<Message[]> {
    return this.answers(this.send("execute", [code], options));
  }

  #next(): Promise<void> {
    return new Promise((resolve) => (this.#onMessage = resolve));
  }
}

/** What a cell printed, and the lines of its error. */
export const shownBy = (answers: readonly Message[]) =>
  answers.flatMap(({ content: { text, traceback } }) => text ?? traceback ?? []).join("");

export const statusOf = (answers: readonly Message[]) =>
  answers.find(({ type }) => type.endsWith("_reply"))!.content.status;
