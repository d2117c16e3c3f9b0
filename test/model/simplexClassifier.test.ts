import assert from "node:assert/strict";
import fc from "fast-check";
import { selectBackend } from "../../src/backend/selectBackend";
import { equiangularity, maximalAngle } from "../../src/metrics/collapse/equiangularity";
import { equinorm } from "../../src/metrics/collapse/equinorm";
import { simplexDistance } from "../../src/metrics/collapse/simplexDistance";
import { rowDot } from "../../src/numerics/vectors";
import { Random } from "../../src/numerics/random";
import { simplexClassifier } from "../../src/model/simplexClassifier";
import { assertClose } from "../support/assertClose";

/** Rounding of the weights to float32. */
const tolerance = 1e-6;
const sizes = fc
  .record({ seed: fc.nat(), classCount: fc.integer({ min: 2, max: 12 }), more: fc.nat(20) })
  .map(({ seed, classCount, more }) => ({ seed, classCount, dim: classCount - 1 + more }));

/** The weights, a row a class: C x dim. */
function rows(classCount: number, dim: number, seed: number): Float64Array {
  const weights = simplexClassifier(classCount, dim, new Random(seed));
  assert.deepEqual(weights.shape, [dim, classCount]);
  const values = weights.dataSync();
  weights.dispose();
  return Float64Array.from(
    { length: values.length },
    (_, at) => values[(at % dim) * classCount + Math.floor(at / dim)],
  );
}

describe("simplexClassifier", () => {
  before(async () => {
    await selectBackend("cpu");
  });

  it("two classes in one dimension have the weights 1 and -1, in either order", () => {
    const [a, b] = rows(2, 1, 1);
    assertClose(Math.abs(a), 1, tolerance);
    assertClose(b, -a, tolerance);
    const signs = new Set(Array.from({ length: 20 }, (_, seed) => Math.sign(rows(2, 1, seed)[0])));
    assert.deepEqual(signs, new Set([1, -1]));
  });

  it("rows have the simplex's inner products 1 and -1 / (C - 1) in any dimension from C - 1", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const weights = rows(classCount, dim, seed);
        for (let a = 0; a < classCount; a++)
          for (let b = 0; b < classCount; b++)
            assertClose(
              rowDot(weights, a, weights, b, dim),
              a === b ? 1 : -1 / (classCount - 1),
              tolerance,
            );
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it("collapse measures are 0 for 10 classes in 128 dimensions", () => {
    const weights = rows(10, 128, 1);
    for (const measure of [equinorm, equiangularity, maximalAngle, simplexDistance])
      assertClose(measure(weights, 128), 0, tolerance, { what: measure.name });
  });

  it("the seed determines a rotation that involves every feature", () => {
    const weights = rows(10, 128, 1);
    assert.deepEqual(rows(10, 128, 1), weights);
    const other = rows(10, 128, 2);
    // Vectors of norm 1 in 128 dimensions that have nothing to do with each other.
    assert.ok(Math.abs(rowDot(weights, 0, other, 0, 128)) < 0.4);
    assert.ok(weights.every((value) => value !== 0));
    // No value of a unit vector of a random direction is near 1 / 2: more than five standard deviations.
    assert.ok(weights.every((value) => Math.abs(value) < 0.5));
  });

  it("simplexClassifier rejects a single class and a dimension too small for the simplex", () => {
    const refuses = (classCount: number, dim: number, message: RegExp) =>
      assert.throws(() => simplexClassifier(classCount, dim, new Random(1)), {
        name: "RangeError",
        message,
      });
    refuses(1, 5, /expected 2 classes or more, got 1/);
    refuses(2.5, 5, /expected 2 classes or more, got 2.5/);
    refuses(4, 2, /expected a dimension of 3 or more for 4 classes, got 2/);
    refuses(4, 3.5, /got 3.5/);
  });
});
