import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeSafetensors, encodeSafetensors } from "../../src/files/safetensors";

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
