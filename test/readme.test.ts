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

/** What of a benchmark's JSON the README gives. */
interface Benchmark {
  readonly training: {
    readonly what: string;
    readonly sides: {
      readonly name: string;
      readonly milliseconds: number;
      readonly ratio: number;
    }[];
  }[];
}

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

  /** Rows of speeds: what, then time and ratio of each build, and the file of the benchmark. */
  const speeds = [
    ...readme.matchAll(
      /^\| (SimpleCNN\w+), (step|evaluating)[^|]*\| ([\d.]+) ms +\| ([\d.]+) +\| ([\d.]+) ms +\| ([\d.]+) +\|.*\]\((data\/benchmarks\/[^)]+)\)/gm,
    ),
  ];

  it("has the speeds of the benchmark's files", () => {
    assert.equal(speeds.length, 3);
    for (const [, network, operation, ...cells] of speeds) {
      const file = cells.pop()!;
      const { training } = JSON.parse(readFileSync(path.join(root, file), "utf8")) as Benchmark;
      const comparison = training.find(({ what }) => what.startsWith(`${network}: ${operation}`))!;
      const of = (name: string) => comparison.sides.find((side) => side.name.includes(name))!;
      const [relaxed, plain] = [of("relaxed"), of("plain")];
      const expected = [relaxed.milliseconds, relaxed.ratio, plain.milliseconds, plain.ratio];
      const digits = cells.map((cell) => cell.split(".")[1]?.length ?? 0);
      assert.deepEqual(
        cells,
        expected.map((value, i) => value.toFixed(digits[i])),
      );
    }
  });

  it("names files that exist", () => {
    for (const [, link] of readme.matchAll(/\]\((?!http)([^)#]+)\)/g))
      assert.doesNotThrow(() => readFileSync(path.join(root, link), { flag: "r" }).length, link);
  });
});
