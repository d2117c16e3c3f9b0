import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSplits, type SplitsContext } from "../../src/data/splitsFile";

describe("readSplits", () => {
  let folder: string;
  let path: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "splits-"));
    path = join(folder, "splits.json");
  });

  after(() => rm(folder, { recursive: true }));

  async function read(content: unknown, context: SplitsContext = { rowCount: 10 }) {
    await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
    return readSplits(path, context);
  }

  const file = (...splits: unknown[]) => ({ dataset: "mnist", labelled: 3, splits });

  it("readSplits gives the splits and their rows in the file's order", async () => {
    const splits = await read(file([9, 0, 4], [1, 2, 3]));
    assert.deepEqual(splits, [Uint32Array.of(9, 0, 4), Uint32Array.of(1, 2, 3)]);
  });

  it("readSplits rejects a file that is missing, not JSON or truncated", async () => {
    const missing = join(folder, "nowhere.json");
    await assert.rejects(readSplits(missing, { rowCount: 10 }), (error: Error) =>
      error.message.startsWith(`${missing}: expected a file of splits, got: ENOENT`),
    );
    for (const text of ["", "rows: 1, 2, 3", JSON.stringify(file([1, 2, 3])).slice(0, -3)])
      await assert.rejects(read(text), (error: Error) =>
        error.message.startsWith(`${path}: expected JSON, got: `),
      );
  });

  it("readSplits rejects content without the three fields and names the field", async () => {
    const good = file([1, 2, 3]);
    for (const [content, message] of [
      [null, 'expected {"dataset", "labelled", "splits"}, got null'],
      [[[1, 2, 3]], 'expected "dataset" to be a name, got nothing'],
      [{ ...good, dataset: 7 }, 'expected "dataset" to be a name, got 7'],
      [{ ...good, labelled: "3" }, 'expected "labelled" to be a number from 1, got "3"'],
      [{ ...good, labelled: undefined }, 'expected "labelled" to be a number from 1, got nothing'],
      [{ ...good, splits: undefined }, 'expected "splits" to be a list of splits, got nothing'],
      [{ ...good, splits: [] }, 'expected "splits" to be a list of splits, got []'],
    ] as const)
      await assert.rejects(read(content), new Error(`${path}: ${message}`));
  });

  it("readSplits rejects an invalid split and names it and the position from 0", async () => {
    for (const [split, message] of [
      [7, "expected a list of rows, got 7"],
      [[1, 2], 'expected 3 rows ("labelled"), got 2'],
      [[1, 2, 3, 4], 'expected 3 rows ("labelled"), got 4'],
      [[1, "2", 3], 'expected a row number, got "2" at position 1'],
      [[1, null, 3], "expected a row number, got null at position 1"],
      [[1, 2.5, 3], "expected rows from 0 to 9, got 2.5 at position 1"],
      [[1, 2, -1], "expected rows from 0 to 9, got -1 at position 2"],
      [[10, 2, 1], "expected rows from 0 to 9, got 10 at position 0"],
      [[4, 2, 4], "expected different rows, got 4 at positions 0 and 2"],
    ] as const)
      await assert.rejects(
        read(file([1, 2, 3], split)),
        new RangeError(`${path}: split 1: ${message}`),
      );
  });

  it("readSplits accepts the same row in two splits", async () => {
    assert.equal((await read(file([1, 2, 3], [3, 2, 1]))).length, 2);
  });

  it("readSplits rejects splits of another data set if the data set is given", async () => {
    const context = { rowCount: 10, dataset: "svhn" };
    await assert.rejects(
      read(file([1, 2, 3]), context),
      new Error(`${path}: expected splits of "svhn", got "mnist"`),
    );
    await read({ ...file([1, 2, 3]), dataset: "svhn" }, context);
  });

  it("readSplits with labels rejects a split with fewer than 2 examples of a class", async () => {
    const labels = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
    const context = { rowCount: 10, labels };
    const four = (...splits: number[][]) => ({ ...file(...splits), labelled: 4 });
    await read(four([0, 1, 8, 9]), context);
    for (const [split, count] of [
      [[0, 1, 2, 9], 1],
      [[0, 1, 2, 3], 0],
    ] as const)
      await assert.rejects(
        read(four([0, 1, 8, 9], [...split]), context),
        new RangeError(`${path}: split 1: expected at least 2 examples of class 1, got ${count}`),
      );
  });

  it("readSplits rejects labels that are not one per row", async () => {
    await assert.rejects(
      read(file([1, 2, 3]), { rowCount: 10, labels: [0, 1] }),
      new RangeError(`${path}: split 0: expected 10 labels, got 2`),
    );
  });
});
