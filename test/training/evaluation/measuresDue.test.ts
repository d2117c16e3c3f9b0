import assert from "node:assert/strict";
import fc from "fast-check";
import { logSpacedEpochs, measuresDue } from "../../../src/training/evaluation/measuresDue";

describe("the measures due after an epoch", () => {
  it("are those of every n-th epoch and the last, and with a report the test set's too", () => {
    const due = measuresDue({ epochs: 7, measureEvery: 2, testEvery: 3, reportCount: 2 });
    const epochsWith = (of: "train" | "test" | "report") =>
      [1, 2, 3, 4, 5, 6, 7].filter((epoch) => due(epoch)[of]);
    assert.deepEqual(epochsWith("train"), [2, 4, 6, 7]);
    assert.deepEqual(epochsWith("report"), [1, 7]);
    assert.deepEqual(epochsWith("test"), [1, 3, 6, 7]);
  });
});

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

  it("are all where more are asked for than there are, however many", () => {
    for (const epochs of [1, 2, 50, 310])
      assert.deepEqual(
        logSpacedEpochs(epochs, 1e9),
        Array.from({ length: epochs }, (_, i) => i + 1),
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
