import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";

/** Temporary name next to a file, for its new content. */
export const temporaryName = (file: string) => `${file}.${randomUUID().slice(0, 8)}.tmp`;

/**
 * Removes leftovers of unfinished writes in a folder. A write that is still running fails, and its
 * file is unchanged.
 */
export async function removeTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => /\.[\da-f]{8}\.tmp$/.test(one)))
    await rm(path.join(folder, name), { force: true });
}

/**
 * Writes a file atomically: even after a crash or on a full disk, it has either the old or the
 * complete new content. The content is written to a temporary file, flushed to the disk, and
 * renamed.
 *
 * Written by hand because the maintained release of write-file-atomic, 8, needs Node 22.
 *
 * @param check Called before renaming; if it throws, the old file stays.
 * @param mode Mode of an executable file, such as 0o755.
 * @throws {Error} If it cannot be written; the old file is then unchanged.
 */
export async function atomicWrite(
  file: string,
  content: string | Uint8Array,
  check?: () => Promise<void>,
  mode?: number,
): Promise<void> {
  const temporary = temporaryName(file);
  try {
    const handle = await open(temporary, "wx", mode);
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
    throw writeFailure(file, error);
  }
}

/**
 * Creates a folder and its missing parents.
 *
 * This does not use mkdir's `recursive`, which in Node never ends below /proc, and hides read-only
 * disks.
 *
 * @throws {Error} If it cannot be created.
 */
export async function makeFolder(folder: string): Promise<void> {
  const parent = path.dirname(path.resolve(folder));
  try {
    await made(folder);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (!isMissing || parent === path.resolve(folder)) throw writeFailure(folder, error);
    await makeFolder(parent);
    await made(folder).catch((again: unknown) => Promise.reject(writeFailure(folder, again)));
  }
}

/** Creates one folder, unless it exists. */
async function made(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (!(await isThere(folder))) throw error;
  }
}

async function isThere(folder: string): Promise<boolean> {
  return (await stat(folder).catch(() => undefined))?.isDirectory() ?? false;
}

/** Reasons for failed writes, by error code. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "your disk quota is used up",
  EROFS: "the disk is read-only",
  EACCES: "you have no permission to write there",
  EPERM: "you have no permission to write there",
  EEXIST: "a file is in the way",
  ENOTDIR: "a file is in the way",
  ENOENT: "its folder does not exist, or accepts no files",
};

/** System error of a failed write as one sentence; other errors are unchanged. */
export function writeFailure(file: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error as Error;
  const reason = REASONS[code] ?? message;
  return new Error(`could not write ${path.resolve(file)}: ${reason}`, { cause: error });
}
