/** Reads bytes from a stream in the pieces that a format needs; holds one chunk at a time. */
export class ByteReader {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.chunks = source[Symbol.asyncIterator]();
  }

  /** The next `count` bytes, or all remaining bytes if there are fewer. */
  async takeUpTo(count: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    let missing = count;
    while (missing > 0 && (await this.fill())) {
      const part = this.rest.subarray(0, missing);
      this.rest = this.rest.subarray(part.length);
      missing -= part.length;
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  /**
   * The next `count` bytes.
   *
   * @throws {RangeError} If the stream ends before; the message gives the count.
   */
  async take(count: number): Promise<Buffer> {
    const bytes = await this.takeUpTo(count);
    if (bytes.length < count)
      throw new RangeError(`expected ${count} more bytes, got the end after ${bytes.length}`);
    return bytes;
  }

  /**
   * The next `count` bytes as they arrive, each piece a multiple of `unit` bytes long.
   *
   * @param count A multiple of `unit`.
   * @throws {RangeError} If the stream ends before.
   */
  async *pieces(count: number, unit: number): AsyncGenerator<Uint8Array> {
    let missing = count;
    while (missing > 0) {
      await this.fill();
      const whole = Math.min(missing, this.rest.length - (this.rest.length % unit));
      const piece = whole > 0 ? this.rest.subarray(0, whole) : await this.takeUpTo(unit);
      if (whole > 0) this.rest = this.rest.subarray(whole);
      else if (piece.length < unit)
        throw new RangeError(`expected ${count} bytes, got the end after ${count - missing}`);
      missing -= piece.length;
      yield piece;
    }
  }

  /** Skips `count` bytes. @throws {RangeError} If the stream ends before. */
  async skip(count: number): Promise<void> {
    for await (const _ of this.pieces(count, 1));
  }

  /** Ends the stream at its current position. */
  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  /** Whether there are more bytes; waits for the next chunk if the last is used up. */
  private async fill(): Promise<boolean> {
    while (this.rest.length === 0) {
      const next = await this.chunks.next();
      if (next.done) return false;
      this.rest = next.value;
    }
    return true;
  }
}
