import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pipeline } from "node:stream/promises";
import { makeFolder, temporaryName, writeFailure } from "./atomicWrite";
import { getFrom, Interrupted, NoServer } from "./httpGet";

/** Published file of a data set. */
export interface OfficialFile {
  readonly name: string;
  /** Address of the folder that holds it, with a slash at the end. */
  readonly address: string;
  readonly bytes: number;
  /** In hexadecimal. */
  readonly md5: string;
}

/** Options for a download. */
export interface FetchOptions {
  /** Called with the number of received bytes and the total, from the beginning of the file. */
  readonly onProgress?: (received: number, total: number) => void;
  /** Called before another try, with the reason and the delay in milliseconds. */
  readonly onRetry?: (error: Error, pause: number) => void;
  /** Milliseconds between tries without progress; there is one more try per pause. */
  readonly pauses?: readonly number[];
}

const PAUSES = [1000, 2000, 4000, 8000, 16_000];

/** Error: the file is not the official one. */
export class WrongContent extends Error {
  override readonly name = "WrongContent";
}

/**
 * Downloads an official file into a folder. Received data are kept in `<name>.part`, from which a
 * later call resumes. The file appears complete, with its MD5 checked, or not at all.
 *
 * @param folder Created if it does not exist.
 * @returns Whether the file existed (with the correct MD5) or was downloaded now.
 * @throws {WrongContent} If the existing or the downloaded file has another MD5.
 * @throws {Error} If there is no such file, or no network, or the connection fails repeatedly.
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
    // The data of an earlier call may be damaged.
    if (isResumed) return fetchFile(file, folder, options);
    throw error;
  }
  await rename(part, target);
  return "fetched";
}

/** Tries until the file is complete; after each failure it resumes. */
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
      // A lost network also loses the server's name; a network that never worked is an error.
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
 * Checks an official file in another folder, and copies it unless it exists.
 *
 * @throws {WrongContent} If its MD5, or that of an existing file, is wrong.
 * @throws {Error} If it does not exist.
 */
export async function takeFile(file: OfficialFile, from: string, folder: string): Promise<void> {
  const source = join(from, file.name);
  if ((await sizeOf(source)) === 0)
    throw new Error(`${source}: expected this file, which does not exist`);
  await checkMd5(source, file);
  const target = join(folder, file.name);
  if ((await identityOf(source)) === (await identityOf(target))) return;
  // Never overwrites a file of the user.
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

/** Size in bytes; 0 for a missing file. */
async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** Key that is equal for two paths to one file. */
async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && `${found.dev} ${found.ino}`;
}
