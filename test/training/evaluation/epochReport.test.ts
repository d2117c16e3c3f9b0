import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { selectExamples } from "../../../src/data/imageSet";
import { readRecord } from "../../../src/runs/record";
import { loadSavedNetwork } from "../../../src/runs/savedRun";
import { decisionMargins } from "../../../src/metrics/robustness/measureRobustness";
import { tinyData, tinyRun } from "../../support/tinyRun";
import { assertClose } from "../../support/assertClose";

describe("the report of an epoch", () => {
  it("the record has reports at the epochs due, with collapse measures and class death times", async () => {
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
      const { nearestClassCenterMismatch } = report!.test.collapse;
      const measured = [
        collapse.withinClassVariability!,
        collapse.selfDuality!,
        nearestClassCenterMismatch!,
      ];
      const wanted = [
        train!.withinClassVariability!,
        train!.selfDuality!,
        test!.nearestClassCenterMismatch!,
      ];
      assertClose(measured, wanted, 1e-6, { scale: wanted });
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

  it("robustnessCount adds the margins of the first test images and changes nothing else", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "tdnc-margins-"));
    const [plain, measured, all] = ["plain", "measured", "all"].map((name) =>
      path.join(folder, name),
    );
    try {
      await tinyRun(plain, { reportCount: 2 });
      await tinyRun(measured, { reportCount: 2, robustnessCount: 3 });
      await tinyRun(all, { reportCount: 1, robustnessCount: 1000 });
      const { epochs } = (await readRecord(measured))!;
      const { test } = tinyData();
      const network = await loadSavedNetwork(measured);
      const margins = await decisionMargins(network, selectExamples(test, [0, 1, 2]));
      network.dispose();
      const last = epochs[3].report!.margins!;
      assert.equal(last.images, 3);
      assert.equal(last.notFooled, margins.notFooled);
      for (const name of ["mean", "median", "meanRelativeNorm"] as const)
        assertClose(last[name]!, margins[name]!, 1e-6, { scale: margins[name]!, what: name });
      assert.ok(epochs[0].report!.margins && epochs[0].report!.margins.mean !== last.mean);
      assert.equal((await readRecord(all))!.epochs[3].report!.margins!.images, 40);
      const without = (await readRecord(plain))!.epochs;
      assert.ok(without.every(({ report }) => report?.margins === undefined));
      const training = (all: typeof epochs) => all.map(({ loss, train }) => ({ loss, train }));
      assert.deepEqual(training(epochs), training(without));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
