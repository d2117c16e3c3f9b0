import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
const BIT_DEPTH = 8;

/** PNG's color type of a number of channels. */
const COLOR_TYPES: Readonly<Record<number, number>> = { 1: 0, 3: 2 };

/**
 * Pixels as a PNG file, gray or in colour.
 *
 * @param pixels height x width x channels, row-major, 0 (black) to 255.
 * @param channels 1: gray; 3: red, green, blue.
 * @throws {RangeError} If there are not height x width x channels values, or other channels.
 * @see https://www.w3.org/TR/png-3/
 */
export function pixelPng(
  pixels: Uint8Array,
  height: number,
  width: number,
  channels: number,
): Buffer {
  if (!(channels in COLOR_TYPES))
    throw new RangeError(`expected pixels of 1 or 3 channels, got ${channels}`);
  if (pixels.length !== height * width * channels || pixels.length === 0)
    throw new RangeError(
      `expected ${height} x ${width} x ${channels} values, got ${pixels.length}`,
    );
  // The last three: the only compression, the only filter, no interlacing.
  const header = Buffer.from([
    ...[0, 0, 0, 0, 0, 0, 0, 0],
    ...[BIT_DEPTH, COLOR_TYPES[channels], 0, 0, 0],
  ]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Before each line stands its filter: 0, none.
  const length = width * channels;
  const lines = Buffer.alloc(height * (length + 1));
  for (let line = 0; line < height; line++)
    lines.set(pixels.subarray(line * length, (line + 1) * length), line * (length + 1) + 1);
  return Buffer.concat([
    SIGNATURE,
    ...[
      chunk("IHDR", header),
      chunk("IDAT", deflateSync(lines, { level: 9 })),
      chunk("IEND", Buffer.alloc(0)),
    ],
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
