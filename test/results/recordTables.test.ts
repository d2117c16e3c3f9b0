import assert from "node:assert/strict";
import { epochRows, runRows } from "../../src/results/recordTables";
import { madeUpRun } from "../support/records";

describe("tables of records", () => {
  it("runs on plain batches, which have no death times, add no column", () => {
    const subBatches = madeUpRun({ epochs: [{ epoch: 1, deathTimes: { mean: 2 } }] });
    const plain = madeUpRun({ epochs: [{ epoch: 1, deathTimes: null }] });
    for (const rowsOf of [runRows, epochRows]) {
      const [ours, theirs] = rowsOf([subBatches, plain]);
      assert.equal(ours["deathTimes.mean"], 2);
      assert.equal(theirs["deathTimes.mean"], null);
      assert.deepEqual(Object.keys(ours), Object.keys(theirs));
      assert.ok(!("deathTimes" in ours));
    }
  });
});
