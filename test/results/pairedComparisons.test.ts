import assert from "node:assert/strict";
import { pairedComparisons } from "../../src/results/pairedComparisons";
import { testedRun } from "../support/records";
import { assertClose } from "../support/assertClose";

describe("paired comparisons of experiments", () => {
  const vanilla = [0.9, 0.92, 0.91].map((accuracy, split) => testedRun("vanilla", split, accuracy));
  const sliding = [0.93, 0.94, 0.95].map((accuracy, split) =>
    testedRun("sliding", split, accuracy),
  );

  it("accuracies 90, 92, 91 and 93, 94, 95 differ by 3, 2, 4 with mean 3 and sample std 1", () => {
    const [comparison, ...others] = pairedComparisons([...sliding, ...vanilla]);
    assert.deepEqual(others, []);
    assert.deepEqual([comparison.experiment, comparison.baseline], ["sliding", "vanilla"]);
    assert.equal(comparison.n, 3);
    assertClose(comparison.meanDifference, 3, 1e-9, { scale: 1 });
    assertClose(comparison.sampleStd, 1, 1e-9);
  });

  it("runs are paired by split and seed in any order, and a run without a partner is left out", () => {
    const [comparison] = pairedComparisons([vanilla[2], vanilla[0], ...sliding.slice(0, 3)]);
    assert.equal(comparison.n, 2);
    assertClose(comparison.meanDifference, 3.5, 1e-9, { scale: 1 });
  });

  it("runs with different split seeds are not paired", () => {
    const seeded = (splitSeed: number) =>
      [0.9, 0.92].map((accuracy, split) => testedRun("vanilla", split, accuracy, { splitSeed }));
    assert.deepEqual(pairedComparisons([...seeded(1), ...sliding]), []);
    assert.equal(pairedComparisons([...seeded(0), ...sliding])[0].n, 2);
  });

  it("runs whose splits have different rows are not paired", () => {
    const moved = sliding.map((record) => ({
      ...record,
      split: { ...record.split, rowsHash: `other ${record.split.rowsHash}` },
    }));
    assert.deepEqual(pairedComparisons([...vanilla, ...moved]), []);
  });

  it("runs on different images are not paired, and unknown images count as the same", () => {
    const onImages = (records: typeof sliding, imagesHash: string) =>
      records.map((record) => ({ ...record, split: { ...record.split, imagesHash } }));
    assert.deepEqual(pairedComparisons([...onImages(vanilla, "a"), ...onImages(sliding, "b")]), []);
    for (const baseline of [onImages(vanilla, "a"), vanilla])
      assert.equal(pairedComparisons([...baseline, ...onImages(sliding, "a")])[0].n, 3);
  });

  it("the baseline is vanilla with the same settings, whatever the order of the runs", () => {
    const runs = (["vanilla", "sliding"] as const).flatMap((regularizer) =>
      [0.5, 0.9].flatMap((momentum) =>
        [0, 1, 2].map((split) =>
          testedRun(regularizer, split, 0.9 + 0.01 * momentum * (1 + split), { momentum }),
        ),
      ),
    );
    for (const ordered of [runs, [...runs].reverse()])
      assert.deepEqual(
        pairedComparisons(ordered)
          .map(({ experiment, baseline }) => `${experiment} - ${baseline}`)
          .sort(),
        [
          "sliding, momentum 0.5 - vanilla, momentum 0.5",
          "sliding, momentum 0.9 - vanilla, momentum 0.9",
          "vanilla, momentum 0.9 - vanilla, momentum 0.5",
        ],
      );
  });

  it("the first experiment is the baseline if there is no vanilla run", () => {
    const hofer = [0.92, 0.93].map((accuracy, split) => testedRun("hofer", split, accuracy));
    const [comparison] = pairedComparisons([...hofer, ...sliding]);
    assert.deepEqual([comparison.experiment, comparison.baseline], ["sliding", "hofer"]);
  });

  it("each preset has its own baseline, and names include the preset if there are several", () => {
    const preset = "mnist-250-as-coded";
    const coded = [
      ...[0.8, 0.82].map((accuracy, split) => testedRun("vanilla", split, accuracy, { preset })),
      ...[0.83, 0.86].map((accuracy, split) => testedRun("sliding", split, accuracy, { preset })),
    ];
    const comparisons = pairedComparisons([...coded, ...vanilla, ...sliding]);
    assert.deepEqual(
      comparisons.map(({ experiment, baseline }) => [experiment, baseline]),
      [
        ["mnist-250-as-coded sliding", "mnist-250-as-coded vanilla"],
        ["mnist-250 sliding", "mnist-250 vanilla"],
      ],
    );
    const differences = comparisons.map(({ meanDifference }) => meanDifference);
    assertClose(differences, [3.5, 3], 1e-9, { scale: 1 });
  });

  it("no runs, one experiment and a single common run give no comparisons", () => {
    assert.deepEqual(pairedComparisons([]), []);
    assert.deepEqual(pairedComparisons(vanilla), []);
    assert.deepEqual(pairedComparisons([...vanilla, sliding[0]]), []);
  });
});
