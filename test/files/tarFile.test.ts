import assert from "node:assert/strict";
import { Readable } from "node:stream";
import fc from "fast-check";
import { readTar } from "../../src/files/tarFile";
import { damaged, readOrRefusedLater } from "../support/malformed";
import { tarMember } from "./tarFiles";

const read = (archive: Uint8Array, most = 1000) =>
  readTar(Readable.from([archive]), (name) => name.startsWith("a"), most);

const END = Buffer.alloc(1024);
const content = Buffer.from("content");

describe("readTar", () => {
  it("readTar reads sizes in octal digits and in base 256", async () => {
    const binary = Buffer.alloc(12);
    binary[0] = 0x80;
    binary[11] = content.length;
    for (const size of [undefined, binary, Buffer.from("      7 ")]) {
      const before = tarMember("b", Buffer.alloc(700), {});
      const files = await read(Buffer.concat([before, tarMember("a", content, { size }), END]));
      assert.deepEqual([...files], [["a", content]]);
    }
  });

  for (const [what, size] of [
    ["letters", "zzz"],
    ["a sign", "-1000"],
    ["digits above 7", "9"],
    ["a fraction", "1.5"],
    ["a negative number in base 256", Buffer.alloc(12, 0xff)],
    ["a number in base 256 that is not exact", Buffer.alloc(12, 0x81)],
  ] as const)
    it(`readTar rejects a size of ${what}`, async () => {
      const member = tarMember("a", content, { size: Buffer.from(size) });
      await assert.rejects(
        read(Buffer.concat([member, END])),
        /^RangeError: a: size: expected a w/,
      );
    });

  it("readTar rejects a member by its header if it is larger than allowed", async () => {
    // There is no content: the size is rejected first.
    const member = tarMember("a", content, { size: Buffer.from("77777777777") });
    await assert.rejects(read(member), /a: expected at most 1000 bytes, got 8589934591/);
  });

  it("readTar gives a damaged archive's members as they were, or rejects it in a sentence", async () => {
    const members = ["a1", "b", "a2"].map((name) => tarMember(name, Buffer.alloc(600, name)));
    const archive = Buffer.concat([...members, END]);
    await fc.assert(
      fc.asyncProperty(damaged(archive), async (bytes) => {
        const files = await readOrRefusedLater(() => read(bytes), /expected /);
        for (const [name, { length }] of files ?? []) {
          assert.ok(length <= 1000, name);
          assert.ok(name.startsWith("a"));
        }
      }),
      { numRuns: 500 },
    );
  });
});
