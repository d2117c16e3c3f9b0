import assert from "node:assert/strict";
import fc from "fast-check";
import {
  empiricalMassConcentration,
  shareWithin,
} from "../../../src/metrics/topology/empiricalMassConcentration";
import { massConcentrationBound } from "../../../src/metrics/topology/massConcentration";
import { assertClose } from "../../support/assertClose";
import { clouds, componentCount, METRICS, rows, type Cloud } from "./reference";
import type { Metric } from "../../../src/metrics/topology/metric";

const line = new Float64Array([0, 1, 2, 5]);

/**
 * The probability that independent draws from the points are in one component at beta, over all
 * n^b samples. It is at least c_beta, since coincident points count as connected here.
 */
function exactConnectivity(cloud: Cloud, b: number, beta: number, metric: Metric): number {
  const points = rows(cloud);
  const n = points.length;
  let connected = 0;
  for (let code = 0; code < n ** b; code++) {
    const drawn = Array.from({ length: b }, (_, i) => points[Math.floor(code / n ** i) % n]);
    const sample = { points: Float64Array.from(drawn.flatMap((row) => [...row])), dim: cloud.dim };
    if (componentCount(sample, metric, beta) === 1) connected++;
  }
  return connected / n ** b;
}

describe("shareWithin", () => {
  it("the share of 0, 1, 2, 5 within a radius of 0 grows by 1/4 at the radii 0, 1, 2 and 5", () => {
    const shares = [0, 0.99, 1, 2, 4.99, 5].map((radius) => shareWithin(line, 1, [0], radius));
    assert.deepEqual(shares, [0.25, 0.25, 0.5, 0.75, 0.75, 1]);
  });

  it("shareWithin measures from the nearest member and is 0 without members", () => {
    assert.equal(shareWithin(line, 1, [0, 3], 1), 0.75);
    assert.equal(shareWithin(line, 1, [], 9), 0);
  });

  it("shareWithin uses the given metric", () => {
    const points = new Float32Array([0, 0, 3, 4]);
    assert.equal(shareWithin(points, 2, [0], 6), 1);
    assert.equal(shareWithin(points, 2, [0], 6, "L1"), 0.5);
  });

  it("shareWithin rejects invalid members and radii", () => {
    assert.throws(() => shareWithin(line, 1, [4], 1), /expected members from 0 to 3, got 4/);
    assert.throws(() => shareWithin(line, 1, [0], -1), /expected a radius of 0 or more, got -1/);
    assert.throws(() => shareWithin(line, 1, [0], NaN), /expected a radius .* got NaN/);
  });
});

describe("empiricalMassConcentration", () => {
  const options = { beta: 1, l: 2, subBatchSize: 2, connectivity: 0.75 } as const;

  it("0, 1, 2, 5 have mass 3/4 within 2 of {0, 1}, the bound for pairs with c = 0.75", () => {
    // 2 p q <= 1/4 allows q = 1/4 at p = 1/2.
    const { p, measured, bound } = empiricalMassConcentration(line, 1, [0, 1], options);
    assert.deepEqual([p, measured], [0.5, 0.75]);
    assertClose(bound, 0.75, 1e-15);
  });

  it("empiricalMassConcentration counts repeated members once", () => {
    const twice = empiricalMassConcentration(line, 1, [1, 0, 1, 0], options);
    assert.deepEqual(twice, empiricalMassConcentration(line, 1, [0, 1], options));
  });

  it("the mass near any set is at least the bound for its p, c_beta, b and l", () => {
    let tight = 0;
    const beta = fc.constantFrom(0.5, 1, 1.5, 2, 4);
    const l = fc.integer({ min: 1, max: 3 });
    const metrics = fc.constantFrom(...METRICS);
    const sizes = fc.integer({ min: 2, max: 4 });
    fc.assert(
      fc.property(clouds(2, 2, 6), sizes, beta, l, metrics, (cloud, b, beta, l, metric) => {
        const connectivity = exactConnectivity(cloud, b, beta, metric);
        const n = cloud.points.length / cloud.dim;
        for (let set = 1; set < 2 ** n; set++) {
          const members = [...Array(n).keys()].filter((i) => (set >> i) % 2 === 1);
          const { p, measured, bound } = empiricalMassConcentration(
            cloud.points,
            cloud.dim,
            members,
            { beta, l, subBatchSize: b, connectivity, metric },
          );
          assert.equal(p, members.length / n);
          assert.equal(bound, massConcentrationBound(p, connectivity, b, l));
          assert.ok(measured >= bound - 1e-12, `${measured} below ${bound}`);
          if (bound > p + 0.01) tight++;
        }
      }),
      { seed: 81, numRuns: 150 },
    );
    assert.ok(tight > 100, `the bound said more than p ${tight} times`);
  });

  it("empiricalMassConcentration rejects a beta that is not a number", () => {
    assert.throws(
      () => empiricalMassConcentration(line, 1, [0], { ...options, beta: NaN }),
      /expected a beta of 0 or more, got NaN/,
    );
  });
});
