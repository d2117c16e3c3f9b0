import { readFile } from "node:fs/promises";
import type { RowArray } from "../numerics/rowArray";
import { atomicWrite } from "./atomicWrite";
import { elementType, type ElementType, type ElementTypeName } from "./elementTypes";
import { elementCount, elementReader, storedRows, type ElementPlace } from "./storedArray";

/** Header of a .npy file. */
export interface NpyHeader {
  readonly shape: readonly number[];
  readonly isFortranOrder: boolean;
  /** NumPy's code of the type, such as `<f4`. */
  readonly descr: string;
  /** Offset of the values. */
  readonly start: number;
}

const MAGIC = Buffer.from("\x93NUMPY", "latin1");
/** Largest number of bytes before the header's text. */
const PREFIX = 12;
/** NumPy itself rejects longer texts. */
const LONGEST_HEADER = 100_000;

/** Types by NumPy's codes without byte order. */
const TYPES: Readonly<Record<string, ElementTypeName>> = {
  b1: "bool",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
};

/**
 * Reads the header of NumPy's .npy format, versions 1.0 to 3.0.
 *
 * It is implemented here because npyjs and numpy-parser load the whole file into memory, and
 * support neither Fortran order nor big-endian values.
 *
 * @param bytes The first `length` bytes of the content, or all of it.
 * @throws {RangeError} If it is not such a header.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export async function readNpyHeader(
  bytes: (length: number) => Promise<Buffer>,
): Promise<NpyHeader> {
  const prefix = await bytes(PREFIX);
  if (!prefix.subarray(0, 6).equals(MAGIC))
    throw new RangeError(
      isPickle(prefix)
        ? "expected NumPy's .npy format, got a pickled object; save it with np.save as an array"
        : `expected NumPy's .npy format, got a file that begins with ${firstBytes(prefix)}`,
    );
  if (prefix.length < PREFIX)
    throw new RangeError(`expected a .npy header, got a file of ${prefix.length} bytes`);
  const version = prefix[6];
  if (version < 1 || version > 3)
    throw new RangeError(`expected .npy format 1 to 3, got ${version}.${prefix[7]}`);
  const [from, length] =
    version === 1 ? [10, prefix.readUInt16LE(8)] : [PREFIX, prefix.readUInt32LE(8)];
  if (length > LONGEST_HEADER)
    throw new RangeError(`expected a .npy header below 100,000 bytes, got one of ${length}`);
  const content = await bytes(from + length);
  if (content.length < from + length)
    throw new RangeError(`expected a .npy header of ${length} bytes, got ${content.length - from}`);
  const text = content.toString(version === 3 ? "utf8" : "latin1", from, from + length);
  return { ...parseHeader(text), start: from + length };
}

/** The first bytes of a file, for an error. */
export const firstBytes = (bytes: Buffer) =>
  bytes.length === 0 ? "nothing" : bytes.toString("hex", 0, Math.min(8, bytes.length));

/** Pickles of protocol 2 and later begin with their version. */
export const isPickle = (bytes: Buffer) => bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5;

/** Python dict: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`. */
function parseHeader(text: string): Omit<NpyHeader, "start"> {
  const wrong = (what: string) =>
    new RangeError(`expected a .npy header with ${what}, got ${text.trim().slice(0, 200)}`);
  const [, order] = /'fortran_order'\s*:\s*(True|False)\b/.exec(text) ?? [];
  if (order === undefined) throw wrong("fortran_order");
  const [, list] = /'shape'\s*:\s*\(([\dL,\s]*)\)/.exec(text) ?? [];
  if (list === undefined) throw wrong("a shape");
  const shape = list
    .split(",")
    .filter((part) => part.trim() !== "")
    .map((part) => Number(part.trim().replace(/L$/, "")));
  if (!Number.isSafeInteger(elementCount(shape))) throw wrong("a shape");
  const [, descr] = /'descr'\s*:\s*'([^']*)'/.exec(text) ?? [];
  if (descr === undefined) {
    if (/'descr'\s*:\s*\[/.test(text))
      throw new RangeError(
        "expected an array of numbers, got a structured one (with named fields)",
      );
    throw wrong("a type");
  }
  return { shape, isFortranOrder: order === "True", descr };
}

