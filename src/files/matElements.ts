import type { ByteReader } from "./byteReader";

/** Numeric data types of MAT v5 files, with size and reader. */
const NUMBER_TYPES: Readonly<
  Record<number, { size: number; read: (v: DataView, at: number) => number }>
> = {
  1: { size: 1, read: (view, at) => view.getInt8(at) },
  2: { size: 1, read: (view, at) => view.getUint8(at) },
  3: { size: 2, read: (view, at) => view.getInt16(at, true) },
  4: { size: 2, read: (view, at) => view.getUint16(at, true) },
  5: { size: 4, read: (view, at) => view.getInt32(at, true) },
  6: { size: 4, read: (view, at) => view.getUint32(at, true) },
  7: { size: 4, read: (view, at) => view.getFloat32(at, true) },
  9: { size: 8, read: (view, at) => view.getFloat64(at, true) },
  12: { size: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  13: { size: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
};

const UNSIGNED_BYTE = 2;

/** Limit on names, dimensions and flags, which are short; longer ones are damaged. */
const LONGEST_FIELD = 4096;

/** Tag before data: type and number of bytes. */
export interface ElementTag {
  readonly type: number;
  readonly byteCount: number;
  /** The data itself, if it is short enough to be in the tag. */
  readonly inside?: Buffer;
}

/** The 8 bytes before data, little-endian; data of 4 bytes or fewer are inside the tag. */
export function parseTag(bytes: Buffer): ElementTag {
  const word = bytes.readUInt32LE(0);
  const smallCount = word >>> 16;
  if (smallCount === 0) return { type: word, byteCount: bytes.readUInt32LE(4) };
  if (smallCount > 4) throw new RangeError(`expected a tag, got ${bytes.toString("hex")}`);
  return { type: word & 0xffff, byteCount: smallCount, inside: bytes.subarray(4, 4 + smallCount) };
}

/**
 * All bytes of a short part of an array, such as its name.
 *
 * @param exactly Required number; by default any number up to {@link LONGEST_FIELD}.
 */
export async function takeField(
  reader: ByteReader,
  what: string,
  exactly?: number,
): Promise<Buffer> {
  const { byteCount, inside } = parseTag(await reader.take(8));
  if (byteCount > LONGEST_FIELD || (exactly !== undefined && byteCount !== exactly))
    throw new RangeError(`expected ${what}, got an element of ${byteCount} bytes`);
  if (inside !== undefined) return inside;
  return (await reader.take(padded(byteCount))).subarray(0, byteCount);
}

/**
 * Passes on the numbers of an array in pieces.
 *
 * @param count Required number.
 * @param give Called with a piece and the position of its first number.
 * @throws {RangeError} If the count differs, or they are not numbers.
 */
export async function readNumbers(
  reader: ByteReader,
  count: number,
  give: (values: ArrayLike<number>, position: number) => void,
): Promise<void> {
  const { type, byteCount, inside } = parseTag(await reader.take(8));
  const numbers = NUMBER_TYPES[type];
  if (numbers === undefined) throw new RangeError(`expected numbers, got data of type ${type}`);
  const { size, read } = numbers;
  if (byteCount !== count * size)
    throw new RangeError(`expected ${count} values of ${size} bytes, got ${byteCount} bytes`);
  let position = 0;
  for await (const piece of inside === undefined ? reader.pieces(byteCount, size) : [inside]) {
    const values = type === UNSIGNED_BYTE ? piece : decoded(piece, size, read);
    give(values, position);
    position += values.length;
  }
  if (inside === undefined) await reader.skip(padded(byteCount) - byteCount);
}

function decoded(
  bytes: Uint8Array,
  size: number,
  read: (view: DataView, at: number) => number,
): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.length / size }, (_, i) => read(view, i * size));
}

/** Data are padded to a multiple of 8 bytes. */
function padded(byteCount: number): number {
  return Math.ceil(byteCount / 8) * 8;
}
