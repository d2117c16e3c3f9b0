import assert from "node:assert/strict";
import fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { parseIdx, readIdx } from "../../src/files/idx";
import { damaged, readOrRefusedLater } from "../support/malformed";

/** Two images of 1 x 3, byte for byte. */
const file = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 9, 8, 7, 6, 5, 4];

describe("readIdx", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "tdnc-idx-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const written = (name: string, bytes: Uint8Array) => {
    const place = path.join(folder, name);
    writeFileSync(place, bytes);
    return place;
  };

  it("readIdx reads a file as it is and with .gz", async () => {
    for (const [name, bytes] of [
      ["images", Buffer.from(file)],
      ["images.gz", gzipSync(Buffer.from(file))],
    ] as const) {
      const { shape, values, bytes: all } = await readIdx(written(name, bytes), 3);
      assert.deepEqual(shape, parseIdx(Uint8Array.from(file), 3, "").shape);
      assert.deepEqual([...values], file.slice(16));
      assert.deepEqual([...all], file);
    }
  });

  it("readIdx rejects a shape larger than the file can hold before it makes room for it", async () => {
    const header = Buffer.alloc(16);
    [0x803, 1_000_000, 28, 28].forEach((word, i) => header.writeUInt32BE(word, 4 * i));
    const made = { bytes: 0 };
    const { Uint8Array: Original } = globalThis;
    const place = [written("a", header), written("b.gz", gzipSync(header))];
    globalThis.Uint8Array = new Proxy(Original, {
      construct: (target, args: unknown[], self) => {
        if (typeof args[0] === "number") made.bytes += args[0];
        return Reflect.construct(target, args, self) as object;
      },
    });
    try {
      await assert.rejects(readIdx(place[0], 3), /expected 784000016 bytes for shape .*, got 16/);
      await assert.rejects(readIdx(place[1], 3), /at most 64000000 bytes, got the shape 1000000 x/);
    } finally {
      globalThis.Uint8Array = Original;
    }
    assert.ok(made.bytes < 1_000_000, `${made.bytes} bytes`);
  });

  it("readIdx reads the header alone of a file that holds more than it says", async () => {
    // A gzip file may have parts: 1 GB of zeros in 1 MB.
    const part = gzipSync(Buffer.concat([Buffer.from(file), Buffer.alloc(16_000_000)]));
    const bomb = written("bomb.gz", Buffer.concat(Array<Buffer>(64).fill(part)));
    await assert.rejects(readIdx(bomb, 3), /bomb\.gz: expected \d+ bytes for shape .*, got more/);
  });

  it("readIdx reads a damaged file with its shape, or rejects it in a sentence that names it", async () => {
    await fc.assert(
      fc.asyncProperty(damaged(Buffer.from(file)), fc.boolean(), async (bytes, isPacked) => {
        const name = isPacked ? "images.gz" : "images";
        const place = written(name, isPacked ? gzipSync(bytes) : bytes);
        const read = await readOrRefusedLater(
          () => readIdx(place, 3),
          /images.*: expected .*, got/,
        );
        if (read === undefined) return;
        assert.deepEqual([...read.bytes], [...bytes]);
        assert.deepEqual(
          read.values.length,
          read.shape.reduce((a, b) => a * b, 1),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe("parseIdx", () => {
  it("parseIdx reads the shape and the values of a file written by hand", () => {
    const { shape, values } = parseIdx(Uint8Array.from(file), 3, "images");
    assert.deepEqual(shape, [2, 1, 3]);
    assert.deepEqual(values, Uint8Array.of(9, 8, 7, 6, 5, 4));
  });

  it("parseIdx reads lengths of more than one byte as big-endian", () => {
    const bytes = new Uint8Array(8 + 258);
    bytes.set([0, 0, 8, 1, 0, 0, 1, 2]);
    bytes[8 + 257] = 42;
    const { shape, values } = parseIdx(bytes, 1, "labels");
    assert.deepEqual(shape, [258]);
    assert.equal(values[257], 42);
  });

  it("parseIdx reads a file inside a larger buffer", () => {
    const larger = Uint8Array.from([1, 2, 3, ...file, 4, 5]);
    const { values } = parseIdx(larger.subarray(3, 3 + file.length), 3, "images");
    assert.deepEqual(values, Uint8Array.of(9, 8, 7, 6, 5, 4));
  });

  it("parseIdx rejects a file that is cut at any byte or has an extra byte", () => {
    fc.assert(
      fc.property(fc.nat(file.length - 1), (length) => {
        const cut = Uint8Array.from(file.slice(0, length));
        const expected = length < 16 ? "a header of 16 bytes, got a file of" : "22 bytes for shape";
        assert.throws(
          () => parseIdx(cut, 3, "images"),
          (error: Error) =>
            error instanceof RangeError &&
            error.message.startsWith(`images: expected ${expected}`) &&
            error.message.endsWith(` ${length}`),
        );
      }),
    );
    assert.throws(
      () => parseIdx(Uint8Array.from([...file, 0]), 3, "images"),
      new RangeError("images: expected 22 bytes for shape 2 x 1 x 3, got 23"),
    );
  });

  it("parseIdx rejects any other magic number and names both", () => {
    for (const position of [0, 1, 2, 3]) {
      const wrong = Uint8Array.from(file);
      wrong[position] ^= 1;
      assert.throws(
        () => parseIdx(wrong, 3, "images"),
        /^RangeError: images: expected magic number 0x00000803, got 0x0[01]0[01]0[89]0[23]$/,
      );
    }
    assert.throws(
      () => parseIdx(Uint8Array.from(file), 1, "labels"),
      new RangeError("labels: expected magic number 0x00000801, got 0x00000803"),
    );
  });
});
