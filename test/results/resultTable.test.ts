import assert from "node:assert/strict";
import { resultTable } from "../../src/results/resultTable";
import { madeUp } from "../support/madeUp";

describe("a table of results", () => {
  const records = [
    madeUp("vanilla", 0, 0.9),
    madeUp("vanilla", 1, 0.94),
    madeUp("sliding", 0, 0.95),
  ];

  it("has a row for each experiment: mean and standard deviations over splits, in percent", () => {
    const [vanilla, sliding] = resultTable(records);
    assert.equal(vanilla.n, 2);
    assert.ok(Math.abs(vanilla.testAccuracy.mean! - 92) < 1e-9);
    // 90 and 94: both 2 from the mean; 2 for the population, 2 sqrt(2) for the sample.
    assert.ok(Math.abs(vanilla.testAccuracy.populationStd! - 2) < 1e-9);
    assert.ok(Math.abs(vanilla.testAccuracy.sampleStd! - 2 * Math.SQRT2) < 1e-9);
    assert.equal(vanilla.seconds, 15);
    assert.deepEqual(
      [sliding.regularizer, sliding.n, sliding.testAccuracy.sampleStd],
      ["sliding", 1, null],
    );
    assert.deepEqual(vanilla.settings, {});
  });

  it("tells apart runs of one regularizer that differ in another setting", () => {
    const rows = resultTable([...records, madeUp("vanilla", 0, 0.8, { metric: "L1" })]);
    assert.deepEqual(
      rows.map(({ settings, n }) => [settings.metric, n]),
      [
        ["L2", 2],
        ["L2", 1],
        ["L1", 1],
      ],
    );
  });

  it("shows a setting that differs between regularizers, unless it is what they are", () => {
    const decayed = madeUp("sliding", 0, 0.95, { weightDecay: 0.01 });
    const rows = resultTable([madeUp("vanilla", 0, 0.9), decayed]);
    assert.deepEqual(
      rows.map(({ settings }) => settings),
      [{ weightDecay: "0.001" }, { weightDecay: "0.01" }],
    );
  });

  it("leaves out runs that are not complete", () => {
    const rows = resultTable([...records, { ...madeUp("vanilla", 2, 0.1), status: "interrupted" }]);
    assert.equal(rows[0].n, 2);
  });
});
