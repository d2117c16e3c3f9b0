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
import { assertClose } from "../../support/assertClose";
import {
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

describe("covariance spectra", () => {
  it("a cross of four classes has eigenvalues 2, 0 within and 2, 1/2 between classes", () => {
    assertClose(withinClassEigenvalues(cross), [2, 0], rounding);
    assertClose(betweenClassEigenvalues(cross), [2, 0.5], rounding);
  });

  it("the between-class spectrum depends on the chosen center", () => {
    const statistics = classStatistics([0, 0, 0, 4], [0, 0, 0, 1], 1, 2);
    assertClose(betweenClassEigenvalues(statistics), [4], rounding);
    const globalMeans = centeredClassMeans(statistics, "globalMean");
    assertClose(betweenClassEigenvalues(statistics, globalMeans), [5], rounding);
  });

  it("covarianceEigenvalues recovers the diagonal of a rotated matrix in descending order", () => {
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
        assertClose(covarianceEigenvalues(covariance, dim), expected, 1e-13);
      }),
      runs,
    );
  });

  it("S_B has rank min(p, C - 1) about either center, and collapsed S_W has rank 0", () => {
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

  it("the between-class eigenvalues are 0 if the class means coincide", () => {
    assert.deepEqual([...betweenClassEigenvalues(coinciding)], [0]);
  });

  it("eigenvalues are never negative, even if rounding makes the smallest negative", () => {
    const { features, labels } = randomExamples(new Random(8), 2, 40);
    const eigenvalues = withinClassEigenvalues(classStatistics(features, labels, 40, 2));
    assert.equal(numericalRank(eigenvalues), labels.length - 2);
    assert.ok(eigenvalues.every((value) => value >= 0));
  });

  it("covarianceEigenvalues rejects wrong shapes, NaN, asymmetry and negative eigenvalues", () => {
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

describe("spectral ranks", () => {
  it("eigenvalues 4, 2, 2, 0 have rank 3 and stable ranks 8 / 4 and 24 / 16", () => {
    const eigenvalues = [2, 4, 0, 2];
    assert.equal(numericalRank(eigenvalues), 3);
    assert.equal(traceStableRank(eigenvalues), 2);
    assert.equal(frobeniusStableRank(eigenvalues), 1.5);
  });

  it("numericalRank ignores eigenvalues up to a share of the largest, n 2^-52 by default", () => {
    assert.equal(rankTolerance(128), 128 * 2 ** -52);
    assert.equal(numericalRank([8, 0.8, 0.08], 0.1), 1);
    assert.equal(numericalRank([8, 0.81, 0.08], 0.1), 2);
    assert.equal(numericalRank([1e6, 1e6 * 2 ** -51]), 1);
    assert.equal(numericalRank([1e6, 1e6 * 2 ** -50]), 2);
  });

  it("stable ranks do not depend on the scale of the eigenvalues", () => {
    assert.equal(frobeniusStableRank([4e-200, 2e-200, 2e-200]), 1.5);
    assert.equal(traceStableRank([4e200, 2e200, 2e200]), 2);
  });

  it("eigenvalues of 0 have numerical rank 0 and undefined stable ranks", () => {
    assert.equal(numericalRank([0, 0]), 0);
    assert.throws(() => traceStableRank([0, 0]), UndefinedMeasureError);
    assert.throws(() => frobeniusStableRank([0, 0]), UndefinedMeasureError);
  });

  it("every rank rejects empty, negative and NaN eigenvalues", () => {
    for (const rank of [numericalRank, traceStableRank, frobeniusStableRank]) {
      assert.throws(() => rank([]), /RangeError: expected eigenvalues, got none/);
      assert.throws(() => rank([1, -1]), /RangeError: expected eigenvalues of a covariance/);
      assert.throws(() => rank([1, NaN]), /RangeError: .* got NaN/);
    }
  });
});
