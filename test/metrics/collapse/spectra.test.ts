import assert from "node:assert/strict";
import fc from "fast-check";
import { centeredClassMeans, classStatistics } from "../../../src/metrics/collapse/classStatistics";
import {
  betweenClassEigenvalues,
  covarianceEigenvalues,
  frobeniusStableRank,
  numericalRank,
  rankTolerance,
  traceStableRank,
  withinClassEigenvalues,
} from "../../../src/metrics/collapse/spectra";
import { UndefinedMeasureError } from "../../../src/metrics/collapse/undefinedMeasure";
import { Random } from "../../../src/numerics/random";
import {
  assertAllClose,
  assertClose,
  coinciding,
  collapsedExamples,
  cross,
  multiply,
  randomExamples,
  randomRotation,
  rounding,
} from "./examples";

const sizes = fc.record({
  seed: fc.nat(),
  classCount: fc.integer({ min: 2, max: 5 }),
  dim: fc.integer({ min: 2, max: 8 }),
});
const runs = { seed: 1, numRuns: 60 };

describe("the spectra", () => {
  it("of a cross of four classes are 2, 0 within and 2, 1/2 between classes", () => {
    assertAllClose(withinClassEigenvalues(cross), [2, 0], rounding);
    assertAllClose(betweenClassEigenvalues(cross), [2, 0.5], rounding);
  });

  it("depend between classes on the mean that is named", () => {
    const statistics = classStatistics([0, 0, 0, 4], [0, 0, 0, 1], 1, 2);
    assertAllClose(betweenClassEigenvalues(statistics), [4], rounding);
    const globalMeans = centeredClassMeans(statistics, "globalMean");
    assertAllClose(betweenClassEigenvalues(statistics, globalMeans), [5], rounding);
  });

  it("are the diagonal of a rotated diagonal matrix, descending", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 8 }), (seed, dim) => {
        const random = new Random(seed);
        const rotation = randomRotation(random, dim);
        const diagonal = Array.from({ length: dim }, () => 10 * random.uniform());
        diagonal[0] = 0;
        const scaled = rotation.map((value, i) => value * diagonal[Math.floor(i / dim)]);
        const transposed = rotation.map((_, i) => rotation[(i % dim) * dim + Math.floor(i / dim)]);
        const covariance = multiply(transposed, scaled, dim, dim);
        for (let i = 0; i < dim; i++)
          for (let j = 0; j < i; j++) covariance[i * dim + j] = covariance[j * dim + i];
        const expected = diagonal.sort((a, b) => b - a);
        assertAllClose(covarianceEigenvalues(covariance, dim), expected, 1e-13);
      }),
      runs,
    );
  });

  it("have rank min(p, C - 1) between classes, about either mean, and 0 within collapsed ones", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const { features, labels } = randomExamples(new Random(seed), classCount, dim);
        const statistics = classStatistics(features, labels, dim, classCount);
        for (const center of ["meanOfClassMeans", "globalMean"] as const) {
          const means = centeredClassMeans(statistics, center);
          const eigenvalues = betweenClassEigenvalues(statistics, means);
          assert.equal(eigenvalues.length, dim);
          assert.equal(numericalRank(eigenvalues), Math.min(dim, classCount - 1));
        }
        const size = classCount + dim;
        const collapsed = collapsedExamples(new Random(seed), classCount, size);
        const zero = classStatistics(collapsed.features, collapsed.labels, size, classCount);
        assert.equal(numericalRank(withinClassEigenvalues(zero)), 0);
        assertClose(traceStableRank(betweenClassEigenvalues(zero)), classCount - 1, 1e-12);
      }),
      runs,
    );
  });

  it("are zeros between classes whose means coincide", () => {
    assert.deepEqual([...betweenClassEigenvalues(coinciding)], [0]);
  });

  it("are never negative, even where rounding makes the smallest so", () => {
    const { features, labels } = randomExamples(new Random(8), 2, 40);
    const eigenvalues = withinClassEigenvalues(classStatistics(features, labels, 40, 2));
    assert.equal(numericalRank(eigenvalues), labels.length - 2);
    assert.ok(eigenvalues.every((value) => value >= 0));
  });

  it("are refused for another shape, NaN, a matrix that is not symmetric or not a covariance", () => {
    const refused = (matrix: number[], dim: number, message: RegExp) =>
      assert.throws(() => covarianceEigenvalues(matrix, dim), { name: "RangeError", message });
    refused([1, 2, 3], 2, /expected a 2 x 2 matrix, got 3 values/);
    refused([], 0, /expected a 0 x 0 matrix/);
    refused([1, NaN, NaN, 1], 2, /expected a finite matrix, got NaN at value 1/);
    refused([1, 2, 3, 4], 2, /expected a symmetric matrix, got 2 across 3/);
    refused([1, 2, 2, 1], 2, /expected a covariance matrix, got one with eigenvalue -/);
    refused([-1], 1, /expected a covariance matrix, got one with eigenvalue -1/);
  });
});

describe("ranks", () => {
  it("of eigenvalues 4, 2, 2, 0 are 3, (4 + 2 + 2) / 4 and (16 + 4 + 4) / 16", () => {
    const eigenvalues = [2, 4, 0, 2];
    assert.equal(numericalRank(eigenvalues), 3);
    assert.equal(traceStableRank(eigenvalues), 2);
    assert.equal(frobeniusStableRank(eigenvalues), 1.5);
  });

  it("leave out what is at most the tolerance times the largest, by default n 2.2e-16", () => {
    assert.equal(rankTolerance(128), 128 * 2 ** -52);
    assert.equal(numericalRank([8, 0.8, 0.08], 0.1), 1);
    assert.equal(numericalRank([8, 0.81, 0.08], 0.1), 2);
    assert.equal(numericalRank([1e6, 1e6 * 2 ** -51]), 1);
    assert.equal(numericalRank([1e6, 1e6 * 2 ** -50]), 2);
  });

  it("do not change with the scale", () => {
    assert.equal(frobeniusStableRank([4e-200, 2e-200, 2e-200]), 1.5);
    assert.equal(traceStableRank([4e200, 2e200, 2e200]), 2);
  });

  it("of zeros are 0 where they count and not defined where they compare", () => {
    assert.equal(numericalRank([0, 0]), 0);
    assert.throws(() => traceStableRank([0, 0]), UndefinedMeasureError);
    assert.throws(() => frobeniusStableRank([0, 0]), UndefinedMeasureError);
  });

  it("are refused for no, negative or NaN eigenvalues", () => {
    for (const rank of [numericalRank, traceStableRank, frobeniusStableRank]) {
      assert.throws(() => rank([]), /RangeError: expected eigenvalues, got none/);
      assert.throws(() => rank([1, -1]), /RangeError: expected eigenvalues of a covariance/);
      assert.throws(() => rank([1, NaN]), /RangeError: .* got NaN/);
    }
  });
});