/** Element type for NumPy's code. */
function npyType(descr: string): { type: ElementType; isBigEndian: boolean } {
  const [, order, code] = /^([<>|=]?)(\w+)$/.exec(descr) ?? [];
  if (order !== undefined && Object.hasOwn(TYPES, code))
    return { type: elementType(TYPES[code]), isBigEndian: order === ">" };
  const kind = /^[<>|=]?([A-Za-z])/.exec(descr)?.[1] ?? "";
  const what = KINDS[kind];
  throw new RangeError(`expected an array of numbers, got ${what ? `${what}, ` : ""}type ${descr}`);
}

const KINDS: Readonly<Record<string, string>> = {
  O: "Python objects",
  U: "texts",
  S: "bytes",
  c: "complex numbers",
  M: "dates",
  m: "time spans",
  V: "records",
};

/** NumPy's name of a type, or its code if it is not numeric. */
export function npyTypeName(descr: string): string {
  try {
    return npyType(descr).type.name;
  } catch {
    return descr;
  }
}

/**
 * Rows of a .npy array.
 *
 * @param length Bytes of the whole content.
 * @param bytes Reads bytes after the header.
 * @throws {RangeError} If it is not numeric, or its length does not match its shape.
 */
export function npyRows(
  { shape, isFortranOrder, descr, start }: NpyHeader,
  length: number,
  bytes: ElementPlace["bytes"],
): RowArray {
  const { type, isBigEndian } = npyType(descr);
  const expected = elementCount(shape) * type.bytes;
  if (length - start !== expected)
    throw new RangeError(
      `expected ${expected} bytes for ${type.name} (${shape.join(" x ")}), got ${length - start}`,
    );
  const read = elementReader({ type, isBigEndian, bytes });
  return storedRows(shape, isFortranOrder, read, type.precision);
}

/** Bytes of the part before the header's text in version 1.0. */
const PREFIX_1 = 10;

/**
 * An array of bytes in NumPy's .npy format, version 1.0, as `np.save` writes it.
 *
 * @param shape Its product is the number of values.
 * @throws {RangeError} If it is another.
 */
export function npyBytes(values: Uint8Array, shape: readonly number[]): Buffer {
  if (elementCount(shape) !== values.length)
    throw new RangeError(
      `expected ${elementCount(shape)} values for ${shape.join(" x ")}, got ${values.length}`,
    );
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${tuple}), }`;
  // The values begin at a multiple of 64 bytes.
  const length = 64 * Math.ceil((PREFIX_1 + header.length + 1) / 64) - PREFIX_1;
  const prefix = Buffer.alloc(PREFIX_1);
  prefix.set([...MAGIC, 1, 0]);
  prefix.writeUInt16LE(length, 8);
  return Buffer.concat([prefix, Buffer.from(`${header.padEnd(length - 1)}\n`, "latin1"), values]);
}

/**
 * Writes an array of bytes as a .npy file.
 *
 * @throws {Error} As {@link npyBytes}, or if the file cannot be written.
 */
export async function writeNpyBytes(
  file: string,
  values: Uint8Array,
  shape: readonly number[],
): Promise<void> {
  await atomicWrite(file, npyBytes(values, shape));
}

/**
 * The array of a .npy file of unsigned bytes, such as images.
 *
 * @throws {Error} If the file cannot be read or holds something else: which file, and what.
 */
export async function readNpyBytes(
  file: string,
): Promise<{ readonly values: Uint8Array; readonly shape: readonly number[] }> {
  const content = await readFile(file);
  try {
    const { descr, shape, start, isFortranOrder } = await readNpyHeader((length) =>
      Promise.resolve(content.subarray(0, length)),
    );
    if (descr.replace("|", "") !== "u1" || isFortranOrder)
      throw new RangeError(`expected unsigned bytes in C order, got type ${npyTypeName(descr)}`);
    const values = new Uint8Array(content.subarray(start));
    if (values.length !== elementCount(shape))
      throw new RangeError(`expected ${elementCount(shape)} bytes, got ${values.length}`);
    return { values, shape };
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}
