import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteReader } from "../../src/files/byteReader";

/** The bytes 0, 1, 2, ... in chunks of some lengths. */
async function* chunksOf(lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  let next = 0;
  for (const length of lengths) {
    await Promise.resolve();
    yield Uint8Array.from({ length }, () => next++ & 255);
  }
}

const readerOf = (...lengths: number[]) => new ByteReader(chunksOf(lengths));

describe("ByteReader", () => {
  it("ByteReader takes the same bytes for any chunk lengths", async () => {
    const lengths = fc.array(fc.nat(9), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.nat(5), fc.nat(3), async (chunks, skipped, count) => {
        const bytes = [...chunks, 40];
        const reader = readerOf(...bytes);
        await reader.skip(skipped);
        assert.deepEqual([...(await reader.take(2))], [skipped, skipped + 1]);
        const pieces: number[] = [];
        for await (const piece of reader.pieces(8 * count, 8)) {
          assert.equal(piece.length % 8, 0);
          pieces.push(...piece);
        }
        assert.deepEqual(
          pieces,
          Array.from({ length: 8 * count }, (_, i) => skipped + 2 + i),
        );
        const left = bytes.reduce((sum, length) => sum + length, 0) - skipped - 2 - 8 * count;
        assert.equal((await reader.takeUpTo(1000)).length, left);
      }),
    );
  });

  it("ByteReader reports where a stream ends before the requested bytes", async () => {
    const message = /expected 7 more bytes, got the end after 5/;
    await assert.rejects(readerOf(2, 3).take(7), message);
    await assert.rejects(readerOf(2, 3).skip(7), /expected 7 bytes, got the end after 5/);
    assert.deepEqual([...(await readerOf(2, 3).takeUpTo(7))], [0, 1, 2, 3, 4]);
  });
});
