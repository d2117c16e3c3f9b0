import assert from "node:assert/strict";
import type { LayerMeasures } from "../../src/metrics/collapse/layers";
import type { RunRecord } from "../../src/runs/record";
import { layerComparisons, layerNames } from "../../src/results/layerComparisons";
import { assertClose } from "../support/assertClose";
import { layeredRun } from "../support/records";

const of = (records: readonly RunRecord[]) => layerComparisons(records, "covarianceTraceRatio");

describe("layerComparisons", () => {
  const base = [layeredRun("vanilla", [[8, 4]]), layeredRun("vanilla", [[2, 4]], { split: 1 })];

  it("the change of NC1 is the geometric mean of the ratios on the same splits", () => {
    const own = [layeredRun("sliding", [[2, 4]]), layeredRun("sliding", [[2, 1]], { split: 1 })];
    const [first, second, ...more] = of([...base, ...own]);
    assert.equal(more.length, 0);
    assert.deepEqual([first.regularizer, first.layer, first.n], ["sliding", "block1", 2]);
    // Ratios 1/4 and 1, of means sqrt(4) and sqrt(16); then 1 and 1/4.
    assertClose([first.value, first.baseline, first.change], [2, 4, 0.5], 1e-12);
    assertClose([second.value, second.baseline, second.change], [2, 4, 0.5], 1e-12);
    assert.deepEqual([first.lower, second.lower], [1, 1]);
    // t of 1 degree of freedom, 97.5 %: 12.706; the logs are -ln 4 and 0, their standard error ln 2.
    const half = 12.7062047 * Math.LN2;
    const ends = [first.interval!.lower, first.interval!.upper].map(Math.log);
    assertClose(ends, [-Math.LN2 - half, -Math.LN2 + half], 1e-6);
  });

  it("the change of an accuracy is the difference in points, and one pair has no interval", () => {
    const records = [base[0], layeredRun("hofer", [[1, 1]], {}, 0.75)];
    const [first] = layerComparisons(records, "probeAccuracy");
    assert.deepEqual([first.baseline, first.value, first.change], [50, 75, 25]);
    assert.deepEqual([first.n, first.interval, first.lower], [1, null, 0]);
  });

  it("runs of other splits, incomplete runs and runs without layers do not count", () => {
    const other = layeredRun("hofer", [[1, 1]], { split: 7 });
    const stopped = { ...layeredRun("hofer", [[1, 1]]), status: "interrupted" as const };
    const bare = { ...layeredRun("hofer", [[1, 1]], { split: 1 }), epochs: [] };
    assert.deepEqual(of([...base, other, stopped]), []);
    assert.deepEqual(layerNames(bare), []);
    assert.deepEqual(of([other]), []);
  });

  it("the last epoch counts, and a measure that is not defined there leaves the pair out", () => {
    const undefinedThere = layeredRun("hofer", [[3, 3]]);
    const layers = undefinedThere.epochs[0].report!.layers as LayerMeasures[];
    layers[1] = { ...layers[1], train: { ...layers[1].train, covarianceTraceRatio: null } };
    const rows = of([
      ...base,
      undefinedThere,
      layeredRun("sliding", [
        [9, 9],
        [1, 5],
      ]),
    ]);
    const told = rows.map(({ regularizer, layer, value }) => [
      regularizer,
      layer,
      Math.round(value),
    ]);
    assert.deepEqual(told, [
      ["hofer", "block1", 3],
      ["sliding", "block1", 1],
      ["sliding", "block2", 5],
    ]);
  });
});
