import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeSafetensors, encodeSafetensors } from "../../src/files/safetensors";
import { assertRefusal, damaged, malformed, readOrRefused } from "../support/malformed";

const tensors = new Map([
  ["a/b", { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }],
  ["c", { shape: [], values: Float32Array.of(-0.5) }],
]);

describe("a safetensors file", () => {
  it("a safetensors file starts with a header of tensor types, shapes and places", () => {
    const bytes = encodeSafetensors(tensors, { note: "x" });
    const length = Number(bytes.readBigUInt64LE());
    assert.equal(length % 8, 0);
    const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as object;
    assert.deepEqual(header, {
      __metadata__: { note: "x" },
      "a/b": { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] },
      c: { dtype: "F32", shape: [], data_offsets: [16, 20] },
    });
    assert.equal(bytes.length, 8 + length + 20);
    assert.equal(bytes.readFloatLE(8 + length + 4), 2);
  });

  it("a safetensors file keeps every tensor to the last bit, also NaN and infinity", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), fc.float32Array(), { maxKeys: 5 }),
        (arrays) => {
          const named = Object.entries(arrays).filter(([name]) => name !== "__metadata__");
          const stored = new Map(
            named.map(([name, values]) => [name, { shape: [values.length], values }]),
          );
          const read = decodeSafetensors(encodeSafetensors(stored, {}), "file").tensors;
          for (const [name, { values }] of stored)
            assert.deepEqual(
              new Uint8Array(read.get(name)!.values.buffer),
              new Uint8Array(Float32Array.from(values).buffer),
            );
          assert.equal(read.size, stored.size);
        },
      ),
      { seed: 1 },
    );
  });

  /** A file with another header, and the same numbers. */
  const withHeader = (header: unknown) => {
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([length, text, Buffer.alloc(20, 1)]);
  };
  const whole = {
    __metadata__: { note: "x" },
    "a/b": { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] },
    c: { dtype: "F32", shape: [], data_offsets: [16, 20] },
  };
  const one = (from: unknown, to: unknown, shape: unknown = [4]) => ({
    a: { dtype: "F32", shape, data_offsets: [from, to] },
  });

  for (const [what, header] of [
    ["a negative offset", one(-4, 12)],
    ["offsets before the data", one(-16, 0)],
    ["offsets that are not whole", one(0.5, 16.5)],
    ["an offset that is null", one(null, 16)],
    ["a shape of texts", one(0, 16, ["4"])],
    ["bytes behind the last tensor", one(0, 16)],
    ["a hole", { ...one(0, 12, [3]), b: { dtype: "F32", shape: [1], data_offsets: [16, 20] } }],
    ["an overlap", { ...one(0, 16), b: { dtype: "F32", shape: [2], data_offsets: [12, 20] } }],
    ["a tensor behind the end", one(0, 24, [6])],
    ["a list as its header", []],
    ["a number as its header", 1],
    ["null as its header", null],
    ["an entry of null", { ...whole, d: null }],
    ["an entry of null for the name __proto__", JSON.parse('{"__proto__": null}') as unknown],
    ["metadata that are not texts", { ...whole, __metadata__: { progress: 1 } }],
  ] as const)
    it(`a safetensors file with ${what} is rejected by name`, () => {
      assert.throws(
        () => decodeSafetensors(withHeader(header), "some.file"),
        (error: Error) => {
          assertRefusal(error, /^some\.file: expected a safetensors file, got /);
          return true;
        },
      );
    });

  it("a safetensors file may list its tensors in any order", () => {
    const { c, ...rest } = whole;
    const { tensors: read } = decodeSafetensors(withHeader({ c, ...rest }), "f");
    assert.deepEqual([...read.keys()], ["c", "a/b"]);
  });

  it("a safetensors file with a malformed header is rejected unless it says the same", () => {
    fc.assert(
      fc.property(malformed(whole), ({ json, place, before, after }) => {
        const read = readOrRefused(
          () => decodeSafetensors(withHeader(json), "some.file"),
          /^some\.file: expected a safetensors file, got /,
        );
        if (read === undefined || place.startsWith("__metadata__")) return;
        // Other shapes of as many numbers, and further fields, leave the numbers where they are.
        const isShape = place.includes("shape") && Array.isArray(after) === Array.isArray(before);
        const isSame = JSON.stringify(before) === JSON.stringify(after);
        assert.ok(isShape || isSame || place.endsWith("unexpected"), place);
      }),
      { numRuns: 1000 },
    );
  });

  it("a damaged safetensors file is rejected by name, or all its numbers are as stored", () => {
    fc.assert(
      fc.property(damaged(encodeSafetensors(tensors, { note: "x" })), (bytes) => {
        const read = readOrRefused(() => decodeSafetensors(bytes, "some.file"), /^some\.file: exp/);
        if (read === undefined) return;
        const sizes = [...read.tensors.values()].map(({ values }) => values.byteLength);
        const header = 8 + Number(bytes.readBigUInt64LE());
        assert.equal(
          sizes.reduce((sum, size) => sum + size, 0),
          bytes.length - header,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it("a truncated safetensors file is rejected by name", () => {
    const bytes = encodeSafetensors(tensors, { note: "x" });
    for (const length of [0, 7, 8, 40, bytes.length - 20, bytes.length - 1])
      assert.throws(
        () => decodeSafetensors(bytes.subarray(0, length), "some.file"),
        /some\.file: expected a safetensors file/,
        `${length} bytes`,
      );
  });

  it("a safetensors file with another number type or a size unlike its shape is rejected", () => {
    const bytes = encodeSafetensors(tensors, {});
    const changed = (from: string, to: string) =>
      Buffer.from(bytes.toString("latin1").replace(from, to), "latin1");
    assert.throws(() => decodeSafetensors(changed('"F32"', '"F16"'), "f"), /a\/b of type F16/);
    assert.throws(() => decodeSafetensors(changed("[2,2]", "[2,3]"), "f"), /16 bytes for a\/b/);
  });
});
