import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { readMatFile } from "../../src/files/matFile";
import { damaged, readOrRefusedLater } from "../support/malformed";
import { compressed, element, labelArray, matHeader, matrix } from "./matFiles";

describe("readMatFile", () => {
  let file: string;
  beforeEach(() => (file = path.join(mkdtempSync(path.join(tmpdir(), "tdnc-mat-")), "file.mat")));
  afterEach(() => rmSync(path.dirname(file), { recursive: true }));

  /** The numbers of all arrays, and how many were announced. */
  async function numbersOf(content: Buffer) {
    writeFileSync(file, Buffer.concat([matHeader(), content]));
    const numbers: number[] = [];
    let announced = 0;
    await readMatFile(file, ({ shape }) => {
      announced += shape.reduce((product, length) => product * length, 1);
      return (values) => numbers.push(...Array.from(values));
    });
    return { numbers, announced };
  }

  const words = (numbers: readonly number[]) => Buffer.from(Int32Array.from(numbers).buffer);
  const array = (flags: Buffer, shape: readonly number[]) =>
    element(
      14,
      Buffer.concat([
        element(6, flags),
        element(5, words(shape)),
        element(1, Buffer.from("y")),
        element(2, Buffer.of(1, 2)),
      ]),
    );

  it("readMatFile reads an array of two numbers", async () => {
    const { numbers } = await numbersOf(array(words([6, 0]), [2, 1]));
    assert.deepEqual(numbers, [1, 2]);
  });

  for (const bytes of [0, 2, 4, 16])
    it(`readMatFile rejects an array with flags of ${bytes} bytes`, async () => {
      await assert.rejects(
        numbersOf(array(Buffer.alloc(bytes, 6), [2, 1])),
        /file\.mat: expected an array's flags, got an element of/,
      );
    });

  for (const shape of [[], [2], [-2, -1], [-1, 2]])
    it(`readMatFile rejects an array of the shape [${shape.join(", ")}]`, async () => {
      await assert.rejects(
        numbersOf(array(words([6, 0]), shape)),
        /expected an array's dimensions/,
      );
    });

  it("readMatFile announces no more values than the file can hold", async () => {
    const huge = array(words([6, 0]), [2 ** 31 - 1, 2 ** 31 - 1]);
    await assert.rejects(numbersOf(huge), /y: expected at most \d\d values, got the shape/);
    await assert.rejects(numbersOf(compressed(huge)), /y: expected at most 64000000 values, got/);
  });

  for (const isPacked of [true, false])
    it(`readMatFile reads a damaged ${isPacked ? "compressed" : "plain"} file's numbers, or rejects it in a sentence`, async () => {
      const labels = matrix(labelArray([1, 2, 3, 4, 5]));
      const content = Buffer.concat([labels, isPacked ? compressed(labels) : labels]);
      await fc.assert(
        fc.asyncProperty(damaged(content), async (bytes) => {
          const read = await readOrRefusedLater(() => numbersOf(bytes), /file\.mat: .*expected /);
          if (read === undefined) return;
          assert.equal(read.numbers.length, read.announced);
          assert.ok(read.announced <= 10);
        }),
        { numRuns: 500 },
      );
    });
});
