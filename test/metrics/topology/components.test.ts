import assert from "node:assert/strict";
import fc from "fast-check";
import { componentCount, componentLabels } from "../../../src/metrics/topology/components";
import type { Metric } from "../../../src/metrics/topology/metric";
import { mergeTime, singleLinkage } from "../../../src/metrics/topology/singleLinkage";
import { spanningTree } from "../../../src/metrics/topology/spanningTree";
import fixture from "../../fixtures/topology2.json";
import { clouds, METRICS, componentCount as referenceCount } from "./reference";

const linkage = (points: readonly number[], dim = 1, metric: Metric = "L2") =>
  singleLinkage(spanningTree(Float64Array.from(points), dim, metric));

/** The same partition, whatever its parts are called. */
const renumbered = (labels: readonly number[]) => {
  const names = [...new Set(labels)];
  return labels.map((label) => names.indexOf(label));
};

describe("The components at a scale", () => {
  it("of 0, 10, 1, 4 on a line are 4, 3, 2, 1 as it reaches 1, 3 and 6", () => {
    const times = linkage([0, 10, 1, 4]).times;
    const scales = [0, 0.99, 1, 2.99, 3, 5.99, 6, Infinity];
    assert.deepEqual(
      scales.map((scale) => componentCount(times, scale)),
      [4, 4, 3, 3, 2, 2, 1, 1],
    );
  });

  it("are numbered by their first point", () => {
    const tree = linkage([0, 10, 1, 4]);
    assert.deepEqual([...componentLabels(tree, 0.5)], [0, 1, 2, 3]);
    assert.deepEqual([...componentLabels(tree, 1)], [0, 1, 0, 2]);
    assert.deepEqual([...componentLabels(tree, 3)], [0, 1, 0, 0]);
    assert.deepEqual([...componentLabels(tree, 6)], [0, 0, 0, 0]);
  });

  it("hold coincident points together at 0", () => {
    assert.deepEqual([...componentLabels(linkage([2, 1, 2]), 0)], [0, 1, 0]);
    assert.equal(componentCount(linkage([2, 1, 2]).times, 0), 2);
  });

  it("of one point are one", () => {
    assert.equal(componentCount([], 0), 1);
    assert.deepEqual([...componentLabels(linkage([3]), 0)], [0]);
  });

  fixture.trees.forEach(({ points, dim, metric, components }, at) =>
    it(`are SciPy's flat clusters (cloud ${at})`, () => {
      const tree = linkage(points, dim, metric as Metric);
      for (const { scale, labels } of components) {
        assert.deepEqual([...componentLabels(tree, scale)], renumbered(labels));
        assert.equal(componentCount(tree.times, scale), new Set(labels).size);
      }
    }),
  );

  it("hold two points together exactly from their merge time on", () => {
    fc.assert(
      fc.property(
        clouds(1),
        fc.constantFrom(...METRICS),
        fc.double({ min: 0, max: 9, noNaN: true }),
        (cloud, metric, scale) => {
          const tree = singleLinkage(spanningTree(cloud.points, cloud.dim, metric));
          const labels = componentLabels(tree, scale);
          for (let i = 0; i < labels.length; i++)
            for (let j = 0; j < labels.length; j++)
              assert.equal(labels[i] === labels[j], mergeTime(tree, i, j) <= scale);
          assert.equal(componentCount(tree.times, scale), 1 + Math.max(...labels));
          assert.equal(componentCount(tree.times, scale), referenceCount(cloud, metric, scale));
        },
      ),
      { seed: 31 },
    );
  });

  it("are refused at no scale and from no time", () => {
    assert.throws(() => componentCount([1], NaN), /expected a scale of 0 or more, got NaN/);
    assert.throws(() => componentLabels(linkage([1]), -1), /expected a scale of 0 or more, got -1/);
    assert.throws(() => componentCount([1, NaN], 1), /expected death times, got NaN at 1/);
  });
});
