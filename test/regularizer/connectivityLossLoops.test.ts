import assert from "node:assert/strict";
import { Random } from "../../src/numerics/random";
import {
  connectivityLossKernel,
  treeLoss,
  type ConnectivityOptions,
} from "../../src/regularizer/connectivityLossLoops";
import type { Metric } from "../../src/metrics/topology/metric";
import { spanningTree } from "../../src/metrics/topology/spanningTree";
import { fixture } from "../metrics/topology/fixture";
import { METRICS } from "../metrics/topology/reference";
import { assertClose } from "../support/assertClose";

const { subBatches } = fixture;
const SHAPES = ["absolute", "hinge", "squared"] as const;
const ZEROS = ["keep", "drop", "epsilon"] as const;
const base: ConnectivityOptions = {
  subBatchCount: 1,
  metric: "L2",
  shape: "absolute",
  zeroDeathTimes: "keep",
};

/** The kernel on features of `subBatchCount` sub-batches, outputs first filled with nonsense. */
function evaluate(
  features: ArrayLike<number>,
  dim: number,
  beta: number,
  changes: Partial<ConnectivityOptions>,
) {
  const options = { ...base, ...changes };
  const size = features.length / dim / options.subBatchCount;
  const times = new Float32Array(options.subBatchCount * (size - 1)).fill(77);
  const gradient = new Float32Array(features.length).fill(77);
  const values = Float32Array.from(features);
  const loss = connectivityLossKernel(
    values,
    options.subBatchCount,
    size,
    dim,
    beta,
    options,
    times,
    gradient,
  );
  return { loss, times: [...times], gradient: [...gradient] };
}

/** The same sum for one sub-batch in double precision. */
function double(points: Float64Array, dim: number, beta: number, options: ConnectivityOptions) {
  const gradient = new Float64Array(points.length).fill(77);
  const { ends, lengths } = spanningTree(points, dim, options.metric);
  return { loss: treeLoss(points, dim, ends, beta, options, lengths, gradient), gradient };
}

