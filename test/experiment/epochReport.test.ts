import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { logSpacedEpochs } from "../../src/experiment/epochReport";
import { readRecord } from "../../src/experiment/record";
import { tinyRun } from "./tinyRun";

describe("epochs on a log scale", () => {
  it("of 1 to 1,000 in 4 are 1, 10, 100, 1,000", () => {
    assert.deepEqual(logSpacedEpochs(1000, 4), [1, 10, 100, 1000]);
  });

  it("are none, the last, or the first and the last, where 0, 1 or 2 are asked for", () => {
    assert.deepEqual(
      [0, 1, 2].map((count) => logSpacedEpochs(310, count)),
      [[], [310], [1, 310]],
    );
  });

  it("ascend from 1 to the last, each once, at most as many as asked for", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 2, max: 50 }),
        (last, count) => {
          const epochs = logSpacedEpochs(last, count);
          assert.ok(epochs.length <= count);
          assert.deepEqual([epochs[0], epochs[epochs.length - 1]], [1, last]);
          assert.deepEqual(
            epochs,
            [...new Set(epochs)].sort((a, b) => a - b),
          );
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe("the report of an epoch", () => {
  it("stands in the record at those epochs, with every measure and the classes' death times", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "tdnc-report-"));
    try {
      await tinyRun(folder, { reportCount: 2, testEvery: 3 });
      const { epochs } = (await readRecord(folder))!;
      assert.deepEqual(
        epochs.map(({ report, test }) => [report !== undefined, test !== undefined]),
        [
          [true, true],
          [false, false],
          [false, true],
          [true, true],
        ],
      );
      const { train, test, report } = epochs[3];
      const { collapse, deathTimes } = report!.train;
      const close = (value: number | null, expected: number | null) =>
        assert.ok(Math.abs(value! - expected!) <= 1e-6 * Math.abs(expected!));
      close(collapse.withinClassVariability, train!.withinClassVariability);
      close(collapse.selfDuality, train!.selfDuality);
      close(report!.test.collapse.nearestClassCenterMismatch, test!.nearestClassCenterMismatch);
      assert.ok(Object.keys(collapse).length > 25);
      for (const times of [deathTimes, report!.test.deathTimes, report!.union.deathTimes]) {
        assert.equal(times.length, 10);
        for (const quantiles of times)
          assert.deepEqual(
            quantiles,
            [...quantiles!].sort((a, b) => a - b),
          );
      }
      // More examples of a class leave smaller gaps: the union's median is not the largest.
      const medians = (of: typeof deathTimes) => of.map((quantiles) => quantiles![3]);
      const union = medians(report!.union.deathTimes);
      const largest = union.filter(
        (median, k) =>
          median > Math.max(medians(deathTimes)[k], medians(report!.test.deathTimes)[k]),
      );
      assert.ok(largest.length < 5);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
