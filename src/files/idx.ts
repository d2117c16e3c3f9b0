import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { ByteReader } from "./byteReader";
import { inflated, inflatedLimit } from "./inflate";

/** Array of bytes with its shape, from an IDX file. */
export interface IdxArray {
  readonly shape: readonly number[];
  /** Row-major; a view on the file's bytes, not a copy. */
  readonly values: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/**
 * Reads an array of bytes in the IDX format: two zero bytes, the type (8: unsigned byte), the number
 * of dimensions, each dimension as 32 bits big-endian, then the values.
 *
 * @param bytes The whole uncompressed file.
 * @param dimensions Required number of dimensions: 3 for images, 1 for labels.
 * @param name Name of the file for errors.
 * @throws {RangeError} If the magic number or the length is wrong; the message says which.
 * @see The file formats of the MNIST database, http://yann.lecun.com/exdb/mnist/
 */
export function parseIdx(bytes: Uint8Array, dimensions: number, name: string): IdxArray {
  const { shape, start, size } = parseHeader(bytes, dimensions, name);
  if (bytes.length !== size) throw wrongLength(name, size, shape, bytes.length);
  return { shape, values: new Uint8Array(bytes.buffer, bytes.byteOffset + start, size - start) };
}

/**
 * Reads such an array from a file, which is compressed if its name ends in `.gz`. For a file that
 * is too long or of another format, only the header is kept in memory.
 *
 * @param dimensions Required number of dimensions.
 * @returns The array, and all bytes of the file, uncompressed.
 * @throws {RangeError} As {@link parseIdx}, or if the array is larger than {@link MOST_BYTES}.
 * @throws {Error} If the file cannot be read, or is incomplete.
 */
export async function readIdx(
  path: string,
  dimensions: number,
): Promise<IdxArray & { readonly bytes: Uint8Array }> {
  const { size: stored } = await stat(path);
  const isPacked = path.endsWith(".gz");
  const reader = new ByteReader(isPacked ? inflated(path, "gzip") : createReadStream(path));
  try {
    const header = await reader.takeUpTo(headerBytes(dimensions));
    const { size, shape } = parseHeader(header, dimensions, path);
    const most = Math.min(MOST_BYTES, isPacked ? inflatedLimit(stored) : MOST_BYTES);
    if (size > most)
      throw new RangeError(
        `${path}: expected at most ${most} bytes, got the shape ${shape.join(" x ")}`,
      );
    if (!isPacked && stored !== size) throw wrongLength(path, size, shape, stored);
    const bytes = new Uint8Array(size);
    bytes.set(header);
    const length = await fill(bytes, header.length, reader);
    if ((await reader.takeUpTo(1)).length > 0) throw wrongLength(path, size, shape, "more");
    return { ...parseIdx(bytes.subarray(0, length), dimensions, path), bytes };
  } finally {
    await reader.close();
  }
}

/** Limit on the uncompressed bytes of an array; EMNIST's largest has 547 million. */
const MOST_BYTES = 1_000_000_000;
const PIECE = 1 << 20;

/** Skips to the end of the bytes or the file, and returns its position. */
async function fill(bytes: Uint8Array, from: number, reader: ByteReader): Promise<number> {
  for (let at = from; ;) {
    const piece = await reader.takeUpTo(Math.min(PIECE, bytes.length - at));
    if (piece.length === 0) return at;
    bytes.set(piece, at);
    at += piece.length;
  }
}

const headerBytes = (dimensions: number) => 4 + 4 * dimensions;

function parseHeader(bytes: Uint8Array, dimensions: number, name: string) {
  const start = headerBytes(dimensions);
  if (bytes.length < start)
    throw new RangeError(
      `${name}: expected a header of ${start} bytes, got a file of ${bytes.length}`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const expectedMagic = (UNSIGNED_BYTE << 8) | dimensions;
  if (magic !== expectedMagic)
    throw new RangeError(`${name}: expected magic number ${hex(expectedMagic)}, got ${hex(magic)}`);
  const shape = Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis));
  return { shape, start, size: shape.reduce((product, length) => product * length, 1) + start };
}

function wrongLength(name: string, size: number, shape: readonly number[], got: number | string) {
  return new RangeError(
    `${name}: expected ${size} bytes for shape ${shape.join(" x ")}, got ${got}`,
  );
}

function hex(magic: number): string {
  return `0x${magic.toString(16).padStart(8, "0")}`;
}
