import assert from "node:assert/strict";
import fc from "fast-check";
import { logSpacedEpochs, measuresDue } from "../../../src/training/evaluation/measuresDue";

describe("measuresDue", () => {
  it("every n-th epoch and the last are measured, and a report also needs the test set", () => {
    const due = measuresDue({ epochs: 7, measureEvery: 2, testEvery: 3, reportCount: 2 });
    const epochsWith = (of: "train" | "test" | "report") =>
      [1, 2, 3, 4, 5, 6, 7].filter((epoch) => due(epoch)[of]);
    assert.deepEqual(epochsWith("train"), [2, 4, 6, 7]);
    assert.deepEqual(epochsWith("report"), [1, 7]);
    assert.deepEqual(epochsWith("test"), [1, 3, 6, 7]);
  });
});

describe("logSpacedEpochs", () => {
  it("four epochs up to 1,000 are 1, 10, 100 and 1,000", () => {
    assert.deepEqual(logSpacedEpochs(1000, 4), [1, 10, 100, 1000]);
  });

  it("a count of 0 gives no epoch, 1 the last, and 2 the first and the last", () => {
    assert.deepEqual(
      [0, 1, 2].map((count) => logSpacedEpochs(310, count)),
      [[], [310], [1, 310]],
    );
  });

  it("a count above the number of epochs gives every epoch", () => {
    for (const epochs of [1, 2, 50, 310])
      assert.deepEqual(
        logSpacedEpochs(epochs, 1e9),
        Array.from({ length: epochs }, (_, i) => i + 1),
      );
  });

  it("epochs ascend from 1 to the last without repetition, at most as many as requested", () => {
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
