import { plain, shown } from "../numerics/plainText";
import { ByteReader } from "./byteReader";

const BLOCK = 512;
/** Types of members that are files: "0", and a zero byte in old archives. */
const REGULAR = ["0", "\0"];

/**
 * Files of a tar archive, by name.
 *
 * @param isWanted Whether to read the member with a given name.
 * @param most Limit on the bytes of a member.
 * @throws {RangeError} If the archive ends too soon, a header is damaged, or a member is too large.
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html, "ustar Interchange Format"
 */
export async function readTar(
  source: AsyncIterable<Uint8Array>,
  isWanted: (name: string) => boolean,
  most: number,
): Promise<Map<string, Buffer>> {
  const reader = new ByteReader(source);
  const files = new Map<string, Buffer>();
  for (;;) {
    const header = await reader.take(BLOCK);
    if (header.every((byte) => byte === 0)) break;
    checkHeader(header);
    const name = textAt(header, 0, 100);
    const size = numberAt(header, 124, 12, `${plain(name)}: size`);
    const filled = Math.ceil(size / BLOCK) * BLOCK;
    if (!REGULAR.includes(String.fromCharCode(header[156])) || !isWanted(name)) {
      await reader.skip(filled);
      continue;
    }
    if (size > most)
      throw new RangeError(`${plain(name)}: expected at most ${most} bytes, got ${size}`);
    files.set(name, (await reader.take(filled)).subarray(0, size));
  }
  // Read to the end of the compressed data, which has the checksum.
  while ((await reader.takeUpTo(1 << 20)).length > 0);
  return files;
}

/** Checksum of a header: the sum of its bytes, with the checksum field counted as spaces. */
function checkHeader(header: Buffer): void {
  const own = header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0);
  const stated = numberAt(header, 148, 8, "checksum of a tar header");
  if (own !== stated)
    throw new RangeError(`expected a tar header with the checksum ${own}, got ${stated}`);
}

function textAt(header: Buffer, start: number, length: number): string {
  return header.toString("latin1", start, start + length).split("\0")[0];
}

/** Number in octal digits, or in binary if its first bit is set; 0 for an empty field. */
function numberAt(header: Buffer, start: number, length: number, what: string): number {
  const bytes = header.subarray(start, start + length);
  const isBinary = (bytes[0] & 0x80) !== 0;
  const digits = textAt(header, start, length).trim();
  const number = isBinary
    ? Number(BigInt(`0x${bytes.toString("hex")}`) - (0x80n << BigInt(8 * (length - 1))))
    : Number(`0o${digits || "0"}`);
  if (!Number.isSafeInteger(number))
    throw new RangeError(`${what}: expected a whole number, got ${shown(digits)}`);
  return number;
}
