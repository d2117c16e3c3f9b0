import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip, createInflate } from "node:zlib";

/** Bytes that any compressed data may hold. */
const ALWAYS = 64_000_000;
/** Times their own size that larger compressed data may hold; images hold 2 to 20 times. */
const MOST_TIMES = 100;

/** Bytes that compressed data may hold; more is a bomb. */
export const inflatedLimit = (packedBytes: number) => Math.max(ALWAYS, MOST_TIMES * packedBytes);

/**
 * The content of a compressed part of a file, as it comes; no more than a piece is held at a time.
 *
 * @param format Of the part: gzip, or zlib as MAT files have it.
 * @param start First byte of the part; `end`: the byte behind it.
 * @throws {RangeError} If there is more than {@link inflatedLimit} allows.
 * @throws {Error} If the part is not whole.
 */
export async function* inflated(
  path: string,
  format: "gzip" | "zlib",
  start = 0,
  end?: number,
): AsyncGenerator<Uint8Array> {
  const packed = (end ?? (await stat(path)).size) - start;
  const most = inflatedLimit(packed);
  const inflate = format === "gzip" ? createGunzip() : createInflate();
  const source = createReadStream(path, { start, ...(end !== undefined && { end: end - 1 }) });
  // Its errors arrive where the inflated bytes are read.
  pipeline(source, inflate, () => undefined);
  let length = 0;
  for await (const chunk of inflate) {
    length += (chunk as Buffer).length;
    if (length > most)
      throw new RangeError(
        `expected at most ${most} bytes in ${packed} compressed bytes, got more`,
      );
    yield chunk as Buffer;
  }
}
