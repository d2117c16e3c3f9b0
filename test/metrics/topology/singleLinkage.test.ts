import assert from "node:assert/strict";
import fc from "fast-check";
import type { Metric } from "../../../src/metrics/topology/metric";
import { singleLinkage, type MergeTree } from "../../../src/metrics/topology/singleLinkage";
import { spanningTree } from "../../../src/metrics/topology/spanningTree";
import fixture from "../../fixtures/topology2.json";
import { assertClose } from "../../support/assertClose";
import { clouds, FINE, mergeTime, METRICS, type Cloud, pairwiseDistances } from "./reference";

const linkage = ({ points, dim }: Cloud, metric: Metric = "L2") =>
  singleLinkage(spanningTree(points, dim, metric));
const line = (...points: number[]) => linkage({ points: Float64Array.from(points), dim: 1 });
const anyMetric = fc.constantFrom(...METRICS);

/** The points of a node, ascending. */
function pointsBelow({ left, right, times }: MergeTree, node: number): number[] {
  const count = times.length + 1;
  const points: number[] = [];
  const open = [node];
  while (open.length > 0) {
    const next = open.pop()!;
    if (next < count) points.push(next);
    else open.push(left[next - count], right[next - count]);
  }
  return points.sort((a, b) => a - b);
}

/** From the definition: the least scale, of the distances, at which steps up to it link i and j. */
function reachedAt(distances: Float64Array, count: number, i: number, j: number): number {
  const scales = [0, ...distances].sort((a, b) => a - b);
  return scales.find((scale) => {
    const reached = new Set([i]);
    for (const a of reached)
      for (let b = 0; b < count; b++) if (distances[a * count + b] <= scale) reached.add(b);
    return reached.has(j);
  })!;
}

describe("singleLinkage", () => {
  it("the merge tree of 0, 10, 1, 4 on a line joins 0 and 1, then 4, then 10", () => {
    const { left, right, times, sizes, parents } = line(0, 10, 1, 4);
    assert.deepEqual([...left], [0, 3, 1]);
    assert.deepEqual([...right], [2, 4, 5]);
    assert.deepEqual([...times], [1, 3, 6]);
    assert.deepEqual([...sizes], [2, 3, 4]);
    assert.deepEqual([...parents], [4, 6, 4, 5, 5, 6, -1]);
  });

  it("the second merge of 0, 10, 1, 4 joins point 3 with points 0 and 2", () => {
    const tree = line(0, 10, 1, 4);
    assert.deepEqual([...pointsBelow(tree, tree.left[1])], [3]);
    assert.deepEqual([...pointsBelow(tree, tree.right[1])], [0, 2]);
    assert.deepEqual([...pointsBelow(tree, 6)], [0, 1, 2, 3]);
  });

  it("two points merge at the longest step of the best path between them", () => {
    const tree = line(0, 10, 1, 4);
    assert.equal(mergeTime(tree, 0, 3), 3);
    assert.equal(mergeTime(tree, 3, 0), 3);
    assert.equal(mergeTime(tree, 2, 1), 6);
    assert.equal(mergeTime(tree, 1, 1), 0);
  });

  it("the merge tree of one point has no merges", () => {
    const tree = line(7);
    assert.equal(tree.times.length, 0);
    assert.deepEqual([...pointsBelow(tree, 0)], [0]);
    assert.equal(mergeTime(tree, 0, 0), 0);
  });

  fixture.trees.forEach((cloud, at) => {
    const tree = linkage(
      { points: Float64Array.from(cloud.points), dim: cloud.dim },
      cloud.metric as Metric,
    );
    const count = tree.times.length + 1;
    // The fixture has 12 digits.
    const digits = 1e-11;

    it(`merge heights, and rows of clouds without ties, agree with SciPy (cloud ${at})`, () => {
      const column = (k: number) => cloud.linkage.map((row) => row[k]);
      assertClose(tree.times, column(2), digits);
      if (!cloud.ordered) return;
      assert.deepEqual([...tree.left], column(0));
      assert.deepEqual([...tree.right], column(1));
      assert.deepEqual([...tree.sizes], column(3));
    });

    it(`merge times agree with SciPy's cophenetic distances (cloud ${at})`, () => {
      const times: number[] = [];
      for (let i = 0; i < count; i++)
        for (let j = i + 1; j < count; j++) times.push(mergeTime(tree, i, j));
      assertClose(times, cloud.cophenetic, digits);
    });
  });

  for (const denominator of [1, FINE])
    it(`points merge at the scale whose steps link them (coordinates in 1/${denominator})`, () => {
      fc.assert(
        fc.property(clouds(denominator, 1, 7), anyMetric, (cloud, metric) => {
          const tree = linkage(cloud, metric);
          const distances = pairwiseDistances(cloud.points, cloud.dim, metric);
          const count = tree.times.length + 1;
          for (let i = 0; i < count; i++)
            for (let j = 0; j < count; j++)
              assert.equal(mergeTime(tree, i, j), reachedAt(distances, count, i, j));
        }),
        { seed: 21 },
      );
    });

  it("each merge is the disjoint union of the two components that it joins", () => {
    fc.assert(
      fc.property(clouds(1), anyMetric, (cloud, metric) => {
        const tree = linkage(cloud, metric);
        const count = tree.times.length + 1;
        tree.times.forEach((_, e) => {
          const [a, b] = [tree.left[e], tree.right[e]].map((node) => pointsBelow(tree, node));
          const joined = [...a, ...b].sort((i, j) => i - j);
          assert.equal(new Set(joined).size, joined.length);
          assert.equal(tree.sizes[e], joined.length);
          assert.deepEqual([...pointsBelow(tree, count + e)], joined);
          assert.ok(tree.left[e] < tree.right[e]);
        });
      }),
      { seed: 22 },
    );
  });

  it("singleLinkage builds the tree of a chain of 20,000 points without deep recursion", () => {
    const points = Float64Array.from({ length: 20000 }, (_, i) => i);
    const ends = Int32Array.from({ length: 39998 }, (_, k) => (k + 1) >> 1);
    const tree = singleLinkage({ ends, lengths: new Float64Array(19999).fill(1) });
    assert.deepEqual([...pointsBelow(tree, 39998)], [...points]);
  });

  it("singleLinkage rejects edges that do not form a tree or are not in ascending order", () => {
    const build = (ends: number[], lengths: number[]) =>
      singleLinkage({ ends: Int32Array.from(ends), lengths: Float64Array.from(lengths) });
    assert.throws(() => build([0, 1, 0, 1], [1, 2]), /got a cycle at edge 1/);
    assert.throws(() => build([0, 1, 1, 3], [1, 2]), /expected ends from 0 to 2, got 3 at 3/);
    assert.throws(() => build([0, 1, 1, 2], [2, 1]), /ascending, got 1 at 1/);
    assert.throws(() => build([0, 1, 1, 2], [1, NaN]), /ascending, got NaN at 1/);
    assert.throws(() => build([0, 1], [1, 2]), /expected 2 ends per edge, got 2 of 2 edges/);
  });
});
