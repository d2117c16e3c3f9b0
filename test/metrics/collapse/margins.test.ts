import assert from "node:assert/strict";
import fc from "fast-check";
import {
  cosineLogits,
  cosineMargins,
  logitDifferences,
  logitMargins,
} from "../../../src/metrics/collapse/margins";
import { UndefinedMeasureError } from "../../../src/metrics/collapse/undefinedMeasure";
import { Random } from "../../../src/numerics/random";
import {
  assertAllClose,
  collapsedExamples,
  multiply,
  normals,
  randomRotation,
  rounding,
} from "./examples";

describe("logit margins", () => {
  const logits = [3, 1, 2, 3, 1, 2];

  it("are 1 for class 0 of logits 3, 1, 2 and -2 for class 1", () => {
    assert.deepEqual([...logitMargins(logits, [0, 1], 3)], [1, -2]);
  });

  it("are the smallest of the differences from all other classes, kept in their order", () => {
    assert.deepEqual([...logitDifferences(logits, [0, 1], 3)], [2, 1, -2, -1]);
    assert.deepEqual([...logitDifferences(logits, [2, 2], 3)], [-1, 1, -1, 1]);
  });

  it("do not change when a number is added to all logits of an example", () => {
    const shifted = logits.map((logit, i) => logit + (i < 3 ? 8 : -4));
    assert.deepEqual(logitMargins(shifted, [0, 1], 3), logitMargins(logits, [0, 1], 3));
  });

  it("are refused for one class, NaN, labels out of range and lengths that disagree", () => {
    for (const of of [logitMargins, logitDifferences]) {
      assert.throws(() => of([1], [0], 1), /RangeError: expected 2 classes or more, got 1/);
      assert.throws(() => of([1, 2, 3], [0], 2), /RangeError: expected 1 labels x 2 logits, got 3/);
      assert.throws(() => of([1, 2], [2], 2), /RangeError: expected labels from 0 to 1, got 2/);
      assert.throws(() => of([1, 2, 3, NaN], [0, 0], 2), /finite logits, got NaN at example 1/);
    }
    assert.deepEqual([...logitMargins([], [], 2)], []);
  });
});

describe("cosine margins", () => {
  const axes = [1, 0, 0, 1];

  it("are 1 - 0 for (1, 0) and 0.6 - 0.8 for (3, 4), of class 0 with rows along the axes", () => {
    assertAllClose(cosineLogits([1, 0, 3, 4], axes, 2), [1, 0, 0.6, 0.8], rounding);
    assertAllClose(cosineMargins([1, 0, 3, 4], axes, [0, 0], 2), [1, -0.2], rounding);
  });

  it("do not change with the length of a feature or of a row, nor under rotations", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = new Random(seed);
        const [features, weights] = [normals(random, 5 * 4), normals(random, 3 * 4)];
        const labels = [0, 1, 2, 0, 1];
        const expected = cosineMargins(features, weights, labels, 4);
        const stretch = (values: Float64Array) =>
          values.map((value, i) => value * (1 + Math.floor(i / 4)));
        const stretched = cosineMargins(stretch(features), stretch(weights), labels, 4);
        assertAllClose(stretched, expected, 1e-13);
        const rotation = randomRotation(random, 4);
        const turn = (values: Float64Array) => multiply(values, rotation, 4, 4);
        assertAllClose(cosineMargins(turn(features), turn(weights), labels, 4), expected, 1e-13);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it("are C / (C - 1) on the centered means of a simplex with its dual classifier", () => {
    const { weights } = collapsedExamples(new Random(2), 4, 7);
    const margins = cosineMargins(weights, weights, [0, 1, 2, 3], 7);
    assertAllClose(margins, [4 / 3, 4 / 3, 4 / 3, 4 / 3], rounding);
  });

  it("are not defined for a zero feature or row, and refused for a wrong length", () => {
    assert.throws(() => cosineMargins([0, 0], axes, [0], 2), UndefinedMeasureError);
    assert.throws(() => cosineMargins([1, 0], [1, 0, 0, 0], [0], 2), UndefinedMeasureError);
    assert.throws(
      () => cosineMargins([1, 0, 1], axes, [0], 2),
      /RangeError: expected vectors of d/,
    );
    assert.throws(
      () => cosineMargins([NaN, 1], axes, [0], 2),
      /RangeError: expected a finite norm/,
    );
  });
});