describe("connectivityLossKernel", () => {
  it("points 0, 1, 4 at beta 2 cost |1 - 2| + |3 - 2|, which parts 0 and 1 and pulls 4 closer", () => {
    const { loss, times, gradient } = evaluate([0, 1, 4], 1, 2, {});
    assert.equal(loss, 2);
    assert.deepEqual(times, [1, 3]);
    // The edge 0-1 is too short, slope -1: (+1, -1, 0). The edge 1-4 is too long: (0, -1, +1).
    assert.deepEqual(gradient, [1, -2, 1]);
  });

  it("hinge ignores short death times, and squared weighs all by 2 (d - beta)", () => {
    const hinge = evaluate([0, 1, 5], 1, 2, { shape: "hinge" });
    assert.deepEqual([hinge.loss, ...hinge.gradient], [2, 0, -1, 1]);
    const squared = evaluate([0, 1, 5], 1, 2, { shape: "squared" });
    assert.deepEqual([squared.loss, ...squared.gradient], [5, 2, -6, 4]);
  });

  it("loss and gradient are means over sub-batches of sums over death times", () => {
    const { loss, times, gradient } = evaluate([0, 1, 4, 0, 4, 6], 1, 1, { subBatchCount: 2 });
    assert.equal(loss, (0 + 2 + (3 + 1)) / 2);
    assert.deepEqual(times, [1, 3, 2, 4]);
    assert.deepEqual(gradient, [0, -0.5, 0.5, -0.5, 0, 0.5]);
  });

  it("loss and gradient are 0 if every death time equals beta", () => {
    for (const shape of SHAPES) {
      const { loss, gradient } = evaluate([0, 2, 4], 1, 2, { shape });
      assert.equal(loss, 0);
      assert.ok(gradient.every((value) => value === 0));
    }
  });

  it("the gradient of an edge is that of its length in L2, L1, LInfinity and L3", () => {
    const gradient = (metric: Metric) => evaluate([3, -4, 5, 0, 0, 5], 3, 0, { metric }).gradient;
    assertClose(gradient("L2"), [0.6, -0.8, 0, -0.6, 0.8, 0], 1e-7);
    assert.deepEqual(gradient("L1"), [1, -1, 0, -1, 1, 0]);
    assert.deepEqual(gradient("LInfinity"), [0, -1, 0, 0, 1, 0]);
    const p = Math.cbrt(91) ** 2;
    assertClose(gradient("L3"), [9 / p, -16 / p, 0, -9 / p, 16 / p, 0], 1e-7);
  });

  it("LInfinity moves the first of equally large differences", () => {
    assert.deepEqual(
      evaluate([2, -2, 0, 0], 2, 0, { metric: "LInfinity" }).gradient,
      [1, 0, -1, 0],
    );
  });

  it("zeroDeathTimes counts coincident points as d = 0, drops them, or takes d = 1e-3", () => {
    const points = [0, 0, 0, 0, 3, 4];
    const keep = evaluate(points, 2, 1, {});
    assert.deepEqual([keep.loss, keep.times], [1 + 4, [0, 5]]);
    const drop = evaluate(points, 2, 1, { zeroDeathTimes: "drop" });
    assert.deepEqual([drop.loss, drop.times], [4, [0, 5]]);
    const epsilon = evaluate(points, 2, 1, { zeroDeathTimes: "epsilon" });
    const roots = [1e-3, Math.sqrt(25 + 1e-6)];
    assertClose(epsilon.loss, 1 - roots[0] + (roots[1] - 1), 1e-12);
    assert.deepEqual(epsilon.times, [0, 5]);
    // The edge of coincident points has no direction; of the two at the origin the first is moved.
    for (const { gradient } of [keep, drop, epsilon])
      assertClose(gradient, [-0.6, -0.8, 0, 0, 0.6, 0.8], 1e-7);
  });

  it("a repeated point gives a finite loss and gradient 0 in every metric, kept or dropped", () => {
    for (const metric of METRICS)
      for (const zeroDeathTimes of ["keep", "drop"] as const) {
        const { loss, gradient } = evaluate(new Array<number>(8).fill(0.3), 2, 1.5, {
          metric,
          zeroDeathTimes,
        });
        assert.equal(loss, zeroDeathTimes === "keep" ? 4.5 : 0);
        assert.ok(gradient.every((value) => value === 0));
      }
  });

  for (const { metric, shape, zeroDeathTimes, beta, loss, gradient } of subBatches.losses) {
    it(`loss and gradient equal PyTorch's for ${metric}, ${shape}, ${zeroDeathTimes}`, () => {
      const { features, dim, count } = subBatches;
      const ours = evaluate(features, dim, beta, {
        subBatchCount: count,
        metric,
        shape,
        zeroDeathTimes,
      });
      // The sum is in double precision, the gradient is rounded to float32; the fixture has 12 digits.
      assertClose(ours.loss, loss, 1e-11);
      assertClose(ours.gradient, gradient, 1e-7);
    });
  }

  for (const metric of METRICS)
    for (const shape of SHAPES)
      for (const zeroDeathTimes of ZEROS) {
        if (zeroDeathTimes === "epsilon" && metric !== "L2") continue;
        it(`the gradient agrees with finite differences for ${metric}, ${shape}, ${zeroDeathTimes}`, () => {
          checkFiniteDifferences({ ...base, metric, shape, zeroDeathTimes });
        });
      }

  it("translating every sub-batch changes neither the loss nor its gradient", () => {
    const random = new Random(3);
    const features = Float32Array.from({ length: 40 }, () => random.integer(4096) / 1024);
    const moved = features.map((value, at) => value + 2 ** (at % 4));
    // Multiples of 1/1024 below 16 are exact in float32, and so are their differences.
    assert.deepEqual(
      evaluate(moved, 4, 1, { subBatchCount: 2 }),
      evaluate(features, 4, 1, { subBatchCount: 2 }),
    );
  });

  it("the error for a feature that is not finite names its sub-batch", () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      const features = new Array<number>(12).fill(1);
      features[9] = bad;
      assert.throws(() => evaluate(features, 2, 1, { subBatchCount: 2 }), {
        name: "RangeError",
        message: `expected finite features, got ${bad} in example 1 of sub-batch 1`,
      });
    }
  });

  it("connectivityLossKernel rejects epsilon with a metric other than L2", () => {
    for (const metric of ["L1", "LInfinity", "L3"] as const)
      assert.throws(() => evaluate([0, 1], 1, 1, { metric, zeroDeathTimes: "epsilon" }), {
        message: new RegExp(`expected metric L2 with zeroDeathTimes "epsilon".*got ${metric}`),
      });
  });

  it("connectivityLossKernel rejects a beta below 0 or not finite, and unknown options", () => {
    for (const beta of [-0.1, NaN, Infinity])
      assert.throws(() => evaluate([0, 1], 1, beta, {}), {
        message: `expected a beta of 0 or more, got ${beta}`,
      });
    const refuses = (changes: object, message: RegExp) =>
      assert.throws(() => evaluate([0, 1], 1, 1, changes), { name: "RangeError", message });
    refuses({ shape: "toString" }, /expected shape absolute, hinge, squared, got toString/);
    refuses({ zeroDeathTimes: "none" }, /expected zeroDeathTimes keep, drop, epsilon, got none/);
    refuses({ metric: "L0.5" }, /expected a metric .* got "L0.5"/);
  });

  it("connectivityLossKernel rejects arrays of a wrong length", () => {
    const call = (features: number, times: number, gradients: number) => () =>
      connectivityLossKernel(
        new Float32Array(features),
        2,
        3,
        4,
        1,
        base,
        new Float32Array(times),
        new Float32Array(gradients),
      );
    call(24, 4, 24)();
    assert.throws(call(23, 4, 24), /expected 2 x 3 x 4 features, got 23 values/);
    assert.throws(call(24, 6, 24), /expected 2 x 2 x 1 death times, got 6 values/);
    assert.throws(call(24, 4, 12), /expected 2 x 3 x 4 gradients, got 12 values/);
  });
});

/** Points 0 and 5 coincide and move together: apart, they meet the kink of d at 0. */
function checkFiniteDifferences(options: ConnectivityOptions): void {
  const random = new Random(11);
  const dim = 3;
  const points = Float64Array.from({ length: 7 * dim }, () => random.normal());
  points.copyWithin(5 * dim, 0, dim);
  const beta = 1;
  const { gradient } = double(points, dim, beta, options);
  // The error is of the order of step^2 (1e-10) + 1e-15 / step (1e-10).
  const step = 1e-5;
  for (let k = 0; k < points.length; k++) {
    const together = k < dim ? [k, k + 5 * dim] : k >= 5 * dim && k < 6 * dim ? [] : [k];
    const lossAt = (by: number) =>
      double(
        points.map((value, at) => (together.includes(at) ? value + by : value)),
        dim,
        beta,
        options,
      ).loss;
    const slope = (lossAt(step) - lossAt(-step)) / (2 * step);
    assertClose(
      together.reduce((sum, at) => sum + gradient[at], 0),
      slope,
      1e-7,
    );
  }
}
