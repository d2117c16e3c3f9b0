import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { loadMnist } from "../../src/data/mnist";
import { rowsHash, stratifiedSplits } from "../../src/data/splits";
import { readSplits } from "../../src/data/splitsFile";
import cases from "../fixtures/splits.json";

const seed = fc.integer({ min: 0, max: 1e9 });
const published = join(__dirname, "../../../shared/data/mnist/splits-250.json");

/** Labels of classes 0, 1, ... with so many rows each, interleaved as far as they go. */
function labelsOf(classSizes: number[]): number[] {
  return classSizes
    .flatMap((size, label) => Array.from({ length: size }, (_, i) => [i / size, label]))
    .sort((a, b) => a[0] - b[0])
    .map(([, label]) => label);
}

function countsOf(rows: Uint32Array, labels: ArrayLike<number>, classCount: number): number[] {
  const counts = new Array<number>(classCount).fill(0);
  for (const row of rows) counts[labels[row]]++;
  return counts;
}

describe("stratifiedSplits", () => {
  for (const { name, classSizes, labelCount, counts } of cases) {
    it(`stratifiedSplits agrees with scikit-learn on the rows per class for ${name}`, () => {
      const labels = labelsOf(classSizes);
      const splitCount = counts.length === 1 ? 3 : 200;
      const splits = stratifiedSplits(labels, { labelCount, splitCount, seed: 1 });
      const ours = new Set(splits.map((rows) => countsOf(rows, labels, counts[0].length).join()));
      assert.deepEqual([...ours].sort(), counts.map((way) => way.join()).sort());
    });
  }

  it("stratifiedSplits breaks a tie anew for each split and each way equally often", () => {
    const labels = labelsOf([4, 4, 4]);
    const splits = stratifiedSplits(labels, { labelCount: 4, splitCount: 9000, seed: 2 });
    const twice = [0, 0, 0];
    for (const rows of splits) twice[countsOf(rows, labels, 3).indexOf(2)]++;
    // Binomial, mean 3000, sd 45: 5 sd.
    for (const count of twice) assert.ok(Math.abs(count - 3000) < 224, twice.join(" "));
  });

  it("stratifiedSplits treats fractions as tied that differ only by rounding", () => {
    // 20/14, 90/14 and 30/14: 1 + 6/14, 6 + 6/14 and 2 + 2/14, and one row to share out.
    const labels = labelsOf([2, 9, 3]);
    const splits = stratifiedSplits(labels, { labelCount: 10, splitCount: 100, seed: 3 });
    const ways = new Set(splits.map((rows) => countsOf(rows, labels, 3).join()));
    assert.deepEqual([...ways].sort(), ["1,7,2", "2,6,2"]);
    assert.notEqual((2 / 14) * 10 - 1, (9 / 14) * 10 - 6);
  });

  it("stratifiedSplits draws distinct rows and makes each row first equally often", () => {
    const labels = labelsOf([8, 4]);
    const splits = stratifiedSplits(labels, { labelCount: 6, splitCount: 12000, seed: 4 });
    const drawn = labels.map(() => 0);
    const first = labels.map(() => 0);
    for (const rows of splits) {
      assert.equal(new Set(rows).size, 6);
      for (const row of rows) drawn[row]++;
      first[rows[0]]++;
    }
    // Of 12 rows 6 are drawn: mean 6000, sd 55; each is first with chance 1/12: mean 1000, sd 30.
    for (const count of drawn) assert.ok(Math.abs(count - 6000) < 275, drawn.join(" "));
    for (const count of first) assert.ok(Math.abs(count - 1000) < 152, first.join(" "));
  });

  it("stratifiedSplits gives every class its share of distinct rows to within one row", () => {
    const sizes = fc.array(fc.integer({ min: 2, max: 40 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(sizes, fc.double({ min: 0, max: 1, noNaN: true }), seed, (sizes, share, seed) => {
        const labels = labelsOf(sizes);
        const labelCount = Math.max(sizes.length, Math.round(share * labels.length));
        const [rows] = stratifiedSplits(labels, { labelCount, splitCount: 1, seed });
        assert.equal(rows.length, labelCount);
        assert.equal(new Set(rows).size, labelCount);
        countsOf(rows, labels, sizes.length).forEach((count, label) =>
          assert.ok(Math.abs(count - (sizes[label] * labelCount) / labels.length) < 1),
        );
      }),
    );
  });

  it("stratifiedSplits depends on its seed, and fewer splits are the first of more", () => {
    const labels = labelsOf([30, 50, 20]);
    const draw = (splitCount: number, seed: number) =>
      stratifiedSplits(labels, { labelCount: 20, splitCount, seed });
    assert.deepEqual(draw(5, 1), draw(5, 1));
    assert.deepEqual(draw(5, 1).slice(0, 2), draw(2, 1));
    assert.notDeepEqual(draw(1, 1), draw(1, 2));
    assert.notDeepEqual(draw(2, 1)[0], draw(2, 1)[1]);
  });

  it("stratifiedSplits labels all rows if labelCount is the number of rows", () => {
    const [rows] = stratifiedSplits([3, 5, 3, 5, 5], { labelCount: 5, splitCount: 1, seed: 1 });
    assert.deepEqual([...rows].sort(), [0, 1, 2, 3, 4]);
  });

  it("stratifiedSplits rejects fewer labels than classes and more labels than rows", () => {
    for (const labelCount of [1, 6, 2.5, NaN])
      assert.throws(
        () => stratifiedSplits([3, 5, 3, 5, 5], { labelCount, splitCount: 1, seed: 1 }),
        new RangeError(
          `expected a labelCount from 2 (one row per class) to 5 (all rows), got ${labelCount}`,
        ),
      );
  });

  it("stratifiedSplits rejects a class of one example, invalid labels and no splits", () => {
    const options = { labelCount: 2, splitCount: 1, seed: 1 };
    assert.throws(
      () => stratifiedSplits([0, 0, 1], options),
      new RangeError("expected at least 2 examples of a class, got 1 of class 1"),
    );
    assert.throws(() => stratifiedSplits([], options), /expected labels, got none/);
    assert.throws(
      () => stratifiedSplits([0, 0, NaN], options),
      /expected labels as whole numbers from 0, got NaN in row 2/,
    );
    assert.throws(
      () => stratifiedSplits([0, 0, 1, 1], { ...options, splitCount: 0 }),
      /expected a splitCount from 1, got 0/,
    );
  });
});

describe("the published MNIST-250 splits", () => {
  before(function () {
    if (!existsSync(published)) {
      console.log(`    no ${published}: nothing to compare with`);
      this.skip();
    }
  });

  it("the published 10 splits of 250 rows have stratifiedSplits' class counts", async () => {
    const { labels } = (await loadMnist()).train;
    const splits = await readSplits(published, { rowCount: 60000, labels, dataset: "mnist" });
    assert.equal(splits.length, 10);
    const [ours] = stratifiedSplits(labels, { labelCount: 250, splitCount: 1, seed: 1 });
    for (const rows of splits)
      assert.deepEqual(countsOf(rows, labels, 10), countsOf(ours, labels, 10));
  });
});

describe("rowsHash", () => {
  it("rowsHash is the SHA-256 of the rows as 32-bit little-endian numbers", () => {
    // printf '\x01\x00\x00\x00\x60\xea\x00\x00' | sha256sum
    assert.equal(
      rowsHash([1, 60000]),
      "601214cfffac1e3542a004f02f79363ada9b38e4e163ab21a0d1accecee74298",
    );
    assert.equal(rowsHash(Uint32Array.of(1, 60000)), rowsHash([1, 60000]));
  });

  it("rowsHash depends on the order of the rows", () => {
    assert.notEqual(rowsHash([1, 2]), rowsHash([2, 1]));
  });

  it("rowsHash rejects a number that is not a row", () => {
    for (const row of [-1, 0.5, NaN, 2 ** 32])
      assert.throws(
        () => rowsHash([0, row]),
        /expected rows from 0 to 4294967295, got .* position 1/,
      );
  });
});
