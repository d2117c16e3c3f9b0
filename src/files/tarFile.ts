import { ByteReader } from "./byteReader";

const BLOCK = 512;
/** Types of members that are files: "0", and a zero byte in old archives. */
const REGULAR = ["0", "\0"];

/**
 * Files of a tar archive, by name.
 *
 * @param isWanted Says of a member's name whether it is to be read; the others are left out.
 * @throws {RangeError} If the archive ends too soon, or a header's checksum is wrong.
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html, "ustar Interchange Format"
 */
export async function readTar(
  source: AsyncIterable<Uint8Array>,
  isWanted: (name: string) => boolean,
): Promise<Map<string, Buffer>> {
  const reader = new ByteReader(source);
  const files = new Map<string, Buffer>();
  for (;;) {
    const header = await reader.take(BLOCK);
    if (header.every((byte) => byte === 0)) break;
    checkHeader(header);
    const [name, size] = [textAt(header, 0, 100), octalAt(header, 124, 12)];
    const filled = Math.ceil(size / BLOCK) * BLOCK;
    if (REGULAR.includes(String.fromCharCode(header[156])) && isWanted(name))
      files.set(name, (await reader.take(filled)).subarray(0, size));
    else await reader.skip(filled);
  }
  // To the end of the compressed data, where their checksum is.
  while ((await reader.takeUpTo(1 << 20)).length > 0);
  return files;
}

/** A header's checksum: the sum of its bytes, those of the checksum itself counted as spaces. */
function checkHeader(header: Buffer): void {
  const own = header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0);
  const stated = octalAt(header, 148, 8);
  if (own !== stated)
    throw new RangeError(`expected a tar header with the checksum ${own}, got ${stated}`);
}

function textAt(header: Buffer, start: number, length: number): string {
  return header.toString("latin1", start, start + length).split("\0")[0];
}

function octalAt(header: Buffer, start: number, length: number): number {
  return parseInt(textAt(header, start, length).trim(), 8);
}
