import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

/** A named array of 32-bit floats. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

/**
 * Tensors and text as one file in the safetensors format, which Python reads too: 8 bytes with the
 * length of a JSON header, the header, the numbers.
 *
 * @param metadata Kept under the header's `__metadata__`.
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
 * Reads what {@link encodeSafetensors} wrote.
 *
 * @param name Name of the file, for errors.
 * @throws {Error} If the file is cut short or is of another format or number type.
 */
export function decodeSafetensors(
  content: Uint8Array,
  name: string,
): { tensors: Map<string, StoredTensor>; metadata: Record<string, string> } {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const wrong = (what: string) => new Error(`${name}: expected a safetensors file, ${what}`);
  if (bytes.length < 8) throw wrong(`got ${bytes.length} bytes`);
  const headerLength = Number(bytes.readBigUInt64LE());
  const start = 8 + headerLength;
  if (start > bytes.length)
    throw wrong(`got ${bytes.length} bytes where the header alone would end at ${start}`);
  const { __metadata__: metadata, ...entries } = parseHeader(bytes.subarray(8, start), wrong);
  const tensors = new Map<string, StoredTensor>();
  for (const [tensor, entry] of Object.entries(entries as Record<string, HeaderEntry>)) {
    const { dtype, shape, data_offsets: [from, to] = [0, 0] } = entry;
    const size = shape.reduce((product, length) => product * length, 1);
    if (dtype !== "F32") throw wrong(`got ${tensor} of type ${dtype} instead of F32`);
    if (to - from !== 4 * size) throw wrong(`got ${to - from} bytes for ${tensor} [${shape}]`);
    if (start + to > bytes.length) throw wrong(`cut short within ${tensor}`);
    // Copied: the values need not lie at a multiple of 4 bytes in the file's buffer.
    const values = new Float32Array(size);
    Buffer.from(values.buffer).set(bytes.subarray(start + from, start + to));
    tensors.set(tensor, { shape, values });
  }
  return { tensors, metadata: (metadata ?? {}) as Record<string, string> };
}

/** Where a tensor of any type is in a file. */
export interface SafetensorsEntry {
  readonly name: string;
  /** The format's name, such as BF16. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Bytes of the file from `start` to just before `end`. */
  readonly start: number;
  readonly end: number;
}

/** The format's own limit on a header. */
const LONGEST_HEADER = 100_000_000;

/**
 * The tensors of a file, of all types; reads the header only.
 *
 * @throws {Error} If the file is cut short or of another format.
 */
export async function safetensorsEntries(file: string): Promise<SafetensorsEntry[]> {
  const wrong = (what: string) => new Error(`${file}: expected a safetensors file, ${what}`);
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const { buffer: prefix } = await handle.read(Buffer.alloc(8), 0, 8, 0);
    if (size < 8) throw wrong(`got ${size} bytes`);
    const length = Number(prefix.readBigUInt64LE());
    const start = 8 + length;
    if (length > LONGEST_HEADER || start > size)
      throw wrong(`got ${size} bytes where the header alone would end at ${start}`);
    const { buffer: text } = await handle.read(Buffer.alloc(length), 0, length, 8);
    const { __metadata__: _, ...entries } = parseHeader(text, wrong);
    return Object.entries(entries as Record<string, HeaderEntry | null>).map(([name, entry]) => {
      const { dtype, shape, data_offsets: offsets } = entry ?? ({} as Partial<HeaderEntry>);
      if (typeof dtype !== "string" || !areSizes(shape) || !areSizes(offsets, 2))
        throw wrong(`got a header without type, shape and offsets of ${name}`);
      const [from, to] = offsets;
      if (from > to) throw wrong(`got ${name} from ${from} to ${to}`);
      if (start + to > size) throw wrong(`cut short within ${name}`);
      return { name, dtype, shape, start: start + from, end: start + to };
    });
  } finally {
    await handle.close();
  }
}

function areSizes(values: unknown, count?: number): values is number[] {
  const isSize = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  return (
    Array.isArray(values) && values.every(isSize) && values.length === (count ?? values.length)
  );
}

function parseHeader(text: Buffer, wrong: (what: string) => Error): Record<string, unknown> {
  try {
    return JSON.parse(text.toString()) as Record<string, unknown>;
  } catch {
    throw wrong("got a header that is not JSON");
  }
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
