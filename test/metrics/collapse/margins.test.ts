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
import { assertClose } from "../../support/assertClose";
import { collapsedExamples, multiply, normals, randomRotation, rounding } from "./examples";

describe("logit margins", () => {
  const logits = [3, 1, 2, 3, 1, 2];

  it("the logit margin of logits 3, 1, 2 is 1 for class 0 and -2 for class 1", () => {
    assert.deepEqual([...logitMargins(logits, [0, 1], 3)], [1, -2]);
  });

  it("logitDifferences lists the differences from all other classes in class order", () => {
    assert.deepEqual([...logitDifferences(logits, [0, 1], 3)], [2, 1, -2, -1]);
    assert.deepEqual([...logitDifferences(logits, [2, 2], 3)], [-1, 1, -1, 1]);
  });

  it("logit margins do not change when a constant is added to all logits of an example", () => {
    const shifted = logits.map((logit, i) => logit + (i < 3 ? 8 : -4));
    assert.deepEqual(logitMargins(shifted, [0, 1], 3), logitMargins(logits, [0, 1], 3));
  });

  it("logit margins and differences reject one class, NaN, wrong labels and wrong lengths", () => {
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

  it("(1, 0) and (3, 4) have cosine margins 1 - 0 and 0.6 - 0.8 with rows along the axes", () => {
    assertClose(cosineLogits([1, 0, 3, 4], axes, 2), [1, 0, 0.6, 0.8], rounding);
    assertClose(cosineMargins([1, 0, 3, 4], axes, [0, 0], 2), [1, -0.2], rounding);
  });

  it("cosine margins do not change under rotations or with the lengths of the vectors", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = new Random(seed);
        const [features, weights] = [normals(random, 5 * 4), normals(random, 3 * 4)];
        const labels = [0, 1, 2, 0, 1];
        const expected = cosineMargins(features, weights, labels, 4);
        const stretch = (values: Float64Array) =>
          values.map((value, i) => value * (1 + Math.floor(i / 4)));
        const stretched = cosineMargins(stretch(features), stretch(weights), labels, 4);
        assertClose(stretched, expected, 1e-13);
        const rotation = randomRotation(random, 4);
        const turn = (values: Float64Array) => multiply(values, rotation, 4, 4);
        assertClose(cosineMargins(turn(features), turn(weights), labels, 4), expected, 1e-13);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it("cosine margins are C / (C - 1) on a centered simplex with its dual classifier", () => {
    const { weights } = collapsedExamples(new Random(2), 4, 7);
    const margins = cosineMargins(weights, weights, [0, 1, 2, 3], 7);
    assertClose(margins, [4 / 3, 4 / 3, 4 / 3, 4 / 3], rounding);
  });

  it("cosineMargins is undefined for a zero vector and rejects a wrong length and NaN", () => {
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
