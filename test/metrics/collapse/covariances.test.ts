import assert from "node:assert/strict";
import fc from "fast-check";
import { centeredClassMeans, classStatistics } from "../../../src/metrics/collapse/classStatistics";
import {
  sampleWeightedBetweenClassCovariance,
  totalCovariance,
} from "../../../src/metrics/collapse/covariances";
import { Random } from "../../../src/numerics/random";
import { assertClose } from "../../support/assertClose";
import { randomExamples, unbalanced } from "./examples";

const sizes = fc.record({
  seed: fc.nat(),
  classCount: fc.integer({ min: 2, max: 5 }),
  dim: fc.integer({ min: 1, max: 8 }),
});
const runs = { seed: 1, numRuns: 60 };

describe("sample-weighted covariances", () => {
  it("the sample-weighted S_B of {0, 0, 0} and {4} is 3 about the mean 1 and 4 about 2", () => {
    // (3 * 1 + 1 * 9) / 4, and about 2 (3 * 4 + 1 * 4) / 4.
    assert.deepEqual([...sampleWeightedBetweenClassCovariance(unbalanced)], [3]);
    const aboutMean = sampleWeightedBetweenClassCovariance(
      unbalanced,
      centeredClassMeans(unbalanced, "meanOfClassMeans"),
    );
    assert.deepEqual([...aboutMean], [4]);
  });

  it("the sample-weighted S_B and S_W add up to the covariance of all examples", () => {
    fc.assert(
      fc.property(sizes, ({ seed, classCount, dim }) => {
        const { features, labels } = randomExamples(new Random(seed), classCount, dim);
        const statistics = classStatistics(features, labels, dim, classCount);
        const direct = new Float64Array(dim * dim);
        const { globalMean } = statistics;
        for (let n = 0; n < labels.length; n++)
          for (let at = 0; at < direct.length; at++) {
            const [i, j] = [Math.floor(at / dim), at % dim];
            const deviation = (k: number) => features[n * dim + k] - globalMean[k];
            direct[at] += (deviation(i) * deviation(j)) / labels.length;
          }
        assertClose(totalCovariance(statistics), direct, 1e-12);
      }),
      runs,
    );
  });
});
