import type { ByteReader } from "./byteReader";

/** Data types of MAT v5 files that numbers are stored as: their size, and how one is read. */
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

/** Names, dimensions and flags are short; a longer one is damage. */
const LONGEST_FIELD = 4096;

/** The tag before data: its type and how many bytes it has. */
export interface ElementTag {
  readonly type: number;
  readonly byteCount: number;
  /** The data itself, where it is so short that it lies within the tag. */
  readonly inside?: Buffer;
}

/** The 8 bytes before data, little-endian; short data of 4 bytes or fewer lie within them. */
export function parseTag(bytes: Buffer): ElementTag {
  const word = bytes.readUInt32LE(0);
  const smallCount = word >>> 16;
  if (smallCount === 0) return { type: word, byteCount: bytes.readUInt32LE(4) };
  if (smallCount > 4) throw new RangeError(`expected a tag, got ${bytes.toString("hex")}`);
  return { type: word & 0xffff, byteCount: smallCount, inside: bytes.subarray(4, 4 + smallCount) };
}

/**
 * A short part of an array, such as its name: all of its bytes.
 *
 * @param exactly How many there must be; by default any number to {@link LONGEST_FIELD}.
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
 * Hands the numbers of an array on, as many at a time as come.
 *
 * @param count How many there must be.
 * @param give Takes some of them and the position of the first.
 * @throws {RangeError} If there are more or fewer, or they are no numbers.
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

/** Data are filled up to a multiple of 8 bytes. */
function padded(byteCount: number): number {
  return Math.ceil(byteCount / 8) * 8;
}
