import assert from "node:assert/strict";
import fc from "fast-check";
import { spanningTree } from "../../../src/metrics/topology/spanningTree";
import { assertClose } from "../../support/assertClose";
import {
  clouds,
  everyTree,
  FINE,
  METRICS,
  referenceTree,
  ROUNDING,
  pairwiseDistances,
} from "./reference";

describe("spanningTree", () => {
  it("the tree of 0, 10, 1, 4 on a line joins neighbors, shortest edge first", () => {
    const { ends, lengths } = spanningTree(new Float32Array([0, 10, 1, 4]), 1);
    assert.deepEqual([...lengths], [1, 3, 6]);
    assert.deepEqual([...ends], [0, 2, 2, 3, 1, 3]);
  });

  it("spanningTree breaks ties in the unit square by the order of the edges' ends", () => {
    const square = new Float64Array([0, 0, 1, 1, 0, 1, 1, 0]);
    assert.deepEqual([...spanningTree(square, 2).ends], [0, 2, 0, 3, 1, 2]);
  });

  it("spanningTree depends on the metric: L1 and L2 choose different edges", () => {
    const points = new Float64Array([0, 0, 2, 2, 3.5, 0]);
    assert.deepEqual([...spanningTree(points, 2, "L2").ends], [1, 2, 0, 1]);
    assert.deepEqual([...spanningTree(points, 2, "L1").ends], [0, 2, 1, 2]);
    assert.deepEqual([...spanningTree(points, 2, "L1").lengths], [3.5, 3.5]);
  });

  it("the spanning tree of one point has no edges", () => {
    const { ends, lengths } = spanningTree(new Float64Array([1, 2, 3]), 3);
    assert.deepEqual([ends.length, lengths.length], [0, 0]);
  });

  for (const [kind, denominator] of [
    ["with ties and coincident points", 1],
    ["in general position", FINE],
  ] as const) {
    it(`spanningTree equals Kruskal's tree on clouds ${kind}`, () => {
      fc.assert(
        fc.property(clouds(denominator), fc.constantFrom(...METRICS), (cloud, metric) => {
          const distances = pairwiseDistances(cloud.points, cloud.dim, metric);
          const count = cloud.points.length / cloud.dim;
          const expected = referenceTree(cloud, (i, j) => distances[i * count + j]);
          const { ends, lengths } = spanningTree(cloud.points, cloud.dim, metric);
          assert.deepEqual(
            [...lengths],
            expected.map((edge) => edge.length),
          );
          assert.deepEqual(
            [...ends],
            expected.flatMap((edge) => [edge.i, edge.j]),
          );
        }),
        { seed: 2, numRuns: 300 },
      );
    });
  }

  it("spanningTree is as short as the shortest of the 125 trees over 5 points", () => {
    fc.assert(
      fc.property(clouds(1, 5, 5), fc.constantFrom(...METRICS), (cloud, metric) => {
        const distances = pairwiseDistances(cloud.points, cloud.dim, metric);
        const totals = [...everyTree(5)].map((tree) =>
          tree.reduce((sum, [i, j]) => sum + distances[i * 5 + j], 0),
        );
        assert.equal(totals.length, 125);
        const total = spanningTree(cloud.points, cloud.dim, metric).lengths.reduce(
          (a, b) => a + b,
          0,
        );
        assertClose(total, Math.min(...totals), ROUNDING);
      }),
      { seed: 3, numRuns: 50 },
    );
  });

  it("spanningTree rejects points that are not finite and distances that overflow", () => {
    assert.throws(() => spanningTree(new Float32Array([1, NaN]), 1), /got NaN in point 1/);
    assert.throws(
      () => spanningTree(new Float64Array([1.7e308, -1.7e308]), 1),
      /expected distances below/,
    );
  });
});
