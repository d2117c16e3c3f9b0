import { createReadStream } from "node:fs";

/**
 * Content of a file of at most `most` bytes.
 *
 * @throws {RangeError} If it is larger.
 * @throws {Error} If it cannot be read; the system's error, which does not always name the file.
 */
export async function readLimited(file: string, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // One byte more than allowed is requested, to detect larger files.
  for await (const chunk of createReadStream(file, { end: most, highWaterMark: 1 << 20 })) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
  }
  if (length > most) throw new RangeError(`expected a file of at most ${most} bytes`);
  return Buffer.concat(chunks);
}
