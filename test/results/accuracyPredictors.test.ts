import assert from "node:assert/strict";
import { accuracyPredictors } from "../../src/results/accuracyPredictors";
import { assertClose } from "../support/assertClose";
import { testedRun } from "../support/records";

const OPTIONS = { epochs: ["last"], leastRuns: 3, permutations: 199 } as const;
const nc1Of = (rows: ReturnType<typeof accuracyPredictors>) =>
  rows.find(({ measure }) => measure === "withinClassVariability")!;

describe("accuracyPredictors", () => {
  // NC1 of a made-up run is a tenth of its accuracy.
  const vanilla = [0.9, 0.92, 0.91].map((accuracy, i) => testedRun("vanilla", i, accuracy));

  it("NC1 that rises with the accuracy has rho 1, among all runs and within each regularizer", () => {
    const sliding = [0.95, 0.94, 0.96].map((accuracy, i) => testedRun("sliding", i, accuracy));
    const row = nc1Of(accuracyPredictors([...vanilla, ...sliding], OPTIONS));
    assert.deepEqual([row.epoch, row.n], ["last", 6]);
    assertClose([row.rho!, row.withinRegularizers!], [1, 1], 1e-12);
    // Of the 2^3 exchanges within draws, those that exchange no pair have |rho| = 1.
    assert(Math.abs(row.p! - 1 / 8) < 0.07, `p ${row.p}`);
  });

  it("a difference between regularizers alone is no correlation within them", () => {
    const equal = (regularizer: string, accuracy: number) =>
      [0, 1, 2].map((split) => testedRun(regularizer, split, accuracy));
    const row = nc1Of(
      accuracyPredictors([...equal("vanilla", 0.9), ...equal("sliding", 0.95)], OPTIONS),
    );
    assertClose([row.rho!], [1], 1e-12);
    assert.equal(row.withinRegularizers, null);
  });

  it("a measure without variation has no correlation, and takes no part in Holm's correction", () => {
    const rows = accuracyPredictors(vanilla, OPTIONS);
    const constant = rows.find(({ measure }) => measure === "accuracy")!;
    assert.deepEqual([constant.rho, constant.p, constant.adjustedP], [null, null, null]);
    assert.equal(nc1Of(rows).adjustedP, nc1Of(rows).p);
  });

  it("a measure that fewer than half of the runs have is left out", () => {
    const bare = [3, 4, 5, 6].map((split) => {
      const run = testedRun("vanilla", split, 0.9 + split / 100);
      return {
        ...run,
        epochs: run.epochs.map((epoch) => ({ ...epoch, train: { accuracy: split } })),
      };
    });
    const rows = accuracyPredictors([...vanilla, ...bare] as typeof vanilla, OPTIONS);
    assert.deepEqual(
      rows.map(({ measure }) => measure),
      ["accuracy"],
    );
  });

  it("interrupted runs and epochs that no run has are left out", () => {
    const stopped = { ...testedRun("vanilla", 3, 0.1), status: "interrupted" as const };
    assert.equal(nc1Of(accuracyPredictors([...vanilla, stopped], OPTIONS)).n, 3);
    assert.throws(
      () => accuracyPredictors(vanilla, { ...OPTIONS, epochs: [2] }),
      /expected 3 complete runs with a test and a measure, got fewer/,
    );
  });
});
