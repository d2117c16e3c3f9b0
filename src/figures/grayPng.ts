import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
const BIT_DEPTH = 8;

/**
 * Gray values as a PNG file.
 *
 * @param pixels height x width, row-major, 0 (black) to 255 (white).
 * @throws {RangeError} If there are not height x width values.
 * @see https://www.w3.org/TR/png-3/
 */
export function grayPng(pixels: Uint8Array, height: number, width: number): Buffer {
  if (pixels.length !== height * width || pixels.length === 0)
    throw new RangeError(`expected ${height} x ${width} gray values, got ${pixels.length}`);
  // The last five: bits, color type gray, and the only compression, filter and no interlacing.
  const header = Buffer.from([...[0, 0, 0, 0, 0, 0, 0, 0], BIT_DEPTH, 0, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Before each line stands its filter: 0, none.
  const lines = Buffer.alloc(height * (width + 1));
  for (let line = 0; line < height; line++)
    lines.set(pixels.subarray(line * width, (line + 1) * width), line * (width + 1) + 1);
  return Buffer.concat([
    SIGNATURE,
    ...[chunk("IHDR", header), chunk("IDAT", deflateSync(lines)), chunk("IEND", Buffer.alloc(0))],
  ]);
}

/** Length, type, content, checksum of type and content. */
function chunk(type: string, content: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, checksum]);
}
