import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pipeline } from "node:stream/promises";
import { makeFolder, temporaryName, writeFailure } from "./atomicWrite";
import { getFrom, Interrupted, NoServer } from "./httpGet";

/** A file of a data set where its authors published it. */
export interface OfficialFile {
  readonly name: string;
  /** Address of the folder that holds it, with a slash at the end. */
  readonly address: string;
  readonly bytes: number;
  /** In hexadecimal. */
  readonly md5: string;
}

/** How a file is fetched. */
export interface FetchOptions {
  /** Called as bytes come: how many there are of how many, counted from the file's beginning. */
  readonly onProgress?: (received: number, total: number) => void;
  /** Called before another try: why, and in how many milliseconds. */
  readonly onRetry?: (error: Error, pause: number) => void;
  /** Milliseconds between tries that brought nothing; as many tries more as there are pauses. */
  readonly pauses?: readonly number[];
}

const PAUSES = [1000, 2000, 4000, 8000, 16_000];

/** A file that is not the official one. */
export class WrongContent extends Error {
  override readonly name = "WrongContent";
}

/**
 * Fetches an official file into a folder. What comes is kept in `<name>.part`, from where a later
 * call goes on; the file itself appears whole, with its MD5 checked, or not at all.
 *
 * @param folder Made if it does not exist.
 * @returns Whether the file was there already, its MD5 checked, or was fetched now.
 * @throws {WrongContent} If the file there, or what the server has, has another MD5.
 * @throws {Error} If there is no such file, or no network, or the connection fails again and again.
 */
export async function fetchFile(
  file: OfficialFile,
  folder: string,
  options: FetchOptions = {},
): Promise<"present" | "fetched"> {
  const target = join(folder, file.name);
  if ((await sizeOf(target)) > 0) {
    await checkMd5(target, file);
    return "present";
  }
  await makeFolder(folder);
  const part = `${target}.part`;
  const isResumed = (await sizeOf(part)) > 0;
  try {
    await fetchWhole(file, part, options);
    await checkMd5(part, file);
  } catch (error) {
    if (!(error instanceof WrongContent)) throw error;
    await rm(part, { force: true });
    // What an earlier call left may be what was wrong.
    if (isResumed) return fetchFile(file, folder, options);
    throw error;
  }
  await rename(part, target);
  return "fetched";
}

/** Tries until all has come, after each failure from where it broke off. */
async function fetchWhole(
  file: OfficialFile,
  part: string,
  { onProgress = () => undefined, onRetry = () => undefined, pauses = PAUSES }: FetchOptions,
): Promise<void> {
  const before = await sizeOf(part);
  let most = before;
  for (let failures = 0; ;) {
    try {
      return await fetchRest(file, part, onProgress);
    } catch (error) {
      const size = await sizeOf(part);
      // A network that is lost takes the server's name with it; one that was never there is another matter.
      const wasThere = Math.max(most, size) > before;
      if (!(error instanceof Interrupted || (error instanceof NoServer && wasThere))) throw error;
      if (size > most) failures = 0;
      if (failures === pauses.length) throw error;
      most = Math.max(most, size);
      onRetry(error, pauses[failures]);
      await setTimeout(pauses[failures++]);
    }
  }
}

async function fetchRest(
  { address, name, bytes }: OfficialFile,
  part: string,
  onProgress: (received: number, total: number) => void,
): Promise<void> {
  const { start, body } = await getFrom(address + name, await sizeOf(part), bytes);
  if (body === undefined) return;
  let handle: FileHandle | undefined;
  let received = start;
  try {
    handle = await open(part, start === 0 ? "w" : "a");
    for await (const chunk of body) {
      await handle.writeFile(chunk);
      onProgress((received += chunk.length), bytes);
    }
    await handle.sync();
  } catch (error) {
    throw writeFailure(part, error);
  } finally {
    await handle?.close();
  }
  if (received < bytes)
    throw new Interrupted(
      `${address}${name}: expected ${bytes} bytes, got the end after ${received}`,
    );
}

/**
 * Takes an official file from a folder where it lies already: checks it, and copies it unless it is
 * there.
 *
 * @throws {WrongContent} If its MD5, or that of a file in its place, is another.
 * @throws {Error} If it is not there.
 */
export async function takeFile(file: OfficialFile, from: string, folder: string): Promise<void> {
  const source = join(from, file.name);
  if ((await sizeOf(source)) === 0)
    throw new Error(`${source}: expected this file, which does not exist`);
  await checkMd5(source, file);
  const target = join(folder, file.name);
  if ((await identityOf(source)) === (await identityOf(target))) return;
  // Never over a file of the user's own.
  if ((await sizeOf(target)) > 0) return checkMd5(target, file);
  await makeFolder(folder);
  const copy = temporaryName(target);
  try {
    await copyFile(source, copy);
    await rename(copy, target);
  } catch (error) {
    await rm(copy, { force: true });
    throw writeFailure(target, error);
  }
}

/** @throws {WrongContent} If it is not the official file. */
async function checkMd5(path: string, { md5 }: OfficialFile): Promise<void> {
  const hash = createHash("md5");
  await pipeline(createReadStream(path), hash);
  const own = hash.digest("hex");
  if (own !== md5)
    throw new WrongContent(
      `${path}: expected the official file (MD5 ${md5}), got ${await sizeOf(path)} bytes with ` +
        `MD5 ${own}: it is damaged, or another file`,
    );
}

/** In bytes; 0 of a file that is not there. */
async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** The same for two paths to one file. */
async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && `${found.dev} ${found.ino}`;
}
