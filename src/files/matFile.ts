import { createReadStream } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { plain } from "../numerics/plainText";
import { ByteReader } from "./byteReader";
import { inflated, inflatedLimit } from "./inflate";
import { parseTag, readNumbers, takeField } from "./matElements";

/** Array of a MAT file, before its values. */
export interface MatVariable {
  readonly name: string;
  readonly shape: readonly number[];
  /** MATLAB's class, such as uint8 or double. */
  readonly className: string;
}

/** Takes values of an array, in column-major order; `position` is that of the first. */
export type MatSink = (values: ArrayLike<number>, position: number) => void;

const HEADER_BYTES = 128;
const VERSION_5 = 0x0100;
const MATRIX = 14;
const COMPRESSED = 15;
const COMPLEX_FLAG = 0x0800;
const FLAG_BYTES = 8;
const OTHER_CLASSES = ["cell", "struct", "object", "char", "sparse"];
const INTEGER_CLASSES = [8, 16, 32, 64].flatMap((bits) => [`int${bits}`, `uint${bits}`]);
/** Classes of arrays, by their number less 1. */
const CLASSES = [...OTHER_CLASSES, "double", "single", ...INTEGER_CLASSES];
const FIRST_NUMERIC = CLASSES.indexOf("double");

/**
 * Reads arrays of numbers from a MAT v5 file (MATLAB's `save -v6` and `-v7`, SciPy's `savemat`),
 * compressed or not, in pieces: neither the file nor an array is kept in memory.
 *
 * @param choose Called for every array in the file's order; returns a receiver for its values, or
 *   undefined to skip it. Its errors are reported for the file.
 * @throws {Error} If the file is missing, of another version (4, or 7.3, which is HDF5), big-endian,
 *   truncated or damaged, or a chosen array is not of real numbers; the message names the file.
 * @see https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf
 */
export async function readMatFile(
  path: string,
  choose: (variable: MatVariable) => MatSink | undefined,
): Promise<void> {
  const file = await open(path).catch((error: Error) => {
    throw new Error(`${path}: expected a MAT file, got: ${error.message}`);
  });
  try {
    await readElements(file, path, choose);
  } catch (error) {
    throw new Error(`${path}: ${reasonOf(error)}`, { cause: error });
  } finally {
    await file.close();
  }
}

async function readElements(
  file: FileHandle,
  path: string,
  choose: (variable: MatVariable) => MatSink | undefined,
): Promise<void> {
  const { size } = await file.stat();
  checkHeader(await readAt(file, 0, HEADER_BYTES));
  let start = HEADER_BYTES;
  while (start < size) {
    const { type, byteCount, inside } = parseTag(await readAt(file, start, 8));
    const [from, end] = [start + 8, start + 8 + (inside === undefined ? byteCount : 0)];
    if (end > size)
      throw new RangeError(
        `expected ${end} bytes, to the end of the element at ${start}, got a file of ${size}`,
      );
    start = end;
    if (from === end) continue;
    if (type === COMPRESSED) await readCompressed(path, from, end, choose);
    else if (type === MATRIX) {
      const reader = new ByteReader(createReadStream(path, { start: from, end: end - 1 }));
      await readArray(reader, byteCount, choose);
    }
  }
}

async function readAt(file: FileHandle, position: number, count: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, position);
  if (bytesRead < count)
    throw new RangeError(`expected ${count} bytes at ${position}, got a file that ends before`);
  return buffer;
}

function checkHeader(header: Buffer): void {
  const text = header.toString("latin1", 0, 116);
  const expected = "expected a MAT file of version 5";
  if (text.startsWith("\x89HDF") || text.startsWith("MATLAB 7.3"))
    throw new RangeError(`${expected}, got one of version 7.3, which is HDF5; save it with -v7`);
  const order = header.toString("latin1", 126, 128);
  if (order === "MI") throw new RangeError(`${expected}, little-endian, got a big-endian one`);
  const version = header.readUInt16LE(124);
  if (order !== "IM" || version !== VERSION_5)
    throw new RangeError(
      `${expected}, got one that begins with ${header.toString("hex", 0, 8)}` +
        (order === "IM" ? ` of version 0x${version.toString(16)}` : " without a byte-order mark"),
    );
}

async function readCompressed(
  path: string,
  start: number,
  end: number,
  choose: (variable: MatVariable) => MatSink | undefined,
): Promise<void> {
  const reader = new ByteReader(inflated(path, "zlib", start, end));
  const { type } = parseTag(await reader.take(8));
  if (type === MATRIX) return readArray(reader, inflatedLimit(end - start), choose);
  await reader.close();
  throw new RangeError(`expected a compressed array, got type ${type}`);
}

/**
 * Reads the array after its tag; this completes the reader.
 *
 * @param most Limit on bytes: an array with more values is damaged.
 */
async function readArray(
  reader: ByteReader,
  most: number,
  choose: (variable: MatVariable) => MatSink | undefined,
): Promise<void> {
  try {
    const flags = (await takeField(reader, "an array's flags", FLAG_BYTES)).readUInt32LE(0);
    const className = CLASSES[(flags & 0xff) - 1];
    if (className === undefined) return;
    const dimensions = await takeField(reader, "an array's dimensions");
    const name = (await takeField(reader, "an array's name")).toString("latin1");
    const shape = shapeOf(dimensions);
    const count = shape.reduce((product, length) => product * length, 1);
    if (count > most)
      throw new RangeError(
        `${plain(name)}: expected at most ${most} values, got the shape ${shape.join(" x ")}`,
      );
    const sink = choose({ name, shape, className });
    if (sink === undefined) return;
    if (CLASSES.indexOf(className) < FIRST_NUMERIC || flags & COMPLEX_FLAG)
      throw new RangeError(
        `${plain(name)}: expected real numbers, got ${flags & COMPLEX_FLAG ? "complex " : ""}${className}`,
      );
    await readValues(reader, name, shape, sink);
  } finally {
    await reader.close();
  }
}

function shapeOf(dimensions: Buffer): number[] {
  const count = dimensions.length / 4;
  const shape = Array.from({ length: Math.floor(count) }, (_, i) => dimensions.readInt32LE(4 * i));
  if (!Number.isInteger(count) || count < 2 || shape.some((length) => length < 0))
    throw new RangeError(
      `expected an array's dimensions, got ${dimensions.toString("hex", 0, 16)}`,
    );
  return shape;
}

async function readValues(
  reader: ByteReader,
  name: string,
  shape: readonly number[],
  sink: MatSink,
): Promise<void> {
  const count = shape.reduce((product, length) => product * length, 1);
  try {
    await readNumbers(reader, count, sink);
    // Read to the end of the compressed data, which has the checksum.
    const { length } = await reader.takeUpTo(8);
    if (length > 0) throw new RangeError(`expected the array's end, got ${length} more bytes`);
  } catch (error) {
    throw new RangeError(`${plain(name)}: ${reasonOf(error)}`, { cause: error });
  }
}

/** zlib's errors do not say what was expected. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code?.startsWith("Z_") ? `expected complete compressed data, got: ${message}` : message;
}
