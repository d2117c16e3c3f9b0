import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "../../../src/numerics/random";
import {
  estimateConnectivity,
  type ConnectivityEstimateOptions,
} from "../../../src/metrics/topology/estimateConnectivity";
import fixture from "../../fixtures/topology2.json";
import { clouds } from "./reference";

const estimate = (
  features: ArrayLike<number>,
  options: Omit<ConnectivityEstimateOptions, "random">,
  dim = 1,
  seed = 1,
) =>
  estimateConnectivity(Float64Array.from(features), dim, {
    ...options,
    random: new Random(seed, "connectivity"),
  });
const shares = (estimates: { connectivity: number }[]) => estimates.map((e) => e.connectivity);

describe("estimateConnectivity", () => {
  it("the connectivity of 0, 1, 3 drawn together is 0 below the longest step and 1 from it", () => {
    const estimates = estimate([0, 1, 3], { subBatchSize: 3, betas: [0.5, 1.99, 2, 9], draws: 20 });
    assert.deepEqual(shares(estimates), [0, 0, 1, 1]);
    assert.deepEqual(
      estimates.map(({ beta }) => beta),
      [0.5, 1.99, 2, 9],
    );
  });

  it("one example has connectivity 0 with replacement and is rejected without", () => {
    const options = { subBatchSize: 2, betas: [1e9], draws: 10 };
    assert.deepEqual(shares(estimate([3], { ...options, replacement: true })), [0]);
    assert.throws(() => estimate([3], options), /expected 2 examples or more .* got 1/);
  });

  for (const replacement of [false, true])
    it(`the estimate is near the exact one ${replacement ? "with" : "without"} replacement`, () => {
      const { features, dim, subBatchSize, betas } = fixture.connectivity;
      const exact = fixture.connectivity[replacement ? "withReplacement" : "distinct"];
      const draws = 20000;
      const confidence = 0.99999;
      const own = { subBatchSize, betas, draws, confidence, replacement };
      const estimates = estimate(features, own, dim);
      exact.forEach((c, k) => {
        const { connectivity, interval } = estimates[k];
        const standardError = Math.sqrt((c * (1 - c)) / draws);
        assert.ok(Math.abs(connectivity - c) < 5 * standardError, `${connectivity} for ${c}`);
        assert.ok(interval.lower < c && c < interval.upper);
        // The normal interval is as wide, to a tenth: 2 x 4.42 standard errors.
        const width = (interval.upper - interval.lower) / standardError;
        assert.ok(Math.abs(width / 8.83 - 1) < 0.15, `${width}`);
      });
    });

  it("estimateConnectivity draws each distinct pair of 0, 1, 10 with equal probability", () => {
    const [within1, within9, within10] = shares(
      estimate([0, 1, 10], { subBatchSize: 2, betas: [1, 9, 10], draws: 30000 }),
    );
    // Binomial, standard error 0.0027: 5 of them.
    assert.ok(Math.abs(within1 - 1 / 3) < 0.0136, `${within1}`);
    assert.ok(Math.abs(within9 - 2 / 3) < 0.0136, `${within9}`);
    assert.equal(within10, 1);
  });

  it("the estimate for a beta depends on the seed but not on the other betas", () => {
    const { features, dim } = fixture.connectivity;
    const options = { subBatchSize: 4, draws: 200 };
    const both = estimate(features, { ...options, betas: [1.6, 2] }, dim, 5);
    assert.deepEqual(estimate(features, { ...options, betas: [2] }, dim, 5), [both[1]]);
    assert.notDeepEqual(estimate(features, { ...options, betas: [1.6, 2] }, dim, 6), both);
  });

  it("the estimate is monotone in beta, scales with the features and is in its interval", () => {
    fc.assert(
      fc.property(
        clouds(64, 5),
        fc.nat(),
        fc.integer({ min: -8, max: 8 }),
        (cloud, seed, power) => {
          const betas = [0.5, 1, 2, 4, 20];
          const options = { subBatchSize: 4, draws: 30 };
          const estimates = estimate(cloud.points, { ...options, betas }, cloud.dim, seed);
          estimates.forEach(({ connectivity, interval }, k) => {
            assert.ok(interval.lower <= connectivity && connectivity <= interval.upper);
            if (k > 0) assert.ok(connectivity >= estimates[k - 1].connectivity);
          });
          // A power of 2 scales without rounding.
          const scaled = estimate(
            cloud.points.map((value) => value * 2 ** power),
            { ...options, betas: betas.map((beta) => beta * 2 ** power) },
            cloud.dim,
            seed,
          );
          assert.deepEqual(shares(scaled), shares(estimates));
        },
      ),
      { seed: 71 },
    );
  });

  it("estimateConnectivity uses the given metric", () => {
    const options = { subBatchSize: 2, betas: [6, 7], draws: 5 };
    assert.deepEqual(shares(estimate([0, 0, 3, 4], { ...options, metric: "L1" }, 2)), [0, 1]);
    assert.deepEqual(shares(estimate([0, 0, 3, 4], options, 2)), [1, 1]);
  });

  it("estimateConnectivity rejects invalid options and features", () => {
    const options = { subBatchSize: 2, betas: [1], draws: 10 };
    for (const [change, message] of [
      [{ draws: 0 }, /expected draws of 1 or more, got 0/],
      [{ subBatchSize: 1.5 }, /expected sub-batch size of 1 or more, got 1.5/],
      [{ betas: [NaN] }, /expected a number for beta, got NaN/],
      [{ confidence: 2 }, /expected a confidence between 0 and 1, got 2/],
    ] as const)
      assert.throws(() => estimate([0, 1], { ...options, ...change }), message);
    assert.throws(() => estimate([0, NaN], options), /got NaN in point 1/);
  });
});
