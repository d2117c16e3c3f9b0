import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import * as v from "valibot";
import { anyText, checked, dictionaryOf, fields, listOf, wholeFrom } from "../numerics/checked";
import { plain, shown } from "../numerics/plainText";

/** A named array of 32-bit floats. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Limit on the bytes of a header, as defined by the format. */
const MOST_HEADER_BYTES = 100_000_000;

const whole = wholeFrom(0);
const ENTRY = fields({
  dtype: anyText,
  shape: listOf(whole),
  data_offsets: listOf(whole, "two offsets", 2, 2),
});
const METADATA = v.optional(dictionaryOf(anyText));

/**
 * Tensors and text as one file in the safetensors format, which Python reads too: 8 bytes with the
 * length of a JSON header, the header, the numbers.
 *
 * @param metadata Stored as the header's `__metadata__`.
 * @see https://github.com/huggingface/safetensors
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>>,
): Buffer {
  const header: [string, unknown][] = [["__metadata__", metadata]];
  const parts: Buffer[] = [];
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    const end = offset + values.byteLength;
    header.push([name, { dtype: "F32", shape, data_offsets: [offset, end] }]);
    parts.push(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    offset = end;
  }
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  // Padded with spaces so that the numbers start at a multiple of 8 bytes.
  const padded = Buffer.concat([text, Buffer.alloc(-text.length & 7, " ")]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, ...parts]);
}

/**
 * Decodes the output of {@link encodeSafetensors}.
 *
 * @param name Name of the file, for errors.
 * @throws {Error} If the file is truncated, or has another format or number type, or its tensors
 *   overlap or leave bytes out.
 */
export function decodeSafetensors(
  content: Uint8Array,
  name: string,
): { tensors: Map<string, StoredTensor>; metadata: Record<string, string> } {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const wrong = (what: string) => new Error(`${name}: expected a safetensors file, ${what}`);
  const start = dataStart(bytes, bytes.length, wrong);
  const data = bytes.subarray(start);
  const { entries, metadata } = parseHeader(bytes.subarray(8, start), data.length, wrong);
  const tensors = new Map<string, StoredTensor>();
  for (const { tensor, dtype, shape, from, to } of entries) {
    const size = shape.reduce((product, length) => product * length, 1);
    if (dtype !== "F32") throw wrong(`got ${tensor} of type ${plain(dtype)} instead of F32`);
    if (to - from !== 4 * size) throw wrong(`got ${to - from} bytes for ${tensor} [${shape}]`);
    // Copied: the values need not lie at a multiple of 4 bytes in the file's buffer.
    const values = new Float32Array(size);
    Buffer.from(values.buffer).set(data.subarray(from, to));
    tensors.set(tensor, { shape, values });
  }
  return { tensors, metadata };
}

/** Position of a tensor of any type in a file. */
export interface SafetensorsEntry {
  readonly name: string;
  /** The format's name, such as BF16. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Bytes of the file from `start` to just before `end`. */
  readonly start: number;
  readonly end: number;
}

/**
 * Tensors of a file, of all types; reads only the header.
 *
 * @throws {Error} If the file is truncated or of another format.
 */
export async function safetensorsEntries(file: string): Promise<SafetensorsEntry[]> {
  const wrong = (what: string) => new Error(`${file}: expected a safetensors file, ${what}`);
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const { buffer: prefix, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0);
    const start = dataStart(prefix.subarray(0, bytesRead), size, wrong);
    const { buffer: text } = await handle.read(Buffer.alloc(start - 8), 0, start - 8, 8);
    const { entries } = parseHeader(text, size - start, wrong);
    return entries.map(({ tensor, dtype, shape, from, to }) => ({
      name: tensor,
      dtype,
      shape,
      start: start + from,
      end: start + to,
    }));
  } finally {
    await handle.close();
  }
}

/** Position of a tensor in the bytes after the header. */
interface HeaderEntry {
  readonly tensor: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** Offset of the data of a file of `size` bytes, from its first 8 bytes. */
function dataStart(prefix: Buffer, size: number, wrong: (what: string) => Error): number {
  if (prefix.length < 8) throw wrong(`got ${prefix.length} bytes`);
  const headerLength = prefix.readBigUInt64LE();
  const start = 8 + Number(headerLength);
  if (headerLength > MOST_HEADER_BYTES)
    throw wrong(`got a header of ${headerLength} bytes, more than ${MOST_HEADER_BYTES}`);
  if (start > size) throw wrong(`got ${size} bytes although the header alone ends at ${start}`);
  return start;
}

/**
 * Header of a file: its tensors, which fill the data without gaps or overlaps.
 *
 * @param length Number of data bytes.
 * @param wrong Creates an error from a description.
 */
function parseHeader(text: Buffer, length: number, wrong: (what: string) => Error) {
  const { __metadata__, ...named } = headerJson(text, wrong);
  try {
    const entries = Object.entries(named).map(([tensor, entry]) => headerEntry(tensor, entry));
    const metadata = checked(fields({ __metadata__: METADATA }), { __metadata__ }).__metadata__;
    checkPlaces(entries, length);
    return { entries, metadata: metadata ?? {} };
  } catch (error) {
    throw wrong(`got an invalid header: ${(error as Error).message}`);
  }
}

function headerJson(text: Buffer, wrong: (what: string) => Error): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(text.toString());
  } catch {
    throw wrong("got a header that is not JSON");
  }
  if (typeof header !== "object" || header === null || Array.isArray(header))
    throw wrong(`got a header that is not an object, ${shown(header)}`);
  return header as Record<string, unknown>;
}

function headerEntry(name: string, entry: unknown): HeaderEntry {
  const tensor = plain(name);
  try {
    const { dtype, shape, data_offsets } = checked(ENTRY, entry);
    return { tensor: name, dtype, shape, from: data_offsets[0], to: data_offsets[1] };
  } catch (error) {
    throw new RangeError(`${tensor}: ${(error as Error).message}`);
  }
}

/** @throws {RangeError} If tensors overlap, leave bytes out, or end before or after the data. */
function checkPlaces(entries: readonly HeaderEntry[], length: number): void {
  const ordered = [...entries].sort((a, b) => a.from - b.from || a.to - b.to);
  let end = 0;
  for (const { tensor, from, to } of ordered) {
    if (from !== end || to < from)
      throw new RangeError(`${plain(tensor)}: expected bytes from ${end} on, got ${from} to ${to}`);
    end = to;
  }
  if (end !== length)
    throw new RangeError(
      `expected ${end} bytes after it, where the last tensor ends, got ${length}`,
    );
}

/** SHA-256, in hexadecimal, of a text and of tensors by name, in their order. */
export function contentHash(
  tensors: ReadonlyMap<string, { values: Float32Array }>,
  text: string,
): string {
  const hash = createHash("sha256").update(text);
  for (const [name, { values }] of tensors)
    hash.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest("hex");
}
