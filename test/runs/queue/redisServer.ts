import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, connect } from "node:net";
import os from "node:os";
import path from "node:path";
import { loadBullmq } from "../../../src/runs/queue/bullmq";

/** A Redis of the tests' own, on a free port of this machine, in a folder that goes with it. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  readonly folder: string;
  /** Kills the server with -9. */
  readonly kill: () => Promise<void>;
  /** Starts it again, on the same port and files. */
  readonly start: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** Where redis-server is installed; undefined where it is not, or the packages of the queue are not. */
export function findRedisServer(): string | undefined {
  try {
    loadBullmq();
    return execFileSync("sh", ["-c", "command -v redis-server"], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}

/**
 * Starts a Redis that writes every command to its append-only file.
 *
 * @param options More of them, by the port.
 */
export async function startRedis(
  options: (port: number) => string[] = () => [],
): Promise<RedisServer> {
  const program = findRedisServer()!;
  const folder = mkdtempSync(path.join(os.tmpdir(), "tdnc-redis-"));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn(
      program,
      [
        ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
        ...["--appendonly", "yes", "--appendfsync", "always", ...options(port)],
      ],
      { stdio: "ignore" },
    );
    await listening(port);
  };
  const kill = async () => {
    const gone = new Promise((resolve) => child?.once("exit", resolve));
    child?.kill("SIGKILL");
    await gone;
  };
  // A test that fails in its hooks leaves no running server.
  process.once("exit", () => child?.kill("SIGKILL"));
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}/0`,
    folder,
    kill,
    start,
    remove: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port of this machine that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Waits until something accepts connections on a port. */
async function listening(port: number): Promise<void> {
  const answers = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => socket.end(() => resolve(true)));
      socket.once("error", () => resolve(false));
    });
  for (let i = 0; i < 500; i++) {
    if (await answers()) return;
    await new Promise((go) => setTimeout(go, 20));
  }
  throw new Error(`expected a Redis on port ${port}`);
}
