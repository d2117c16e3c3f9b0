import assert from "node:assert/strict";
import fc from "fast-check";
import { MEASURES } from "../../../src/metrics/collapse/catalogue";
import { classStatistics } from "../../../src/metrics/collapse/classStatistics";
import { measuredValues } from "../../../src/metrics/collapse/collapseReport";
import { geometryOf, type GeometryParts } from "../../../src/metrics/collapse/geometry";
import { meanDirections } from "../../../src/metrics/collapse/meanDirections";
import { withinClassVariability } from "../../../src/metrics/collapse/withinClassVariability";
import { Random } from "../../../src/numerics/random";
import { assertClose } from "../../support/assertClose";
import { multiply, normals, randomRotation } from "./examples";

/** `rank` dimensions, 12 examples a class, class means of norm 3 or so apart. */
function examplesOf(random: Random, classCount: number, rank: number) {
  const centers = normals(random, classCount * rank).map((value) => 3 * value);
  const labels = Array.from({ length: 12 * classCount }, (_, n) => n % classCount);
  const features = Float64Array.from(
    labels.flatMap((c) =>
      Array.from(centers.subarray(c * rank, (c + 1) * rank), (value) => value + random.normal()),
    ),
  );
  return { features, labels };
}

/** The features in `dim` dimensions, the new ones zero, rotated and shifted by about `offset`. */
function embedded(
  random: Random,
  features: Float64Array,
  rank: number,
  dim: number,
  offset = 0,
): Float64Array {
  const axes = randomRotation(random, dim).subarray(0, rank * dim);
  const shift = normals(random, dim).map((value) => offset * value);
  return multiply(features, axes, rank, dim).map((value, at) => value + shift[at % dim]);
}

function values(
  features: ArrayLike<number>,
  labels: number[],
  dim: number,
  parts: Partial<GeometryParts> = {},
) {
  const classCount = Math.max(...labels) + 1;
  const examples = [{ features, labels }];
  return measuredValues(MEASURES, geometryOf({ examples, shape: { dim, classCount }, ...parts }));
}

const embeddings = fc.record({
  seed: fc.nat(),
  classCount: fc.integer({ min: 3, max: 8 }),
  rank: fc.integer({ min: 2, max: 5 }),
  dim: fc.integer({ min: 6, max: 40 }),
});

describe("measures of features of finite precision", () => {
  it("rotating features into more dimensions, in float32, changes no measure by more than 1e-5", () => {
    fc.assert(
      fc.property(embeddings, ({ seed, classCount, rank, dim }) => {
        const random = new Random(seed);
        const { features, labels } = examplesOf(random, classCount, rank);
        const outside = normals(random, rank);
        const weights = normals(random, classCount * rank);
        const bias = normals(random, classCount);
        const rotate = (rows: Float64Array) => embedded(new Random(seed), rows, rank, dim);
        const before = values(features, labels, rank, {
          classifier: { weights, bias },
          outOfDistributionMean: outside,
        });
        const after = values(Float32Array.from(rotate(features)), labels, dim, {
          classifier: { weights: rotate(weights), bias },
          outOfDistributionMean: rotate(outside),
        });
        // It is relative to min(p, C - 1), which grows with the dimensions.
        const scale = Math.min(dim, classCount - 1) / Math.min(rank, classCount - 1);
        after.variabilityCollapseIndex = 1 - scale * (1 - after.variabilityCollapseIndex!);
        for (const [name, value] of Object.entries(before)) {
          if (value === null) assert.equal(after[name], null, name);
          else assertClose(after[name]!, value, 1e-5, { what: name });
        }
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it("NC1 of three dimensions rotated into 40 counts three directions in every format", () => {
    const random = new Random(1);
    const { features, labels } = examplesOf(random, 6, 3);
    const direct = values(features, labels, 3);
    const spacings = { bfloat16: 2 ** -8, float16: 2 ** -11, float32: 2 ** -24 } as const;
    for (const [precision, half] of Object.entries(spacings)) {
      const rotated = embedded(new Random(2), features, 3, 40, precision === "float32" ? 1e3 : 0);
      const rounded = rotated.map((value) => {
        const unit = 2 * half * 2 ** Math.floor(Math.log2(Math.abs(value)));
        return unit * Math.round(value / unit);
      });
      const actual = values(rounded, labels, 40, { precision: precision as "float16" });
      assert.equal(actual.betweenClassRank, 3, precision);
      assert.equal(actual.withinClassRank, 3, precision);
      assertClose(actual.withinClassVariability!, direct.withinClassVariability!, 40 * half, {
        scale: precision === "float32" ? 1e3 : 1,
      });
      // Without the precision the rounding counts as data.
      assert.ok(values(rounded, labels, 40).betweenClassRank! > 3, precision);
    }
  });

  it("features with an offset of 1e4 have the measures that they have without it to 1e-9", () => {
    const random = new Random(6);
    const { features, labels } = examplesOf(random, 5, 12);
    const weights = normals(random, 5 * 12);
    const far = features.map((value) => value + 1e4);
    // The features that the far ones are without the offset: its addition rounds.
    const near = far.map((value) => value - 1e4);
    // The bias takes the offset out of the logits again.
    const bias = [0, 1, 2, 3, 4].map(
      (c) => -1e4 * weights.subarray(12 * c, 12 * (c + 1)).reduce((a, b) => a + b),
    );
    const before = values(near, labels, 12, { classifier: { weights, bias: new Float64Array(5) } });
    const after = values(far, labels, 12, { classifier: { weights, bias } });
    const ofOffset = [
      "biasSum",
      "biasCollapse",
      "featureNormMean",
      "featureNormSampleStd",
      "oleLoss",
    ];
    for (const [name, value] of Object.entries(before))
      if (!ofOffset.includes(name) && value !== null)
        assertClose(after[name]!, value, 1e-9, { what: name });
  });

  it("class means in doubles have directions of 1e-9 of the largest, and NC1 keeps their digits", () => {
    // Two classes that differ by 1 along the first axis, two by 1e-9 along the second.
    const small = 1e-9;
    const features = [
      [1, 0],
      [-1, 0],
      [0, small],
      [0, -small],
    ].flatMap(([x, y]) => [x + 0.1, y + small / 4, x - 0.1, y - small / 4]);
    const statistics = classStatistics(features, [0, 0, 1, 1, 2, 2, 3, 3], 2, 4);
    // S_B = diag(1/2, small^2 / 2) and S_W = diag(0.01, small^2 / 16), which are correlated.
    assertClose(withinClassVariability(statistics), (0.02 + 1 / 8) / 4, 1e-6);
  });

  it("meanDirections gives a pseudo-inverse of the scatter of means of any rank", () => {
    fc.assert(
      fc.property(embeddings, ({ seed, classCount, rank, dim }) => {
        const random = new Random(seed);
        const means = embedded(random, normals(random, classCount * rank), rank, dim);
        const directions = meanDirections(means, dim, 1e-10);
        assert.equal(directions.rank, Math.min(rank, classCount, dim));
        // D M has orthonormal rows where D'D = (M M')^+: D M M' D' = I.
        const transposed = (matrix: Float64Array, columns: number) =>
          matrix.map((_, at) => {
            const rows = matrix.length / columns;
            return matrix[(at % rows) * columns + Math.floor(at / rows)];
          });
        const along = multiply(directions.whitening, transposed(means, dim), dim, classCount);
        const identity = multiply(
          along,
          transposed(along, classCount),
          classCount,
          directions.rank,
        );
        identity.forEach((value, at) =>
          assertClose(value, at % (directions.rank + 1) === 0 ? 1 : 0, 1e-9),
        );
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});
