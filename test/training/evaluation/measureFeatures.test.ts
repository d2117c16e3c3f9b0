import assert from "node:assert/strict";
import { collapseReport } from "../../../src/metrics/collapse/collapseReport";
import { deathTimes } from "../../../src/metrics/topology/deathTimes";
import { Random } from "../../../src/numerics/random";
import type { RowArray } from "../../../src/numerics/rowArray";
import { quantile } from "../../../src/statistics/quantile";
import { classSample, sampleRows } from "../../../src/training/evaluation/classSample";
import {
  measureFeatures,
  type MeasuredFeatures,
} from "../../../src/training/evaluation/measureFeatures";
import type { MeasureRow } from "../../../src/training/evaluation/measureRow";

/** Examples of three classes around three points of four dimensions. */
function examples(count: number, seed: number, classCount = 3) {
  const random = new Random(seed, "features");
  const labels = Uint8Array.from({ length: count }, (_, n) => n % classCount);
  const features = Float32Array.from(
    { length: 4 * count },
    (_, i) => (labels[Math.floor(i / 4)] === i % 4 ? 5 : 0) + random.normal(),
  );
  return { features, labels };
}

const train = examples(60, 1);
const test = examples(33, 2);
const random = new Random(3, "weights");
const weights = Float32Array.from({ length: 12 }, () => random.normal());
const bias = Float32Array.of(0.1, -0.2, 0.3);
const whole: MeasuredFeatures = { ...train, weights, bias, test, draws: 20 };

const valueOf = (
  rows: readonly MeasureRow[],
  set: string,
  name: string,
  k: number | null = null,
) => {
  const found = rows.filter((row) => row.set === set && row.name === name && row.class === k);
  assert.equal(found.length, 1, `${set} ${name}`);
  return found[0];
};

