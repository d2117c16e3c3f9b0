import assert from "node:assert/strict";
import fc from "fast-check";
import { deathTimes, isBetaConnected } from "../../../src/metrics/topology/deathTimes";
import type { Metric } from "../../../src/metrics/topology/metric";
import { assertClose } from "../../support/assertClose";
import { clouds, componentCount, FINE, METRICS, ROUNDING, rows, type Cloud } from "./reference";
import { fixture } from "./fixture";

const times = (cloud: Cloud, metric: Metric) => deathTimes(cloud.points, cloud.dim, metric);
const map = (cloud: Cloud, change: (value: number, at: number) => number): Cloud => ({
  ...cloud,
  points: cloud.points.map(change),
});
const anyMetric = fc.constantFrom(...METRICS);
/** Far above rounding, far below the coordinates' spacing of 1 / FINE. */
const MARGIN = 1e-9;

describe("deathTimes", () => {
  it("points 0, 1, 1, 4 on a line have death times 0, 1, 3, with 0 for coincident points", () => {
    assert.deepEqual([...deathTimes(new Float32Array([4, 1, 0, 1]), 1)], [0, 1, 3]);
  });

  it("deathTimes uses L2 by default", () => {
    assert.deepEqual([...deathTimes(new Float64Array([0, 0, 3, 4]), 2)], [5]);
  });

  it("a single point has no death times", () => {
    assert.equal(deathTimes(new Float64Array([7]), 1).length, 0);
  });

  it("deathTimes agrees with the edge lengths of SciPy's minimum spanning tree", () => {
    for (const { dim, points, deathTimes: expected } of fixture.clouds)
      for (const metric of METRICS)
        // The fixture has 12 digits.
        assertClose(
          times({ points: Float64Array.from(points), dim }, metric),
          expected[metric],
          1e-11,
        );
  });

  for (const denominator of [1, FINE]) {
    it(`the number of components falls at death times (coordinates in 1/${denominator})`, () => {
      fc.assert(
        fc.property(clouds(denominator), anyMetric, (cloud, metric) => {
          const deaths = times(cloud, metric);
          const count = cloud.points.length / cloud.dim;
          for (const time of deaths) {
            const dead = deaths.filter((other) => other <= time + MARGIN).length;
            assert.equal(componentCount(cloud, metric, time + MARGIN), count - dead);
            const before = deaths.filter((other) => other <= time - MARGIN).length;
            assert.equal(componentCount(cloud, metric, time - MARGIN), count - before);
          }
        }),
        { seed: 4 },
      );
    });
  }

  it("the largest death time is the smallest scale at which the cloud is connected", () => {
    fc.assert(
      fc.property(clouds(1, 2), anyMetric, (cloud, metric) => {
        const largest = times(cloud, metric).at(-1)!;
        assert.equal(componentCount(cloud, metric, largest + MARGIN), 1);
        if (largest > 0) assert.ok(componentCount(cloud, metric, largest - MARGIN) > 1);
      }),
      { seed: 5 },
    );
  });

  it("death times do not change when the cloud is translated", () => {
    fc.assert(
      fc.property(
        clouds(FINE),
        anyMetric,
        fc.double({ min: -9, max: 9, noNaN: true }),
        (cloud, metric, by) => {
          const moved = map(cloud, (value, at) => value + by * (at % cloud.dim));
          // Coordinates up to 30 lose 1e-14 in the sum, which L1.5's root of small terms magnifies.
          assertClose(times(moved, metric), times(cloud, metric), 1e-9);
        },
      ),
      { seed: 6 },
    );
  });

  it("death times scale with the cloud", () => {
    fc.assert(
      fc.property(
        clouds(FINE),
        anyMetric,
        fc.double({ min: 0.01, max: 99, noNaN: true }),
        (cloud, metric, by) => {
          const grown = times(
            map(cloud, (value) => -by * value),
            metric,
          );
          assertClose(
            grown,
            times(cloud, metric).map((time) => by * time),
            ROUNDING,
          );
        },
      ),
      { seed: 7 },
    );
  });

  it("death times do not depend on the order of the points", () => {
    fc.assert(
      fc.property(clouds(1), anyMetric, fc.infiniteStream(fc.nat()), (cloud, metric, keys) => {
        const shuffled = rows(cloud)
          .map((row) => ({ row, key: Number(keys.next().value) }))
          .sort((a, b) => a.key - b.key)
          .flatMap(({ row }) => [...row]);
        assert.deepEqual(
          times({ ...cloud, points: Float64Array.from(shuffled) }, metric),
          times(cloud, metric),
        );
      }),
      { seed: 8 },
    );
  });

  it("death times in L2 do not change when the cloud is rotated", () => {
    fc.assert(
      fc.property(
        clouds(FINE).filter(({ dim }) => dim > 1),
        fc.double({ min: 0, max: 7, noNaN: true }),
        (cloud, angle) => {
          const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
          const turned = rows(cloud).flatMap(([x, y, ...others]) => [
            cos * x - sin * y,
            sin * x + cos * y,
            ...others,
          ]);
          const points = Float64Array.from(turned);
          // Turning rounds coordinates up to 5 by 1e-15; the distance takes that over.
          assertClose(times({ ...cloud, points }, "L2"), times(cloud, "L2"), 1e-13);
        },
      ),
      { seed: 9 },
    );
  });

  it("deathTimes rejects a number of values that is not a multiple of the dimension", () => {
    assert.throws(() => deathTimes(new Float32Array(3000), 128), {
      name: "RangeError",
      message: "expected points of dimension 128, got 3000 values",
    });
  });
});

describe("isBetaConnected", () => {
  it("a sample is beta-connected if and only if all its death times lie in (0, beta]", () => {
    assert.equal(isBetaConnected([0.5, 1, 0.2], 1), true);
    assert.equal(isBetaConnected([0.5, 1.01], 1), false);
    assert.equal(isBetaConnected(deathTimes(new Float64Array([0, 1, 3]), 1), 2), true);
  });

  it("a sample with coincident points is not beta-connected for any beta", () => {
    assert.equal(isBetaConnected([0, 0.5], 1), false);
    assert.equal(isBetaConnected([0], 0), false);
  });

  it("a single point is beta-connected", () => {
    assert.equal(isBetaConnected([], 1), true);
  });

  it("isBetaConnected rejects NaN as a death time or beta", () => {
    assert.throws(() => isBetaConnected([2, NaN], 1), /expected death times, got NaN at 1/);
    assert.throws(() => isBetaConnected([1], NaN), /expected a number for beta, got NaN/);
  });
});
