import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { selectBackend } from "../../../src/backend/selectBackend";
import { imageTensor } from "../../../src/data/batch";
import { allRows, selectExamples, type ImageSet } from "../../../src/data/imageSet";
import { measureLayers } from "../../../src/metrics/collapse/layers";
import { simpleCnnMnist } from "../../../src/model/architecture";
import { throughFolded } from "../../../src/model/foldedConvolution";
import { Network } from "../../../src/model/network";
import { Random } from "../../../src/numerics/random";
import { CHECKPOINT_FILE } from "../../../src/runs/runExperiment";
import { readRecord } from "../../../src/runs/record";
import { loadSavedNetwork } from "../../../src/runs/savedRun";
import { decisionMargins } from "../../../src/metrics/robustness/measureRobustness";
import { layerReport } from "../../../src/training/evaluation/layerReport";
import { TEST_BACKEND } from "../../support/backend";
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

  it("layerTestCount adds the measures of every block, and changes neither weights nor other numbers", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "tdnc-layers-"));
    const [plain, measured] = ["plain", "measured"].map((name) => path.join(folder, name));
    const checkpoint = (run: string) => readFileSync(path.join(run, CHECKPOINT_FILE));
    try {
      await tinyRun(plain, { reportCount: 2 });
      await tinyRun(measured, { reportCount: 2, layerTestCount: 30 });
      assert.deepEqual(checkpoint(measured), checkpoint(plain));
      const text = readFileSync(path.join(plain, "record.json"), "utf8");
      assert.ok(!text.includes("layer"), "a record without them does not name them");
      const without = (await readRecord(plain))!.epochs;
      const { epochs } = (await readRecord(measured))!;
      epochs.forEach(({ seconds: _, report, ...epoch }, i) => {
        const { seconds: __, report: bare, ...other } = without[i];
        assert.deepEqual(epoch, other);
        const { layers, ...rest } = report ?? {};
        assert.deepEqual(rest, bare ?? {});
        assert.deepEqual(
          layers?.map(({ name, dim, test }) => [name, dim, test!.examples]),
          report && [
            ["block1", 14 * 14 * 8, 30],
            ["block2", 7 * 7 * 32, 30],
            ["block3", 3 * 3 * 64, 30],
            ["block4", 128, 30],
          ],
        );
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("the last block has the trace ratio and the nearest-class-center accuracies of the features", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "tdnc-layers-"));
    try {
      await tinyRun(folder, { reportCount: 1, layerTestCount: 40 });
      const { report, train, test } = (await readRecord(folder))!.epochs[3];
      const last = report!.layers![3];
      const ratio = report!.train.collapse.covarianceTraceRatio!;
      assertClose(last.train.covarianceTraceRatio!, ratio, 1e-6, { scale: ratio });
      const accuracies = [last.train, last.test!].map((set) => set.nearestClassCenterAccuracy);
      const wanted = [train!, test!].map((set) => set.nearestClassCenterAccuracy);
      assertClose(accuracies, wanted, 1e-7);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("the blocks' measures equal measureLayers of the maps after each block", async () => {
    await selectBackend(TEST_BACKEND);
    const { train, test: few } = tinyData();
    // More than one batch of 500.
    const test = selectExamples(
      few,
      Array.from({ length: 520 }, (_, n) => (n * 7) % 40),
    );
    const network = new Network(simpleCnnMnist, new Random(3));
    const maps = (set: ImageSet) => {
      const layers = [1, 2, 3, 4].map((block) => {
        // The network without the layers after the block: pairs of a convolution and a pool.
        const cut = { ...simpleCnnMnist, layers: simpleCnnMnist.layers.slice(0, 2 * block) };
        const folded = network.foldedConvolutions();
        const images = imageTensor(set, allRows(set));
        const features = throughFolded(images, cut.layers, folded).dataSync<"float32">();
        return { name: `block${block}`, features };
      });
      return { layers, labels: set.labels };
    };
    const expected = measureLayers({ ...maps(train), test: maps(test) });
    const report = await layerReport(network, train, test);
    network.dispose();
    assert.deepEqual(report, expected);
  });

  it("a run that measures layers resumes and ends like an uninterrupted one", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "tdnc-layers-"));
    const [whole, stopped] = ["whole", "stopped"].map((name) => path.join(folder, name));
    const settings = { reportCount: 4, layerTestCount: 20 };
    const reports = async (run: string) =>
      (await readRecord(run))!.epochs.map(({ report }) => report?.layers);
    try {
      await tinyRun(whole, settings);
      let steps = 0;
      const signal = {
        get aborted() {
          return ++steps > 7;
        },
      } as AbortSignal;
      const interrupted = await tinyRun(stopped, settings, { signal });
      assert.deepEqual([interrupted.status, interrupted.epochs.length], ["interrupted", 2]);
      await tinyRun(stopped, settings);
      assert.deepEqual(await reports(stopped), await reports(whole));
      assert.ok((await reports(whole)).filter(Boolean).length >= 3);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
