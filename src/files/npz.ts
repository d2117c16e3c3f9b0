import { readSync, openSync, closeSync } from "node:fs";
import { buffer as collected } from "node:stream/consumers";
import { crc32 } from "node:zlib";
import * as yauzl from "yauzl";
import { npyRows, npyTypeName, readNpyHeader } from "./npy";
import { fileBytes, memoryBytes, shapeText, type StoredArray } from "./storedArray";

/** Limit on the size of compressed arrays, which are loaded into memory. */
const LARGEST_COMPRESSED = 2 ** 30;
const STORED = 0;

/**
 * The arrays of a .npz file (a zip file of .npy files): `np.savez`, whose values are read on
 * demand, and `np.savez_compressed`, whose arrays are decompressed into memory.
 *
 * @throws {Error} If the file is truncated or damaged, or was written by `torch.save`.
 */
export async function npzArrays(path: string): Promise<StoredArray[]> {
  const zip = await yauzl.openPromise(path, { lazyEntries: true, autoClose: false }).catch(broken);
  try {
    const arrays: StoredArray[] = [];
    for (const entry of await entriesOf(zip)) {
      if (/(^|\/)data\.pkl$/.test(entry.fileName)) throw new TorchFile();
      if (entry.fileName.endsWith(".npy")) arrays.push(await npzArray(path, zip, entry));
    }
    return arrays;
  } finally {
    zip.close();
  }
}

/** A file of `torch.save`. */
export class TorchFile extends Error {}

const broken = (error: Error): never => {
  throw new Error(`expected a complete .npz (zip) file, got: ${error.message}`, { cause: error });
};

async function entriesOf(zip: yauzl.ZipFile): Promise<yauzl.Entry[]> {
  const entries: yauzl.Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) entries.push(entry);
  } catch (error) {
    broken(error as Error);
  }
  return entries;
}

async function npzArray(
  path: string,
  zip: yauzl.ZipFile,
  entry: yauzl.Entry,
): Promise<StoredArray> {
  const name = entry.fileName.slice(0, -".npy".length);
  const place = `${path}: ${name}`;
  if (!entry.canDecodeFileData())
    throw new Error(
      `${name}: expected a stored or deflated entry, got method ${entry.compressionMethod}`,
    );
  const isStored = entry.compressionMethod === STORED;
  const { fileDataStart } = await zip
    .readLocalFileHeaderPromise(entry, { minimal: true })
    .catch(broken);
  const head = isStored
    ? (length: number) => Promise.resolve(firstOf(path, fileDataStart, length, entry))
    : (length: number) => inflatedHead(zip, entry, length);
  const header = await readNpyHeader(head).catch((error: Error) => {
    throw new Error(`${name}: ${error.message}`, { cause: error });
  });
  const { shape, descr, start } = header;
  return {
    name,
    place,
    shape,
    type: npyTypeName(descr),
    open: async () => {
      if (isStored)
        return npyRows(header, entry.uncompressedSize, fileBytes(path, fileDataStart + start));
      if (entry.uncompressedSize > LARGEST_COMPRESSED)
        throw new RangeError(
          `expected a compressed array of at most ${LARGEST_COMPRESSED} bytes, got ` +
            `${entry.uncompressedSize} for ${shapeText(shape)}; save it with np.save or np.savez`,
        );
      const content = await inflated(path, entry);
      return npyRows(header, content.length, memoryBytes(content.subarray(start)));
    },
  };
}

function firstOf(path: string, start: number, length: number, entry: yauzl.Entry): Buffer {
  const bytes = Buffer.alloc(Math.min(length, entry.uncompressedSize));
  const file = openSync(path, "r");
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, start));
  } finally {
    closeSync(file);
  }
}

/** The first bytes of a compressed entry. */
async function inflatedHead(
  zip: yauzl.ZipFile,
  entry: yauzl.Entry,
  length: number,
): Promise<Buffer> {
  const stream = await zip.openReadStreamPromise(entry).catch(broken);
  const parts: Buffer[] = [];
  let missing = length;
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      parts.push(part.subarray(0, missing));
      missing -= part.length;
      if (missing <= 0) break;
    }
  } catch (error) {
    broken(error as Error);
  }
  return Buffer.concat(parts);
}

/** All bytes of a compressed entry, verified by its checksum. */
async function inflated(path: string, entry: yauzl.Entry): Promise<Buffer> {
  const zip = await yauzl.openPromise(path, { lazyEntries: true, autoClose: false }).catch(broken);
  try {
    const content = await collected(await zip.openReadStreamPromise(entry));
    if (crc32(content) !== entry.crc32)
      throw new Error("expected the checksum of the zip file, got a different one");
    return content;
  } catch (error) {
    return broken(error as Error);
  } finally {
    zip.close();
  }
}
