import { open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";

const LOCK_FILE = "run.lock";

/** How long a process that was killed may take to be gone, in milliseconds. */
const PATIENCE = 3000;

/**
 * Keeps other processes from running in a folder until the function that it returns is called. A
 * lock whose process is gone, after a crash, does not count.
 *
 * @throws {Error} If a living process of this machine runs there.
 */
export async function lockRun(folder: string): Promise<() => Promise<void>> {
  const file = path.join(folder, LOCK_FILE);
  const giveUpAt = performance.now() + PATIENCE;
  for (;;) {
    try {
      const handle = await open(file, "wx");
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const owner = Number(await readFile(file, "utf8").catch(() => ""));
      if (!isAlive(owner)) await rm(file, { force: true });
      else if (performance.now() < giveUpAt) await setTimeout(50);
      else throw new Error(`process ${owner} is running there; if it is not, remove ${file}`);
    }
  }
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
