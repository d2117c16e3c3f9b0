import assert from "node:assert/strict";
import fc from "fast-check";
import {
  hypersphericalUniformity,
  hypersphericalUniformityExcess,
  logInverseDistance,
  rieszKernel,
} from "../../../src/metrics/collapse/hypersphericalUniformity";
import { UndefinedMeasureError } from "../../../src/metrics/collapse/undefinedMeasure";
import { Random } from "../../../src/numerics/random";
import { assertClose } from "../../support/assertClose";
import { normals, rounding } from "./examples";

const height = Math.sqrt(3) / 2;
/** Three directions 120 degrees apart. */
const triangle = [1, 0, -0.5, height, -0.5, -height];
const sizes = fc.record({
  seed: fc.nat(),
  classCount: fc.integer({ min: 2, max: 6 }),
  dim: fc.integer({ min: 2, max: 8 }),
});
const runs = { seed: 1, numRuns: 60 };

describe("hypersphericalUniformity", () => {
  // Directions at distances sqrt(2), 2, sqrt(2).
  const three = [1, 0, 0, 5, -2, 0];

  it("hypersphericalUniformity is the mean kernel over pairs of vectors scaled to length 1", () => {
    assertClose(hypersphericalUniformity(three, 2), (-2 * Math.LN2) / 3, rounding);
    assertClose(hypersphericalUniformity(three, 2, rieszKernel(2)), 5 / 12, rounding);
    assertClose(
      hypersphericalUniformity(three, 2, rieszKernel(1)),
      (Math.SQRT2 + 0.5) / 3,
      rounding,
    );
  });

  it("the excess of three directions over a simplex is log(3) / 2 - 2 log(2) / 3", () => {
    const expected = Math.log(3) / 2 - (2 * Math.LN2) / 3;
    assertClose(hypersphericalUniformityExcess(three, 2), expected, rounding);
    assertClose(hypersphericalUniformityExcess(three, 2, rieszKernel(2)), 1 / 12, rounding);
  });

  it("the excess of a simplex is 0, although its uniformity is not 0", () => {
    for (const kernel of [logInverseDistance, rieszKernel(1), rieszKernel(3)]) {
      assertClose(hypersphericalUniformityExcess(triangle, 2, kernel), 0, rounding);
      assertClose(hypersphericalUniformityExcess([2, -5], 1, kernel), 0, rounding);
      assert.ok(hypersphericalUniformity(triangle, 2, kernel) !== 0);
    }
  });

  it("the excess is never negative, for any number of vectors in any dimension", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const vectors = normals(new Random(seed), classCount * dim);
        for (const kernel of [logInverseDistance, rieszKernel(1)])
          assert.ok(hypersphericalUniformityExcess(vectors, dim, kernel) >= -rounding);
      }),
      runs,
    );
  });

  it("uniformity is undefined for a zero vector and equal directions and rejects NaN", () => {
    const parallel = [0.1, 0.3, 0.7, 2.1, -1, 0];
    assert.throws(() => hypersphericalUniformity(parallel, 2), UndefinedMeasureError);
    assert.throws(() => hypersphericalUniformity(parallel, 2), /different directions, .* 0 and 1/);
    assert.throws(() => hypersphericalUniformity([1, 0, 0, 0], 2), UndefinedMeasureError);
    assert.throws(() => hypersphericalUniformity([1, NaN], 1), /RangeError: expected finite/);
    assert.throws(() => hypersphericalUniformity([1, 2], 2), /RangeError: expected 2 vectors/);
  });

  it("rieszKernel rejects an exponent that is not a finite number above 0", () => {
    for (const exponent of [0, -1, NaN, Infinity])
      assert.throws(() => rieszKernel(exponent), /RangeError: expected an exponent above 0/);
  });
});
