import assert from "node:assert/strict";
import { clopperPearsonInterval } from "../../../src/metrics/topology/clopperPearson";
import { massConcentrationBound } from "../../../src/metrics/topology/massConcentration";
import { classSample } from "../../../src/training/evaluation/classSample";
import {
  connectivityRows,
  coreRows,
  quantileScale,
  runScale,
} from "../../../src/training/evaluation/connectivityRows";
import type { MeasureRow } from "../../../src/training/evaluation/measureRow";
import { constant, squareRootDecay, step } from "../../../src/training/settings/schedules";
import {
  deathTimeRows,
  decisionRows,
  mergingRows,
  unionDeathTimeRows,
} from "../../../src/training/evaluation/topologyRows";
import { assertClose } from "../../support/assertClose";

/** Features on a line, with their classes. */
function onALine(features: number[], labels: number[], classCount = 3) {
  return classSample({ labels, classCount }, { features: Float32Array.from(features) });
}

/** Class 0 at 0, 1, 3; class 1 at 10, 14; class 2 at 12: in mixed order, as in a data set. */
const sample = onALine([10, 0, 12, 3, 14, 1], [1, 0, 2, 0, 1, 0]);

/** Values of a measure, of all classes first where it has one, then class by class. */
const valuesOf = (rows: readonly MeasureRow[], name: string) =>
  rows.filter((row) => row.name === name).map(({ value }) => value);

/** Draws of 3 examples, which are all of class 0; classes 1 and 2 have fewer. */
const settings = { metric: "L2" as const, subBatchSize: 3, draws: 20, seed: 0 };

const runBeta = (beta: ReturnType<typeof constant>) => runScale({ beta, epochs: 4 });

describe("rows of death times", () => {
  it("rows hold quantiles of each class's death times and of all pooled, null for a class of one", () => {
    const rows = deathTimeRows("train", sample, "L2");
    assert.deepEqual(valuesOf(rows, "deathTimesQuantile50"), [2, 1.5, 4, null]);
    const [pooled, first] = valuesOf(rows, "deathTimesQuantile95");
    assertClose([pooled!, first!], [3.8, 1.95], 1e-12, { scale: 1 });
    assertClose(valuesOf(rows, "deathTimesQuantile05")[1]!, 1.05, 1e-12, { scale: 1 });
  });

  it("rows of two sets together use each class's examples of both sets", () => {
    // Class 0 at 0, 1, 2, 3; class 1 at 10, 11, 14; class 2 at 12, 12.
    const other = onALine([12, 11, 2], [2, 1, 0]);
    const rows = unionDeathTimeRows(sample, other, "L2");
    assert.deepEqual(valuesOf(rows, "deathTimesQuantile50"), [1, 1, 2, 0]);
    // Pooled 0, 1, 1, 1, 1, 3: three quarters of the way from 1 to 3.
    assert.equal(valuesOf(rows, "deathTimesQuantile95")[0], 2.5);
    assert.ok(rows.every(({ set }) => set === "train and test"));
  });

  it("a class without an example has the quantile null", () => {
    const rows = deathTimeRows("train", onALine([0, 1], [2, 2]), "L2");
    assert.deepEqual(valuesOf(rows, "deathTimesQuantile50"), [1, null, null, 1]);
  });
});

describe("rows of class-merging times", () => {
  it("class 0 first merges at its gap of 7, and classes 1 and 2 at their gap of 2", () => {
    assert.deepEqual(
      valuesOf(mergingRows("test", sample, "L2"), "smallestClassMergingTime"),
      [2, 7, 2, 2],
    );
  });

  it("merging times are null if there is no other class", () => {
    const alone = mergingRows("test", onALine([0, 1], [0, 0]), "L2");
    assert.deepEqual(valuesOf(alone, "smallestClassMergingTime"), [null, null, null, null]);
  });
});

describe("rows of decision masses", () => {
  it("one error among two examples gives masses 1/2 and 1 and the error bound 2 x 1/2", () => {
    const labeled = onALine([0, 0, 0], [0, 0, 1], 2);
    const predicted = Float64Array.of(0, 1, 1);
    const rows = decisionRows("test", { predicted, labels: labeled.labels, classCount: 2 });
    assert.deepEqual(valuesOf(rows, "decisionMass"), [0.5, 1]);
    assert.deepEqual(valuesOf(rows, "decisionErrorBound"), [1]);
  });

  it("a class without an example has no mass, and there is no bound, with the reason", () => {
    const predicted = Float64Array.of(0, 2);
    const rows = decisionRows("test", { predicted, labels: [0, 0], classCount: 3 });
    assert.deepEqual(valuesOf(rows, "decisionMass"), [0.5, null, null]);
    assert.deepEqual(
      rows.map(({ reason }) => reason),
      ["no example of some class", undefined, "no example of the class", "no example of the class"],
    );
  });
});

