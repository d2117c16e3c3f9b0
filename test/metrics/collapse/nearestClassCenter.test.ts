import assert from "node:assert/strict";
import {
  nearestClassCenterAccuracy,
  nearestClassCenterMismatch,
  nearestClassCenters,
  predictedClasses,
} from "../../../src/metrics/collapse/nearestClassCenter";

describe("nearest class centers", () => {
  const means = [0, 4];
  const features = [1, 3, 3, 5];

  it("nearestClassCenters finds the smallest distance and takes the first of equal ones", () => {
    assert.deepEqual([...nearestClassCenters([1, 3, 2, -9, 9], means, 2)], [0, 1, 0, 0, 1]);
    // (3, 0) is nearer to (0, 0) along no single axis but in the plane: 9 against 1 + 16.
    assert.deepEqual([...nearestClassCenters([3, 0], [2, 4, 0, 0], 2)], [1]);
  });

  it("nearestClassCenters compares distances, not inner products", () => {
    assert.deepEqual([...nearestClassCenters([1], [2, 10], 2)], [0]);
  });

  it("nearestClassCenterMismatch is 1/4 if the network disagrees on 1 of 4 examples", () => {
    const logits = [2, 1, 0, -1, -3, -2, 0, 5];
    assert.deepEqual([...predictedClasses(logits, 2)], [0, 0, 1, 1]);
    assert.equal(
      nearestClassCenterMismatch(
        nearestClassCenters(features, means, 2),
        predictedClasses(logits, 2),
      ),
      0.25,
    );
  });

  it("nearestClassCenterAccuracy is 3/4 if the centers predict 3 of 4 labels", () => {
    assert.equal(
      nearestClassCenterAccuracy(nearestClassCenters(features, means, 2), [0, 0, 1, 1]),
      0.75,
    );
  });

  it("predictedClasses takes the first of equal logits", () => {
    assert.deepEqual([...predictedClasses([1, 7, 7], 3)], [1]);
  });

  it("nearestClassCenters and predictedClasses reject values that are not finite", () => {
    assert.throws(
      () => nearestClassCenters([0, NaN], means, 2),
      /RangeError: expected finite distances, got NaN at example 1, class 0/,
    );
    assert.throws(() => nearestClassCenters([0], [NaN, 1], 2), /RangeError: expected finite/);
    assert.throws(
      () => predictedClasses([0, 1, NaN, 1], 2),
      /RangeError: expected finite logits, got NaN at example 1, class 0/,
    );
  });

  it("nearest class centers reject mismatched lengths and empty input", () => {
    const mismatch = (logits: number[], points = features) =>
      nearestClassCenterMismatch(
        nearestClassCenters(points, means, 2),
        predictedClasses(logits, 2),
      );
    assert.throws(() => mismatch([1, 2]), /RangeError: expected features of 1/);
    assert.throws(() => mismatch([1, 2, 3]), /RangeError: expected logits of 2/);
    assert.throws(() => mismatch([], []), /RangeError: expected features of 0 examples/);
    assert.throws(
      () => nearestClassCenterAccuracy(nearestClassCenters(features, means, 2), [0, 0, 1]),
      /RangeError: expected features of 3 examples/,
    );
    assert.throws(
      () => nearestClassCenters(features, [1, 2, 3], 2),
      /RangeError: expected class means/,
    );
    assert.throws(
      () => nearestClassCenters([1, 2, 3], [1, 2, 3, 4], 2),
      /RangeError: expected features of dimension 2, got 3 values/,
    );
  });
});
