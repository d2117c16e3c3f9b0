import assert from "node:assert/strict";
import fc from "fast-check";
import type { Metric } from "../../../src/metrics/topology/metric";
import { assertClose } from "../../support/assertClose";
import {
  clouds,
  FINE,
  METRICS,
  referenceDistance,
  ROUNDING,
  rows,
  pairwiseDistances,
} from "./reference";

describe("pairwise distances", () => {
  it("(0, 0) and (3, -4) are 7 apart in L1, 5 in L2, 4 in LInfinity and 91^(1/3) in L3", () => {
    const points = new Float32Array([0, 0, 3, -4]);
    const distance = (metric: Metric) => pairwiseDistances(points, 2, metric)[1];
    assert.equal(distance("L1"), 7);
    assert.equal(distance("L2"), 5);
    assert.equal(distance("LInfinity"), 4);
    assertClose(distance("L3"), Math.cbrt(91), ROUNDING);
  });

  it("pairwise distances match their definition in every metric", () => {
    fc.assert(
      fc.property(clouds(FINE), fc.constantFrom(...METRICS), (cloud, metric) => {
        const points = rows(cloud);
        const expected = points.flatMap((x) => points.map((y) => referenceDistance(x, y, metric)));
        assertClose(pairwiseDistances(cloud.points, cloud.dim, metric), expected, ROUNDING);
      }),
      { seed: 1 },
    );
  });

  for (const scale of [1e300, 1e-300]) {
    it(`pairwise distances keep their precision at a scale of ${scale}`, () => {
      const points = new Float64Array([0, 0, 3 * scale, 4 * scale]);
      for (const metric of METRICS) {
        const expected = referenceDistance([0, 0], [3, 4], metric);
        assertClose(pairwiseDistances(points, 2, metric)[1] / scale, expected, ROUNDING);
      }
    });
  }

  it("pairwise distances reject an invalid point cloud and report the invalid value", () => {
    const refuses = (values: number[], dim: number, message: RegExp) =>
      assert.throws(() => pairwiseDistances(Float64Array.from(values), dim), {
        name: "RangeError",
        message,
      });
    refuses([1, 2, 3], 2, /expected points of dimension 2, got 3 values/);
    refuses([], 2, /expected points of dimension 2, got 0 values/);
    refuses([1], 0, /expected a dimension of 1 or more, got 0/);
    refuses([1], 0.5, /expected a dimension of 1 or more, got 0.5/);
    refuses([1, 2, 3, NaN], 2, /expected finite points, got NaN in point 1/);
    refuses([-Infinity, 2], 1, /expected finite points, got -Infinity in point 0/);
    refuses([1.7e308, -1.7e308], 1, /expected distances below/);
  });
});
