import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { selectBackend } from "../../src/backend/selectBackend";
import { Random } from "../../src/numerics/random";
import { classWiseCovariance, classWiseVariance } from "../../src/regularizer/classWise";
import { decov } from "../../src/regularizer/decov";
import { varianceRegularization } from "../../src/regularizer/varianceRegularization";
import { multiply, randomRotation } from "../metrics/collapse/examples";
import { TEST_BACKEND } from "../support/backend";
import { assertClose } from "../support/assertClose";
import fixture from "../fixtures/regularizers.json";
import { coarseValues, differences, evaluate, type Shape, valueOf } from "./evaluate";

type ClassPenalty = typeof classWiseVariance;
const of =
  (penalty: ClassPenalty, labels: number[], classCount: number) => (features: tf.Tensor2D) =>
    penalty(features, labels, classCount);

const plain = { decov, varianceRegularization };
const classWise = { classWiseCovariance, classWiseVariance };
const { labels, classCount } = fixture;
const shape = fixture.shape as Shape;
const all = {
  ...plain,
  classWiseCovariance: of(classWiseCovariance, labels, classCount),
  classWiseVariance: of(classWiseVariance, labels, classCount),
};
const names = Object.keys(all) as (keyof typeof all)[];

/** Float32 against float64, on sums of a few hundred products. */
const tolerance = 3e-6;
const sizes = fc.record({
  seed: fc.nat(),
  n: fc.integer({ min: 1, max: 9 }),
  dim: fc.integer({ min: 1, max: 6 }),
});
const runs = { seed: 1, numRuns: 30 };

