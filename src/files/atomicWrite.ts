import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
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
 * @param mode Of a file that is executed, such as 0o755.
 * @throws {Error} If it cannot be written; the old file is then as it was.
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
 * Makes a folder, and the folders above it that are missing.
 *
 * Not mkdir's `recursive`: Node's never ends below /proc, and hides that a disk is read-only.
 *
 * @throws {Error} If it cannot be made.
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

/** Makes one folder, unless it is there. */
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

/** Reasons why nothing can be written, by their codes. */
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

/** The system's error when a file or folder is written, as one sentence; other errors as they are. */
export function writeFailure(file: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error as Error;
  const reason = REASONS[code] ?? message;
  return new Error(`could not write ${path.resolve(file)}: ${reason}`, { cause: error });
}
