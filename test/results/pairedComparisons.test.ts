import assert from "node:assert/strict";
import { pairedComparisons } from "../../src/results/pairedComparisons";
import { madeUp } from "../support/madeUp";

describe("paired comparisons of experiments", () => {
  const vanilla = [0.9, 0.92, 0.91].map((accuracy, split) => madeUp("vanilla", split, accuracy));
  const sliding = [0.93, 0.94, 0.95].map((accuracy, split) => madeUp("sliding", split, accuracy));

  it("of 90, 92, 91 with 93, 94, 95 are the differences 3, 2, 4: mean 3, sample std 1", () => {
    const [comparison, ...others] = pairedComparisons([...sliding, ...vanilla]);
    assert.deepEqual(others, []);
    assert.deepEqual([comparison.experiment, comparison.baseline], ["sliding", "vanilla"]);
    assert.equal(comparison.n, 3);
    assert.ok(Math.abs(comparison.meanDifference - 3) < 1e-9);
    assert.ok(Math.abs(comparison.sampleStd - 1) < 1e-9);
  });

  it("pair runs by split and seed, whatever their order, and leave out what has no partner", () => {
    const [comparison] = pairedComparisons([vanilla[2], vanilla[0], ...sliding.slice(0, 3)]);
    assert.equal(comparison.n, 2);
    assert.ok(Math.abs(comparison.meanDifference - 3.5) < 1e-9);
  });

  it("pair no runs of another split seed, a draw as split and seed are", () => {
    const seeded = (splitSeed: number) =>
      [0.9, 0.92].map((accuracy, split) => madeUp("vanilla", split, accuracy, { splitSeed }));
    assert.deepEqual(pairedComparisons([...seeded(1), ...sliding]), []);
    assert.equal(pairedComparisons([...seeded(0), ...sliding])[0].n, 2);
  });

  it("pair no runs whose splits have other rows", () => {
    const moved = sliding.map((record) => ({
      ...record,
      split: { ...record.split, rowsHash: `other ${record.split.rowsHash}` },
    }));
    assert.deepEqual(pairedComparisons([...vanilla, ...moved]), []);
  });

  it("pair no runs on other images in the same rows, and take unknown images for the same", () => {
    const onImages = (records: typeof sliding, imagesHash: string) =>
      records.map((record) => ({ ...record, split: { ...record.split, imagesHash } }));
    assert.deepEqual(pairedComparisons([...onImages(vanilla, "a"), ...onImages(sliding, "b")]), []);
    for (const baseline of [onImages(vanilla, "a"), vanilla])
      assert.equal(pairedComparisons([...baseline, ...onImages(sliding, "a")])[0].n, 3);
  });

  it("take the first experiment for the baseline where none is vanilla", () => {
    const hofer = [0.92, 0.93].map((accuracy, split) => madeUp("hofer", split, accuracy));
    const [comparison] = pairedComparisons([...hofer, ...sliding]);
    assert.deepEqual([comparison.experiment, comparison.baseline], ["sliding", "hofer"]);
  });

  it("take each preset's own baseline, and name the preset where there are several", () => {
    const preset = "mnist-250-as-coded";
    const coded = [
      ...[0.8, 0.82].map((accuracy, split) => madeUp("vanilla", split, accuracy, { preset })),
      ...[0.83, 0.86].map((accuracy, split) => madeUp("sliding", split, accuracy, { preset })),
    ];
    const comparisons = pairedComparisons([...coded, ...vanilla, ...sliding]);
    assert.deepEqual(
      comparisons.map(({ experiment, baseline }) => [experiment, baseline]),
      [
        ["mnist-250-as-coded sliding", "mnist-250-as-coded vanilla"],
        ["mnist-250 sliding", "mnist-250 vanilla"],
      ],
    );
    assert.ok(Math.abs(comparisons[0].meanDifference - 3.5) < 1e-9);
    assert.ok(Math.abs(comparisons[1].meanDifference - 3) < 1e-9);
  });

  it("are none of nothing, of one experiment, or of a single common run", () => {
    assert.deepEqual(pairedComparisons([]), []);
    assert.deepEqual(pairedComparisons(vanilla), []);
    assert.deepEqual(pairedComparisons([...vanilla, sliding[0]]), []);
  });
});
