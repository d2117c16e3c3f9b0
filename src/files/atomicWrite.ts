import { randomUUID } from "node:crypto";
import { open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";

/** A name beside a file, for content that is to become its own. */
export const temporaryName = (file: string) => `${file}.${randomUUID().slice(0, 8)}.tmp`;

/**
 * Removes what writes that did not end have left in a folder. A write that still runs fails: its
 * file stays as it is.
 */
export async function removeTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => /\.[\da-f]{8}\.tmp$/.test(one)))
    await rm(path.join(folder, name), { force: true });
}

/**
 * Writes a file so that at every moment, through a crash or a full disk too, its name leads either
 * to the old content or to the whole new one: written beside it, flushed to the disk, renamed.
 *
 * Written by hand because the release of write-file-atomic that is maintained, 8, needs Node 22.
 *
 * @param check Called when all is written but the name: where it throws, the old file stays.
 * @throws {Error} If it cannot be written; the old file is then as it was.
 */
export async function atomicWrite(
  file: string,
  content: string | Uint8Array,
  check?: () => Promise<void>,
): Promise<void> {
  const temporary = temporaryName(file);
  try {
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await check?.();
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const reason = code === "ENOSPC" ? "the disk is full" : message;
    throw new Error(`could not write ${path.resolve(file)}: ${reason}`, { cause: error });
  }
}
