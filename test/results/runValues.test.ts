import assert from "node:assert/strict";
import { testAccuracy } from "../../src/results/pairedRuns";
import { compareRunValues, lowestMean, runsOf } from "../../src/results/runValues";
import { assertClose } from "../support/assertClose";
import { measuredRun, testedRun } from "../support/records";

const runs = [
  testedRun("sliding", 1, 0.9),
  testedRun("vanilla", 0, 0.5),
  testedRun("sliding", 0, 0.7),
  testedRun("vanilla", 1, 0.6),
  testedRun("sliding", 2, 0.1),
];

describe("values of runs", () => {
  it("runsOf has a regularizer's runs in the order of their splits", () => {
    assert.deepEqual(
      runsOf(runs, "sliding").map(({ config }) => config.split),
      [0, 1, 2],
    );
  });

  it("compareRunValues pairs the splits that both regularizers have", () => {
    const comparison = compareRunValues(runs, "sliding", "vanilla", testAccuracy)!;
    assert.equal(comparison.n, 2);
    assertClose([comparison.meanDifference], [25], 1e-9);
    assert.equal(compareRunValues(runs.slice(0, 3), "sliding", "vanilla", testAccuracy), null);
  });

  it("lowestMean is the epoch at which the mean over runs is lowest", () => {
    const all = [measuredRun("sliding", [{ nc1: 4 }, { nc1: 1 }, { nc1: 3 }])];
    const two = [...all, measuredRun("sliding", [{ nc1: 2 }, { nc1: 2 }, { nc1: 2 }])];
    assert.deepEqual(lowestMean(two, "withinClassVariability"), {
      lowest: 1.5,
      epoch: 2,
      end: 2.5,
    });
    assert.throws(() => lowestMean(all, "nothing"), /expected runs with nothing, got none/);
  });
});
