import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { inflated, inflatedLimit } from "../../src/files/inflate";
import { damaged, readOrRefusedLater } from "../support/malformed";

describe("inflated", () => {
  let file: string;
  beforeEach(() => (file = path.join(mkdtempSync(path.join(tmpdir(), "tdnc-inflate-")), "file")));
  afterEach(() => rmSync(path.dirname(file), { recursive: true }));

  async function lengthOf(format: "gzip" | "zlib", start?: number, end?: number): Promise<number> {
    let length = 0;
    for await (const piece of inflated(file, format, start, end)) length += piece.length;
    return length;
  }

  it("inflated reads a file or a part of it", async () => {
    writeFileSync(file, gzipSync(Buffer.alloc(1000)));
    assert.equal(await lengthOf("gzip"), 1000);
    const part = deflateSync(Buffer.alloc(500));
    writeFileSync(file, Buffer.concat([Buffer.alloc(7), part, Buffer.alloc(7)]));
    assert.equal(await lengthOf("zlib", 7, 7 + part.length), 500);
  });

  it("compressed data may hold 64 MB, or a hundred times its size", () => {
    assert.deepEqual([1, 1_000_000].map(inflatedLimit), [64_000_000, 100_000_000]);
  });

  it("inflated stops a bomb at its limit", async () => {
    // A gzip file may have parts: 1 GB of zeros in 1 MB.
    const part = gzipSync(Buffer.alloc(16_000_000));
    const bomb = Buffer.concat(Array<Buffer>(64).fill(part));
    writeFileSync(file, bomb);
    let length = 0;
    await assert.rejects(async () => {
      for await (const piece of inflated(file, "gzip")) length += piece.length;
    }, /expected at most \d+ bytes in \d+ compressed bytes, got more/);
    assert.ok(length <= inflatedLimit(bomb.length));
  });

  it("inflated gives the content of a damaged file up to the damage, then an error", async () => {
    const content = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i) & 0xff));
    await fc.assert(
      fc.asyncProperty(damaged(gzipSync(content)), async (bytes) => {
        writeFileSync(file, bytes);
        const length = await readOrRefusedLater(() => lengthOf("gzip"), /./);
        // A part more may follow, or bytes that are no part.
        assert.ok(length === undefined || length === content.length || bytes.length < 20);
      }),
      { numRuns: 200 },
    );
  });
});