for (const backend of ["cpu", TEST_BACKEND])
  describe(`penalties of features on ${backend}`, () => {
    before(async () => {
      await selectBackend(backend);
    });

    it("points (0, 0) and (2, 4), with covariance (1, 2; 2, 4), have DeCov 2^2 and variance 1 + 4", () => {
      assert.equal(valueOf(decov, [0, 0, 2, 4], [2, 2]), 4);
      assert.equal(valueOf(varianceRegularization, [0, 0, 2, 4], [2, 2]), 5);
    });

    it("class-wise penalties sum over classes, and a class of one example or none adds 0", () => {
      // Class 0 is the example above, class 1 has one example, class 2 none; (1, 1; 1, 1) in class 3.
      const features = [0, 0, 0, 0, 9, 5, 2, 4, 0, 0, 2, 2, 2, 2];
      const own = [0, 3, 1, 0, 3, 3, 3];
      const values = Object.values(classWise).map((penalty) =>
        valueOf(of(penalty, own, 4), features, [7, 2]),
      );
      assert.deepEqual(values, [2 * 4 + 2, 5 + 2]);
    });

    it("uncorrelated units and collapsed classes have penalties and gradients of exactly 0", () => {
      const apart = evaluate(decov, [1, 3, 1, -3, -1, 3, -1, -3], [4, 2]);
      assert.equal(apart.value, 0);
      assert.ok(apart.gradient.every((slope) => Math.abs(slope) === 0));
      const points = labels.flatMap((label) => [label, 7 - label, 0.5, -3, label * label]);
      for (const penalty of Object.values(classWise)) {
        const { value, gradient } = evaluate(of(penalty, labels, classCount), points, shape);
        assert.equal(value, 0);
        assert.ok(gradient.every((slope) => Math.abs(slope) === 0));
      }
      for (const penalty of Object.values(plain))
        assert.equal(evaluate(penalty, [3, 4, 3, 4, 3, 4], [3, 2]).value, 0);
    });

    for (const name of names) {
      it(`${name} has PyTorch's value and gradient and leaks no tensor`, () => {
        const { value, gradient } = evaluate(all[name], fixture.features, shape);
        assertClose(value, fixture.penalties[name].value, tolerance);
        assertClose(gradient, fixture.penalties[name].gradient, 4 * tolerance);
      });

      it(`the gradient of ${name} agrees with finite differences`, () => {
        const { gradient } = evaluate(all[name], fixture.features, shape);
        // Rounding of a value of 50 is 6e-6: 2e-4 of a slope; the penalties are of degree 4.
        assertClose(differences(all[name], fixture.features, shape, 1 / 64), gradient, 3e-3);
      });
    }

    it("translating the batch or permuting examples or units does not change the penalties", () => {
      const check = ({ seed, n, dim }: { seed: number; n: number; dim: number }) => {
        const random = new Random(seed);
        const values = coarseValues(random, n * dim);
        const [rows, columns] = [n, dim].map((size) =>
          random.shuffle(Array.from({ length: size }, (_, i) => i)),
        );
        const own = rows.map(() => random.integer(3));
        const moved = rows.flatMap((row) => columns.map((i) => values[row * dim + i] + 8 * i));
        const ownMoved = rows.map((row) => own[row]);
        for (const penalty of Object.values(plain))
          assertClose(valueOf(penalty, moved, [n, dim]), valueOf(penalty, values, [n, dim]), 1e-5);
        for (const penalty of Object.values(classWise))
          assertClose(
            valueOf(of(penalty, ownMoved, 3), moved, [n, dim]),
            valueOf(of(penalty, own, 3), values, [n, dim]),
            1e-5,
          );
      };
      fc.assert(fc.property(sizes, check), runs);
    });

    it("doubled features multiply covariance penalties by 16 and variance penalties by 4", () => {
      for (const name of names) {
        const doubled = fixture.features.map((value) => 2 * value);
        const factor = /^(varianceRegularization|classWiseVariance)$/.test(name) ? 4 : 16;
        const expected = factor * valueOf(all[name], fixture.features, shape);
        assert.equal(valueOf(all[name], doubled, shape), expected);
      }
    });

    it("rotating the features does not change the variance penalties", () => {
      const [count, dim] = shape;
      const rotation = randomRotation(new Random(2), dim);
      const rotated = multiply(Float64Array.from(fixture.features), rotation, dim, dim);
      assert.equal(rotated.length, count * dim);
      for (const name of ["varianceRegularization", "classWiseVariance"] as const)
        assertClose(
          valueOf(all[name], rotated, shape),
          valueOf(all[name], fixture.features, shape),
          tolerance,
        );
    });

    it("translating or renumbering the classes does not change the class-wise penalties", () => {
      const moved = fixture.features.map(
        (value, at) => value + 4 * labels[Math.floor(at / shape[1])],
      );
      const renamed = labels.map((label) => (label + 2) % classCount);
      for (const penalty of Object.values(classWise))
        assertClose(
          valueOf(of(penalty, renamed, classCount), moved, shape),
          valueOf(of(penalty, labels, classCount), fixture.features, shape),
          1e-5,
        );
    });

    it("class-wise covariance of one class is twice DeCov, and class-wise variance the variance", () => {
      const one = labels.map(() => 1);
      const value = (penalty: (features: tf.Tensor2D) => tf.Scalar) =>
        valueOf(penalty, fixture.features, shape);
      assert.equal(value(of(classWiseCovariance, one, 2)), 2 * value(decov));
      assert.equal(value(of(classWiseVariance, one, 2)), value(varianceRegularization));
    });

    it("features that are not finite give penalties of the batch that are not finite", () => {
      for (const penalty of [decov, varianceRegularization])
        assert.ok(!Number.isFinite(valueOf(penalty, [0, NaN, 1, 2], [2, 2])));
    });

    it("penalties reject an empty batch, labels that are not classes, and a wrong number of labels", () => {
      const refuses = (call: () => unknown, message: RegExp) =>
        assert.throws(() => tf.tidy(() => void call()), { name: "RangeError", message });
      for (const penalty of Object.values(plain))
        refuses(() => penalty(tf.zeros([0, 3])), /expected float32 features .* shape \[0,3\]/);
      refuses(
        () => decov(tf.zeros([2, 2, 2]) as tf.Tensor as tf.Tensor2D),
        /expected float32 features .* shape \[2,2,2\]/,
      );
      for (const penalty of Object.values(classWise)) {
        const call = (own: number[]) => penalty(tf.ones([2, 3]), own, 2);
        refuses(() => call([0, 2]), /expected labels from 0 to 1, got 2 at example 1/);
        refuses(() => call([0, -1]), /expected labels from 0 to 1, got -1 at example 1/);
        refuses(() => call([0, 0.5]), /expected labels from 0 to 1, got 0.5 at example 1/);
        refuses(() => call([0]), /expected 2 labels, got 1/);
        refuses(() => penalty(tf.zeros([0, 3]), [], 2), /float32 features/);
      }
    });
  });
