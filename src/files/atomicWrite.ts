import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";

/**
 * Writes a file so that at every moment, through a crash or a full disk too, its name leads either
 * to the old content or to the whole new one: written beside it, flushed to the disk, renamed.
 *
 * Written by hand because the release of write-file-atomic that is maintained, 8, needs Node 22.
 *
 * @throws {Error} If it cannot be written; the old file is then as it was.
 */
export async function atomicWrite(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ENOSPC" ? "the disk is full" : message;
    throw new Error(`could not write ${path.resolve(file)}: ${reason}`, { cause: error });
  }
}
