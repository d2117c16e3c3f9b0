import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip, createInflate } from "node:zlib";

/** Uncompressed bytes that are always allowed. */
const ALWAYS = 64_000_000;
/** Largest ratio of uncompressed to compressed size beyond that; images have 2 to 20. */
const MOST_TIMES = 100;

/** Limit on uncompressed bytes, against decompression bombs. */
export const inflatedLimit = (packedBytes: number) => Math.max(ALWAYS, MOST_TIMES * packedBytes);

/**
 * Content of a compressed part of a file, as a stream of pieces.
 *
 * @param format Format of the part: gzip, or zlib as in MAT files.
 * @param start First byte of the part; `end`: the byte after it.
 * @throws {RangeError} If it exceeds {@link inflatedLimit}.
 * @throws {Error} If the part is incomplete.
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
  // Its errors surface where the inflated bytes are read.
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