describe("measureFeatures", () => {
  it("measureFeatures has the collapse report of each set and the death times of its classes", () => {
    const rows = measureFeatures(whole);
    for (const [set, own] of Object.entries({ train, test })) {
      const expected = collapseReport(own.features, own.labels, { weights, bias });
      const ownStatistics = expected.filter(({ section }) => /NC[0-3]|spectra|norms/.test(section));
      assert(ownStatistics.length > 20);
      for (const { name, value } of ownStatistics)
        assert.equal(valueOf(rows, set, name).value, value, `${set} ${name}`);
      const { classes } = classSample({ labels: own.labels, classCount: 3 }, own);
      const times = deathTimes(classes[1], 4, "L2");
      assert.equal(valueOf(rows, set, "deathTimesQuantile50", 1).value, quantile(times, 0.5));
    }
    assert.equal(valueOf(rows, "train", "examples").value, 60);
  });

  it("measureFeatures gives the same rows whatever form the arrays have", () => {
    const rows = measureFeatures(whole);
    const asRows = (values: Float32Array, size: number): RowArray => ({
      count: values.length / size,
      size,
      rows: (from, to) => values.slice(from * size, to * size),
    });
    const wide = BigInt64Array.from(train.labels, BigInt);
    const other = { ...whole, features: asRows(train.features, 4), labels: wide };
    assert.deepEqual(measureFeatures(other), rows);
    const logits = Float64Array.from({ length: 180 }, (_, at) => {
      const [n, c] = [Math.floor(at / 3), at % 3];
      let sum = 0;
      for (let i = 0; i < 4; i++) sum += train.features[4 * n + i] * weights[4 * c + i];
      return sum + bias[c];
    });
    const accuracy = valueOf(measureFeatures({ ...whole, logits }), "train", "accuracy");
    assert.deepEqual(accuracy, valueOf(rows, "train", "accuracy"));
  });

  it("features alone have the measures that need no other input, and reasons for the others", () => {
    const rows = measureFeatures(train);
    assert(valueOf(rows, "train", "withinClassVariability").value! > 0);
    const { value, reason } = valueOf(rows, "train", "selfDuality");
    assert.deepEqual([value, reason], [null, "no classifier was given"]);
    assert.equal(valueOf(rows, "train", "decisionMass", 0).reason, "no classifier was given");
    const unexplained = rows.filter((row) => row.value === null && !row.reason);
    assert.deepEqual(unexplained, []);
    const withoutBias = measureFeatures({ ...train, weights });
    assert.equal(valueOf(withoutBias, "train", "biasSum").reason, "the classifier has no bias");
    assert(valueOf(withoutBias, "train", "selfDuality").value! > 0);
  });

  it("a class without an example in the test set leaves only that class undefined", () => {
    const labels = test.labels.map((label) => Math.min(label, 1));
    const rows = measureFeatures({ ...whole, test: { ...test, labels } });
    assert(valueOf(rows, "test", "withinClassVariability").value! > 0);
    assert.deepEqual(
      [0, 1, 2].map((k) => valueOf(rows, "test", "decisionMass", k).value === null),
      [false, false, true],
    );
    assert.equal(valueOf(rows, "test", "deathTimesQuantile50", 2).reason, "fewer than 2 examples");
  });

  it("class names, a scale and out-of-distribution features have their rows", () => {
    const classNames = ["cat", "dog", "owl"];
    const outOfDistribution = { features: examples(8, 5).features };
    const rows = measureFeatures({ ...whole, classNames, beta: 2, outOfDistribution });
    assert.equal(valueOf(rows, "test", "decisionMass", 2).className, "owl");
    assert.equal(valueOf(rows, "train", "givenBeta").value, 2);
    assert.notEqual(valueOf(rows, "train", "connectivityAtGivenBeta", 0).value, null);
    assert.equal(valueOf(rows, "out of distribution", "examples").value, 8);
    assert(valueOf(rows, "test", "outOfDistributionOrthogonality").value! > 0);
  });

  it("topology of a large set is measured on a seeded sample, which the formulas state", () => {
    const rows = measureFeatures({ ...whole, topologyExamples: 12, subBatchSize: 3 });
    // Four sub-batches of each class for death times, 12 / 3 examples of each for merging times.
    const quantiles = valueOf(rows, "train", "deathTimesQuantile50");
    assert.match(quantiles.formula, /; sample of 36 of 60 examples, at most 12 of a class$/);
    const merging = valueOf(rows, "train", "smallestClassMergingTime");
    assert.match(merging.formula, /; sample of 12 of 60 examples, at most 4 of a class$/);
    const again = measureFeatures({ ...whole, topologyExamples: 12, subBatchSize: 3 });
    assert.deepEqual(again, rows);
    const all = measureFeatures({ ...whole, topologyExamples: 60, subBatchSize: 3 });
    assert.doesNotMatch(valueOf(all, "train", "deathTimesQuantile50").formula, /sample/);
    const none = measureFeatures({ ...whole, topologyExamples: 0 });
    assert.deepEqual(
      none.filter(({ name }) => /deathTimes|connectivity|Merging/.test(name)),
      [],
    );
    assert.equal(
      valueOf(none, "train", "decisionMass", 0).value,
      valueOf(all, "train", "decisionMass", 0).value,
    );
  });

  it("progress runs through each pass of each set to its end", () => {
    const ends = new Map<string, number>();
    measureFeatures({
      ...whole,
      onProgress: (stage, done, total) => ends.set(stage, done / total),
    });
    assert(ends.has("train, pass 1") && ends.has("test, pass 1") && ends.has("train, topology"));
    assert.deepEqual(new Set(ends.values()), new Set([1]));
  });

  const changed = <T extends Float32Array | Uint8Array>(
    values: T,
    at: number,
    value: number,
  ): T => {
    const own = values.slice() as T;
    own[at] = value;
    return own;
  };
  const bad: [string, Partial<MeasuredFeatures>, RegExp][] = [
    [
      "a label beyond the classes",
      { labels: changed(train.labels, 7, 3) },
      /^RangeError: labels: expected class indices from 0 to 2, got 3 at example 7$/,
    ],
    [
      "labels from 1",
      { labels: train.labels.map((label) => label + 1) },
      /got 3 at example 2; classes count from 0, so subtract 1 from labels that start at 1$/,
    ],
    [
      "labels from 1 without weights",
      { labels: train.labels.map((label) => label + 1), weights: undefined, bias: undefined },
      /expected an example of each of 4 classes, got none of class 0; classes count from 0/,
    ],
    [
      "a fractional label",
      { labels: Float64Array.from(train.labels, (label) => label + 0.5) },
      /got 0\.5 at example 0$/,
    ],
    [
      "no example of a class",
      { labels: train.labels.map((label) => (label === 1 ? 0 : label)) },
      /expected an example of each of 3 classes, got none of class 1$/,
    ],
    [
      "fewer labels",
      { labels: train.labels.subarray(1) },
      /features: expected 59 rows, as many as labels, got 240 values$/,
    ],
    [
      "a NaN",
      { features: changed(train.features, 4 * 9 + 2, NaN) },
      /features: expected finite values, got NaN in row 9, column 2$/,
    ],
    [
      "an infinite weight",
      { weights: changed(weights, 5, Infinity) },
      /weights: expected finite values, got Infinity in row 1, column 1$/,
    ],
    [
      "an infinite bias",
      { bias: changed(bias, 2, -Infinity) },
      /bias: expected finite values, got -Infinity in row 2$/,
    ],
    [
      "weights of other dimensions",
      { weights: weights.subarray(1) },
      /weights: expected rows of 4 weights, as many as features have dimensions, got 11 values$/,
    ],
    [
      "a bias of other classes",
      { bias: Float32Array.of(1, 2) },
      /bias: expected 3 classes, as many as weights, got 2$/,
    ],
    ["a bias alone", { weights: undefined }, /bias: expected weights with the bias, got none$/],
    [
      "class names of other classes",
      { classNames: ["a", "b"] },
      /class names: expected 3 classes, as many as weights, got 2$/,
    ],
    [
      "logits of other classes",
      { logits: new Float32Array(120) },
      /logits: expected 3 classes, as many as weights, got 2$/,
    ],
    [
      "a NaN among the logits",
      { logits: new Float32Array(180).fill(NaN, 100) },
      /logits: expected finite values, got NaN in row 33, column 1$/,
    ],
    [
      "test features of other dimensions",
      { test: { features: new Float32Array(99), labels: test.labels } },
      /features: expected 4 dimensions, as many as features, got 3$/,
    ],
    [
      "a test label beyond the classes",
      { test: { ...test, labels: changed(test.labels, 3, 9), places: { labels: "test.npz: y" } } },
      /^RangeError: test\.npz: y: expected class indices from 0 to 2, got 9 at example 3$/,
    ],
    [
      "no out-of-distribution example",
      { outOfDistribution: { features: new Float32Array(6) } },
      /out-of-distribution features: expected rows of 4 values, got 6 values$/,
    ],
    [
      "one class",
      { labels: new Uint8Array(60), weights: undefined, bias: undefined },
      /labels: expected 2 classes or more, got 1$/,
    ],
  ];
  for (const [name, difference, message] of bad)
    it(`measureFeatures rejects ${name} and says where`, () => {
      assert.throws(() => measureFeatures({ ...whole, ...difference }), message);
    });
});

describe("sampleRows", () => {
  it("sampleRows takes equally many of each class, all of small ones, in ascending order", () => {
    const labels = [0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2];
    const { rows, perClass } = sampleRows(labels, { count: 8, least: 1, random: new Random(0) });
    assert.equal(perClass, 3);
    assert.deepEqual(
      [...rows],
      [...rows].sort((a, b) => a - b),
    );
    assert.deepEqual(
      [0, 1, 2].map((k) => [...rows].filter((n) => labels[n] === k).length),
      [3, 1, 3],
    );
    const all = sampleRows(labels, { count: 12, least: 1, random: new Random(0) });
    assert.equal(all.rows.length, 12);
  });
});