describe("scales of connectivity", () => {
  it("the run's scale is its last beta, its first if the last is 0, and null if both are 0", () => {
    assert.deepEqual(runBeta(step(3, 5, 1)).beta, 5);
    assert.match(runBeta(step(3, 5, 1)).formula, /last epoch/);
    // sqrt(1 - 1/4) of 2 in the first of 4 epochs.
    assert.equal(runBeta(squareRootDecay(2)).beta, 2 * Math.sqrt(0.75));
    assert.match(runBeta(squareRootDecay(2)).formula, /first epoch; its last beta is 0/);
    assert.equal(runBeta(constant(0)).beta, null);
  });

  it("the quantile scale is the 95 % quantile of sub-batch death times: 2 for equally many 1 and 2", () => {
    assert.equal(quantileScale(sample, settings).beta, 2);
  });

  it("the quantile scale is null without a death time above 0 or a class of enough examples", () => {
    const coincident = onALine([5, 5, 5], [0, 0, 0]);
    assert.equal(quantileScale(coincident, settings).beta, null);
    const small = onALine([0, 1, 2], [0, 0, 1]);
    assert.equal(quantileScale(small, settings).beta, null);
  });

  it("sub-batches are drawn from every class with enough examples", () => {
    // Death times 1, 1 and 3, 3.
    const two = onALine([0, 1, 2, 10, 13, 16], [0, 0, 0, 1, 1, 1]);
    assert.equal(quantileScale(two, settings).beta, 3);
  });
});

describe("rows of connectivity", () => {
  // Class 0's only sub-batch of 3 is 0, 1, 3: beta-connected from beta 2 on.
  const scales = [runBeta(constant(1)), quantileScale(sample, settings)];
  const rows = connectivityRows("train", sample, scales, settings);

  it("the rows include the two betas", () => {
    assert.deepEqual([valuesOf(rows, "runBeta"), valuesOf(rows, "quantileBeta")], [[1], [2]]);
  });

  it("connectivity is 0 at beta 1 and 1 at beta 2 with its interval, and null for small classes", () => {
    const at = (beta: string) =>
      ["", "Lower", "Upper"].map((end) => valuesOf(rows, `connectivityAt${beta}${end}`));
    const never = clopperPearsonInterval(0, 20);
    const always = clopperPearsonInterval(20, 20);
    assert.deepEqual(at("RunBeta"), [
      [0, null, null],
      [never.lower, null, null],
      [never.upper, null, null],
    ]);
    assert.deepEqual(at("QuantileBeta"), [
      [1, null, null],
      [always.lower, null, null],
      [always.upper, null, null],
    ]);
  });

  it("the mass near the core 0, 1 is 2/3 within beta 1 and 1 within beta 2, with its bound", () => {
    assert.deepEqual(valuesOf(rows, "massNearCoreAtRunBeta"), [2 / 3, null, null]);
    assert.deepEqual(valuesOf(rows, "massNearCoreAtQuantileBeta"), [1, null, null]);
    const { lower } = clopperPearsonInterval(20, 20);
    assert.deepEqual(valuesOf(rows, "massNearCoreAtQuantileBetaBound"), [
      massConcentrationBound(2 / 3, lower, 3, 1),
      null,
      null,
    ]);
  });

  it("connectivity is null at an undefined scale and unchanged at the other", () => {
    const undefinedFirst = [runBeta(constant(0)), scales[1]];
    const others = connectivityRows("train", sample, undefinedFirst, settings);
    assert.deepEqual(valuesOf(others, "connectivityAtRunBeta"), [null, null, null]);
    for (const name of ["connectivityAtQuantileBeta", "massNearCoreAtQuantileBeta"])
      assert.deepEqual(valuesOf(others, name), valuesOf(rows, name));
  });
});

describe("the core of a class", () => {
  it("the core is the half nearest to the class mean, rounded up, with the first of equals", () => {
    assert.deepEqual(coreRows(Float32Array.of(0, 1, 3), 1), [1, 0]);
    assert.deepEqual(coreRows(Float32Array.of(9, 0, 1, 10), 1).sort(), [0, 2]);
    // Means 1, 1 in two dimensions: all four corners are as far.
    assert.deepEqual(coreRows(Float32Array.of(0, 0, 2, 0, 0, 2, 2, 2), 2), [0, 1]);
  });
});
