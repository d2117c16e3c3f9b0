import { createHash } from "node:crypto";

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
