import assert from "node:assert/strict";
import { resultTable } from "../../src/results/resultTable";
import { testedRun } from "../support/records";
import { assertClose } from "../support/assertClose";

describe("resultTable", () => {
  const records = [
    testedRun("vanilla", 0, 0.9),
    testedRun("vanilla", 1, 0.94),
    testedRun("sliding", 0, 0.95),
  ];

  it("each experiment has a row with mean and standard deviations over splits in percent", () => {
    const [vanilla, sliding] = resultTable(records);
    assert.equal(vanilla.n, 2);
    assertClose(vanilla.testAccuracy.mean!, 92, 1e-9, { scale: 1 });
    // 90 and 94: both 2 from the mean; 2 for the population, 2 sqrt(2) for the sample.
    assertClose(vanilla.testAccuracy.populationStd!, 2, 1e-9, { scale: 1 });
    assertClose(vanilla.testAccuracy.sampleStd!, 2 * Math.SQRT2, 1e-9, { scale: 1 });
    assert.equal(vanilla.seconds, 15);
    assert.deepEqual(
      [sliding.regularizer, sliding.n, sliding.testAccuracy.sampleStd],
      ["sliding", 1, null],
    );
    assert.deepEqual(vanilla.settings, {});
  });

  it("runs of one regularizer that differ in another setting have separate rows", () => {
    const rows = resultTable([...records, testedRun("vanilla", 0, 0.8, { metric: "L1" })]);
    assert.deepEqual(
      rows.map(({ settings, n }) => [settings.metric, n]),
      [
        ["L2", 2],
        ["L2", 1],
        ["L1", 1],
      ],
    );
  });

  it("a setting that differs between regularizers is shown unless it defines them", () => {
    const decayed = testedRun("sliding", 0, 0.95, { weightDecay: 0.01 });
    const rows = resultTable([testedRun("vanilla", 0, 0.9), decayed]);
    assert.deepEqual(
      rows.map(({ settings }) => settings),
      [{ weightDecay: "0.001" }, { weightDecay: "0.01" }],
    );
  });

  it("resultTable leaves out incomplete runs", () => {
    const rows = resultTable([
      ...records,
      { ...testedRun("vanilla", 2, 0.1), status: "interrupted" },
    ]);
    assert.equal(rows[0].n, 2);
  });
});
