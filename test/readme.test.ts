import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { readRecord } from "../src/experiment/record";

const root = path.join(__dirname, "..");
const readme = readFileSync(path.join(root, "README.md"), "utf8");

/** Rows of the results: regulariser, test accuracy, NC1, ..., link to the record. */
const rows = [
  ...readme.matchAll(/^\| (\w+) +\| ([\d.]+) +\| ([\d.]+) +\|.*\]\((data\/records\/[^)]+)\)/gm),
];

describe("the README", () => {
  it("has a row of results for each of the three regularizers", () => {
    assert.deepEqual(
      rows.map(([, regularizer]) => regularizer),
      ["vanilla", "hofer", "sliding"],
    );
  });

  for (const [, regularizer, accuracy, nc1, file] of rows)
    it(`has the numbers of the record of ${regularizer}`, async () => {
      const record = (await readRecord(path.join(root, path.dirname(file))))!;
      assert.equal(record.status, "complete");
      assert.equal(record.config.regularizer, regularizer);
      assert.equal(record.config.epochs, 310);
      assert.equal(record.split.source, "splits-250.json");
      const last = record.epochs[record.epochs.length - 1];
      assert.equal(accuracy, (100 * last.test!.accuracy).toFixed(2));
      assert.equal(Number(nc1), Number(last.train!.withinClassVariability!.toPrecision(2)));
    });

  it("names files that exist", () => {
    for (const [, link] of readme.matchAll(/\]\((?!http)([^)#]+)\)/g))
      assert.doesNotThrow(() => readFileSync(path.join(root, link), { flag: "r" }).length, link);
  });
});
