import assert from "node:assert/strict";
import { barcode } from "../../src/figures/barcode";
import {
  classDeathTimeMaps,
  deathTimeDistributions,
  deathTimeQuantileCurves,
  hasDeathTimes,
} from "../../src/figures/deathTimeFigures";
import { ABOVE_BETA, BELOW_BETA } from "../../src/figures/theme";
import { measuredRun } from "../support/records";

interface Trace {
  readonly name: string;
  readonly x: (number | string | null)[];
  readonly y: (number | null)[];
  readonly side?: string;
  readonly line: { readonly color: string; readonly dash?: string };
}

describe("the curves of death-time quantiles", () => {
  const run = measuredRun("hofer", [
    { classQuantiles: [[0, 1, 2, 3, 4, 5, 6], null, [0, 2, 3, 5, 6, 9, 9], [0, 6, 7, 8, 8, 8, 9]] },
    {},
    { classQuantiles: [[0, 1, 2, 4, 5, 6, 7]] },
  ]);

  it("curves show medians over classes with a band from 5 to 95 % at the epochs of reports", () => {
    const [lower, upper, median, beta] = deathTimeQuantileCurves([run], { set: "union" })
      .data as Trace[];
    assert.deepEqual([lower.name, lower.y], ["hofer, 5 % quantile", [2, 1]]);
    assert.deepEqual([upper.name, upper.y], ["hofer, 95 % quantile", [8, 6]]);
    assert.deepEqual([median.name, median.x, median.y], ["hofer", [1, 3], [5, 4]]);
    assert.deepEqual([beta.line.dash, beta.y], ["dash", [1.1, 1.1, 1.1]]);
  });

  it("hasDeathTimes is true where a report has a class of several examples", () => {
    assert.equal(hasDeathTimes([run], "train"), true);
    assert.equal(hasDeathTimes([measuredRun("hofer", [{}])], "train"), false);
    const alone = measuredRun("hofer", [{ classQuantiles: [null] }]);
    assert.equal(hasDeathTimes([alone], "train"), false);
  });
});

describe("the maps of each class's death times", () => {
  it("maps show each class's median at the epochs of reports, blank where a class has none", () => {
    const quantiles = [[0, 1, 2, 3, 4, 5, 6] as const, null];
    const later = [[0, 2, 3, 4, 5, 6, 7] as const, [0, 1, 1, 2, 2, 3, 3] as const];
    const run = measuredRun("hofer", [
      { classQuantiles: quantiles },
      {},
      { classQuantiles: later },
    ]);
    const { data, layout } = classDeathTimeMaps(run);
    const [train, test, union] = data as (Trace & { z: unknown; text: unknown; yaxis: string })[];
    assert.deepEqual(
      [train.name, test.name, union.name],
      ["training", "test", "training and test"],
    );
    assert.deepEqual(train.x, ["1", "3"]);
    assert.deepEqual(train.y, [0, 1]);
    assert.deepEqual(train.z, [
      [3, 4],
      [null, 2],
    ]);
    assert.deepEqual(union.text, [
      ["1 to 5", "2 to 6"],
      [null, "1 to 3"],
    ]);
    assert.deepEqual([train.yaxis, test.yaxis, union.yaxis], ["y", "y2", "y3"]);
    const { title } = layout as { title: { text: string } };
    assert.equal(title.text, "Median death times of each class: hofer");
  });

  it("classDeathTimeMaps rejects a run without reports", () => {
    const draw = () => classDeathTimeMaps(measuredRun("hofer", [{}]));
    assert.throws(draw, /expected a run with reports of death times, got one without/);
  });
});

describe("the distributions of death times", () => {
  it("violins show every time in its class, with one half for each of two sets", () => {
    const [train, test] = deathTimeDistributions({
      train: [Float64Array.of(1, 2), [3]],
      test: [[4], []],
    }).data as Trace[];
    assert.deepEqual(train.x, ["0", "0", "1"]);
    assert.deepEqual([...train.y], [1, 2, 3]);
    assert.deepEqual([test.x, [...test.y]], [["0"], [4]]);
    assert.deepEqual([train.side, test.side], ["negative", "positive"]);
  });

  it("deathTimeDistributions rejects no sets and sets with different class counts", () => {
    const draw = () => deathTimeDistributions({ a: [[1]], b: [[1], [2]] });
    assert.throws(draw, /same number of classes, got 1, 2/);
    assert.throws(() => deathTimeDistributions({}), /got no set/);
  });
});

describe("a barcode", () => {
  it("a barcode has a bar from 0 to each death time, with the first death at the bottom", () => {
    const [bars] = barcode([0.5, 2]).data as Trace[];
    assert.deepEqual(bars.x, [0, 0.5, null, 0, 2, null]);
    assert.deepEqual(bars.y, [1, 1, null, 2, 2, null]);
  });

  it("bars shorter than beta have another color than the others", () => {
    const [below, above] = barcode([0.5, 1, 2], 1).data as Trace[];
    assert.deepEqual([below.x, below.line.color], [[0, 0.5, null], BELOW_BETA]);
    assert.deepEqual([above.x, above.line.color], [[0, 1, null, 0, 2, null], ABOVE_BETA]);
    assert.deepEqual(above.y, [2, 2, null, 3, 3, null]);
  });

  it("barcode rejects no times, descending times and NaN", () => {
    assert.throws(() => barcode([]), /expected 1 death time or more/);
    assert.throws(() => barcode([2, 1]), /expected ascending times of 0 or more, got 1 at 1/);
    assert.throws(() => barcode([NaN]), /got NaN at 0/);
  });
});
