import assert from "node:assert/strict";
import fc from "fast-check";
import {
  classDeathTimes,
  classMergingTimes,
} from "../../../src/metrics/topology/classConnectivity";
import { deathTimes } from "../../../src/metrics/topology/deathTimes";
import type { Metric } from "../../../src/metrics/topology/metric";
import { singleLinkage } from "../../../src/metrics/topology/singleLinkage";
import { spanningTree } from "../../../src/metrics/topology/spanningTree";
import fixture from "../../fixtures/topology2.json";
import { assertClose } from "../../support/assertClose";
import { clouds, mergeTime, METRICS, rows, type Cloud } from "./reference";

const classes = 3;
const labeled = clouds(1).chain((cloud) => {
  const count = cloud.points.length / cloud.dim;
  return fc.record({
    cloud: fc.constant(cloud),
    labels: fc.array(fc.nat(classes - 1), { minLength: count, maxLength: count }),
    metric: fc.constantFrom(...METRICS),
  });
});
const linkage = ({ points, dim }: Cloud, metric: Metric = "L2") =>
  singleLinkage(spanningTree(points, dim, metric));

/** K x K: the least value of a pair of examples, one of each class. */
function leastOfPairs(labels: readonly number[], value: (i: number, j: number) => number) {
  const least = new Float64Array(classes * classes).fill(Infinity);
  labels.forEach((a, i) =>
    labels.forEach((b, j) => {
      const at = a * classes + b;
      least[at] = Math.min(least[at], a === b ? 0 : value(i, j));
    }),
  );
  return [...least];
}

describe("classDeathTimes", () => {
  it("classes {0, 2} and {1, 5} on a line have death times 2 and 4", () => {
    const points = new Float32Array([0, 1, 2, 5]);
    const times = classDeathTimes(points, [0, 1, 0, 1], 1, 2);
    assert.deepEqual(times, [Float64Array.of(2), Float64Array.of(4)]);
  });

  it("a class with at most one example has no death times", () => {
    const times = classDeathTimes(new Float32Array([0, 1, 2]), [0, 2, 0], 1, 4);
    assert.deepEqual(
      times.map((each) => each.length),
      [1, 0, 0, 0],
    );
  });

  it("classDeathTimes equals deathTimes of each class alone, in every metric", () => {
    fc.assert(
      fc.property(labeled, ({ cloud, labels, metric }) => {
        const times = classDeathTimes(cloud.points, labels, cloud.dim, classes, metric);
        times.forEach((actual, c) => {
          const members = rows(cloud).filter((_, i) => labels[i] === c);
          const points = Float64Array.from(members.flatMap((row) => [...row]));
          const expected = members.length === 0 ? [] : deathTimes(points, cloud.dim, metric);
          assert.deepEqual([...actual], [...expected]);
        });
      }),
      { seed: 41 },
    );
  });
});

describe("classMergingTimes", () => {
  // 0 and 10 are of class 0, 16 of class 1, 13 of class 2.
  const points = new Float64Array([0, 10, 16, 13]);
  const labels = [0, 0, 1, 2];

  it("two classes merge at the longest step of the best path, even through a third class", () => {
    const times = classMergingTimes(linkage({ points, dim: 1 }), labels, classes);
    assert.deepEqual([...times], [0, 3, 3, 3, 0, 3, 3, 3, 0]);
  });

  it("a class without examples never merges", () => {
    const never = [0, Infinity, Infinity, Infinity];
    const tree = linkage({ points: Float64Array.of(1), dim: 1 });
    assert.deepEqual([...classMergingTimes(tree, [0], 2)], never);
  });

  fixture.trees.forEach((each, at) =>
    it(`class merging times agree with NumPy's minimax paths (cloud ${at})`, () => {
      const cloud = { points: Float64Array.from(each.points), dim: each.dim };
      const metric = each.metric as Metric;
      // The fixture has 12 digits.
      const merging = classMergingTimes(linkage(cloud, metric), each.labels, each.classCount);
      assertClose(merging, each.classMergingTimes, 1e-11);
    }),
  );

  it("two classes merge when the first pair of their examples does", () => {
    fc.assert(
      fc.property(labeled, ({ cloud, labels, metric }) => {
        const tree = linkage(cloud, metric);
        const times = leastOfPairs(labels, (i, j) => mergeTime(tree, i, j));
        assert.deepEqual([...classMergingTimes(tree, labels, classes)], times);
      }),
      { seed: 42 },
    );
  });

  it("classDeathTimes and classMergingTimes reject invalid labels and class counts", () => {
    const points = new Float64Array([0, 1]);
    assert.throws(
      () => classDeathTimes(points, [0], 1, 1),
      /expected a label for each of 2 points, got 1/,
    );
    assert.throws(
      () => classDeathTimes(points, [0, 2], 1, 2),
      /expected labels from 0 to 1, got 2 at/,
    );
    const tree = linkage({ points, dim: 1 });
    assert.throws(() => classMergingTimes(tree, [0, 0.5], 2), /got 0.5 at/);
    assert.throws(() => classMergingTimes(tree, [0, 0], NaN), /expected 1 class or more, got NaN/);
  });
});
