/**
 * A process that takes and releases locks on command, until it is killed: for each folder that is
 * sent to it, it answers "held" or why not; for "release" it answers "released".
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { lockRun, type LockTiming, type RunLock } from "../../src/runs/runLock";

/** Never considered dead for its silence; rejected as soon as it shows life. */
export const BY_PID: LockTiming = { beat: 20, look: 20, looks: 1e9, patience: 0 };

/** The words before `node` that give a process a PID namespace of its own. */
export const UNSHARE = [
  "unshare",
  ...(process.getuid?.() === 0 ? [] : ["--map-root-user"]),
  ...["--pid", "--fork", "--mount-proc", "--kill-child"],
];

/** Starts the process, by other words than those that start node if `prefix` is given. */
export async function startLockProcess(prefix: readonly string[] = []): Promise<ChildProcess> {
  const [execPath, ...words] = [...prefix, process.execPath];
  const child = fork(__filename, [], { execPath, execArgv: [...words, "--require", "tsx/cjs"] });
  await once(child, "message");
  return child;
}

/** Sends something to the process, and returns its answer. */
export async function told(child: ChildProcess, text: string): Promise<string> {
  const answer = once(child, "message") as Promise<[string]>;
  child.send(text);
  return (await answer)[0];
}

function main(): void {
  let lock: RunLock | undefined;
  process.on("message", (text: string) => void answer(text).then((said) => process.send!(said)));
  process.once("disconnect", () => process.exit());
  process.send!("ready");

  async function answer(text: string): Promise<string> {
    try {
      if (text !== "release") {
        lock = await lockRun(text, { timing: BY_PID });
        lock?.keepAlive();
        return "held";
      }
      await lock?.release();
      return "released";
    } catch (error) {
      return (error as Error).message;
    }
  }
}

if (require.main === module) main();
