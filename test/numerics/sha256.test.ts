import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { sha256 } from "../../src/numerics/sha256";

const hex = (bytes: DataView) => Buffer.from(bytes.buffer).toString("hex");

describe("sha256", () => {
  it("gives the digest that the standard states for abc", () => {
    const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert.equal(hex(sha256(Buffer.from("abc"))), digest);
  });

  it("agrees with Node's own for every length around a block's end", () => {
    for (let length = 0; length < 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => 31 * i + length);
      assert.equal(hex(sha256(bytes)), createHash("sha256").update(bytes).digest("hex"));
    }
  });

  it("agrees with Node's own for any bytes", () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), (bytes) =>
        assert.equal(hex(sha256(bytes)), createHash("sha256").update(bytes).digest("hex")),
      ),
    ));
});
