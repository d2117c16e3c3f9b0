import assert from "node:assert/strict";
import fc from "fast-check";
import { parseIdx } from "../../src/files/idx";

/** Two images of 1 x 3, byte for byte. */
const file = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 9, 8, 7, 6, 5, 4];

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
