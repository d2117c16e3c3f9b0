import assert from "node:assert/strict";
import fc from "fast-check";
import { biasSum, classifierSum } from "../../../src/metrics/collapse/classifierSum";
import { Random } from "../../../src/numerics/random";
import { assertClose } from "../../support/assertClose";
import {
  assertUndefined,
  collapsedExamples,
  multiply,
  normals,
  randomRotation,
  rounding,
} from "./examples";

const none = (classCount: number) => new Float64Array(classCount);
const sizes = fc.record({
  seed: fc.nat(),
  classCount: fc.integer({ min: 2, max: 6 }),
  dim: fc.integer({ min: 1, max: 8 }),
});
const runs = { seed: 1, numRuns: 100 };

/** A classifier of normal numbers with a shift that its rows share. */
function randomClassifier(random: Random, classCount: number, dim: number) {
  const shift = normals(random, dim);
  const weights = normals(random, classCount * dim).map((value, at) => value + shift[at % dim]);
  return { weights, bias: normals(random, classCount) };
}

describe("classifierSum", () => {
  it("classifierSum is |(4, 6)| / |(1, 2, 3, 4)| for rows (1, 2) and (3, 4)", () => {
    const expected = Math.sqrt(52 / 30);
    assertClose(classifierSum({ weights: [1, 2, 3, 4], bias: none(2) }, 2), expected, rounding);
  });

  it("classifierSum is 0 for opposite rows and for a rotated simplex ETF of any size", () => {
    assert.equal(classifierSum({ weights: [1, -2, -1, 2], bias: none(2) }, 2), 0);
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim: extra }) => {
        const dim = classCount + extra;
        const { weights } = collapsedExamples(new Random(seed), classCount, dim);
        assertClose(classifierSum({ weights, bias: none(classCount) }, dim), 0, rounding);
      }),
      runs,
    );
  });

  it("classifierSum is sqrt(C), its maximum, for equal rows and 1 for orthogonal rows", () => {
    const equal = [3, 4, 3, 4, 3, 4, 3, 4, 3, 4];
    assertClose(classifierSum({ weights: equal, bias: none(5) }, 2), Math.sqrt(5), rounding);
    assertClose(classifierSum({ weights: [2, 0, 0, 5], bias: none(2) }, 2), 1, rounding);
  });

  it("classifierSum matches a naive |sum of the rows| / |W|_F and is at most sqrt(C)", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const classifier = randomClassifier(new Random(seed), classCount, dim);
        const rows = Array.from({ length: classCount }, (_, c) =>
          Array.from(classifier.weights.subarray(c * dim, (c + 1) * dim)),
        );
        const columnSums = rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0));
        const expected = Math.hypot(...columnSums) / Math.hypot(...rows.flat());
        const actual = classifierSum(classifier, dim);
        assertClose(actual, expected, rounding);
        assert.ok(actual >= 0 && actual <= Math.sqrt(classCount) + rounding);
      }),
      runs,
    );
  });

  it("classifierSum does not change when rows are scaled together, rotated or reordered", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const random = new Random(seed);
        const { weights, bias } = randomClassifier(random, classCount, dim);
        const expected = classifierSum({ weights, bias }, dim);
        const scale = 10 ** (8 * random.uniform() - 4);
        const order = random.shuffle(Array.from({ length: classCount }, (_, c) => c));
        for (const changed of [
          weights.map((value) => -scale * value),
          multiply(weights, randomRotation(random, dim), dim, dim),
          Float64Array.from(order.flatMap((c) => [...weights.subarray(c * dim, (c + 1) * dim)])),
        ])
          assertClose(classifierSum({ weights: changed, bias }, dim), expected, 1e-13);
      }),
      runs,
    );
  });

  it("classifierSum ignores the biases", () => {
    const weights = [1, 2, 3, 4];
    assert.equal(
      classifierSum({ weights, bias: [7, 8] }, 2),
      classifierSum({ weights, bias: [0, 0] }, 2),
    );
  });

  it("classifierSum is undefined for zero weights and rejects a single row and NaN", () => {
    assertUndefined(() => classifierSum({ weights: [0, 0], bias: [1, 2] }, 1), /got only zeros/);
    const refused = (weights: number[], dim: number, message: RegExp) =>
      assert.throws(() => classifierSum({ weights, bias: [] }, dim), {
        name: "RangeError",
        message,
      });
    refused([1, 2], 2, /expected 2 vectors or more/);
    refused([1, 2, 3], 2, /expected 2 vectors or more/);
    refused([1, NaN], 1, /expected finite vectors, got NaN at value 1/);
  });
});

describe("biasSum", () => {
  it("biasSum is |1 - 3| / 5 for biases 1 and -3 with |W|_F = 5", () => {
    assertClose(biasSum({ weights: [3, 0, 0, -4], bias: [1, -3] }), 0.4, rounding);
  });

  it("biasSum is 0 for biases that sum to 0 and for biases that are all 0", () => {
    assert.equal(biasSum({ weights: [1, 2, 3], bias: [2, -3, 1] }), 0);
    assert.equal(biasSum({ weights: [1, 2, 3], bias: [0, 0, 0] }), 0);
  });

  it("biasSum matches a naive |sum of b| / |W|_F, also after scaling weights and biases", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const { weights, bias } = randomClassifier(new Random(seed), classCount, dim);
        const naive = Math.abs(bias.reduce((sum, b) => sum + b, 0)) / Math.hypot(...weights);
        assertClose(biasSum({ weights, bias }), naive, rounding);
        const scaled = {
          weights: weights.map((value) => 8 * value),
          bias: bias.map((value) => -4 * value),
        };
        assertClose(biasSum(scaled), naive / 2, rounding);
      }),
      runs,
    );
  });

  it("biasSum is undefined for zero weights", () => {
    assertUndefined(() => biasSum({ weights: [0, 0], bias: [1, 2] }), /got only zeros/);
  });
});
