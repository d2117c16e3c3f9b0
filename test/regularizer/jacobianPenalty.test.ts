import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../src/backend/selectBackend";
import { Random } from "../../src/numerics/random";
import {
  JACOBIAN_STEP,
  jacobianPenalty,
  normalDirections,
} from "../../src/regularizer/jacobianPenalty";
import { TEST_BACKEND } from "../support/backend";
import { assertClose } from "../support/assertClose";
import fixture from "../fixtures/regularizers.json";
import { differences, evaluate } from "./evaluate";

const { jacobian } = fixture;
const shape = jacobian.shape as [number, number, number, number];

/** Logits W x + b of images of 2 x 2 pixels; W is 4 x 3. */
const linear = (weights: tf.Tensor2D) => (images: tf.Tensor4D) =>
  tf.add(tf.matMul(tf.reshape(images, [-1, 4]), weights), [5, -7, 2]) as tf.Tensor2D;
const integers = [1, -2, 3, 0, 4, -1, 2, 2, -3, 5, 0, 1];
const squaredNorm = 74;

/** The network of the fixture: a convolution, leaky ReLUs, a max pool, two dense layers. */
function network([filter, bias, hidden, weights]: tf.Tensor[]) {
  return (images: tf.Tensor4D) => {
    const convolved = tf.conv2d(images, filter as tf.Tensor4D, 1, "same");
    const maps = tf.maxPool(
      tf.leakyRelu(tf.add(convolved, bias), 0.1) as tf.Tensor4D,
      2,
      2,
      "valid",
    );
    const flat = tf.reshape(maps, [images.shape[0], -1]);
    return tf.matMul(tf.leakyRelu(tf.matMul(flat, hidden), 0.1), weights) as tf.Tensor2D;
  };
}

/** The result of a function of the fixture's images, directions and parameters. */
function onFixture<T extends tf.TensorContainer>(
  use: (images: tf.Tensor4D, directions: tf.Tensor4D, parameters: tf.Tensor[]) => T,
): T {
  return tf.tidy(() =>
    use(
      tf.tensor4d(jacobian.images, shape),
      tf.tensor4d(jacobian.directions, shape),
      jacobian.parameters.map((one) => tf.tensor(one.values, one.shape)),
    ),
  );
}

for (const backend of ["cpu", TEST_BACKEND])
  describe(`jacobianPenalty on ${backend}`, () => {
    before(async () => {
      await selectBackend(backend);
    });

    // Four images, for each pixel one that moves along it; twice as far, for the mean of four.
    const alongAxes = (weights: tf.Tensor2D) =>
      tf.tidy(() => {
        const directions = tf.mul(tf.reshape(tf.eye(4), [4, 2, 2, 1]), 2) as tf.Tensor4D;
        return jacobianPenalty(linear(weights), tf.ones([4, 2, 2, 1]), directions);
      });

    it("directions along the axes give exactly the squared norm of a linear map's matrix", () => {
      const { value, gradient } = evaluate(alongAxes, integers, [4, 3]);
      assert.equal(value, squaredNorm);
      assert.deepEqual(
        gradient,
        integers.map((weight) => 2 * weight),
      );
    });

    it("the gradient for the weights of a linear map agrees with finite differences", () => {
      // The penalty is quadratic in them: differences are exact but for rounding.
      const slopes = differences(alongAxes, integers, [4, 3], 0.5);
      assertClose(slopes, evaluate(alongAxes, integers, [4, 3]).gradient, 1e-4);
    });

    it("the penalty is exactly 0 if the logits do not depend on the images", () => {
      const value = tf.tidy(() => {
        const constant = (images: tf.Tensor4D) => tf.fill([images.shape[0], 3], 0.7) as tf.Tensor2D;
        const directions = normalDirections([4, 2, 2, 1], new Random(1));
        return jacobianPenalty(constant, tf.ones([4, 2, 2, 1]), directions).dataSync()[0];
      });
      assert.equal(value, 0);
    });

    it("a kink has the mean of the slopes on both sides", () => {
      const penalty = (f: (images: tf.Tensor) => tf.Tensor, directions: number[]) =>
        tf.tidy(() => {
          const [images, u] = [tf.zeros([1, 2, 2, 1]), tf.tensor(directions, [1, 2, 2, 1])];
          const logits = (x: tf.Tensor4D) => tf.reshape(f(x), [1, -1]) as tf.Tensor2D;
          return jacobianPenalty(logits, images as tf.Tensor4D, u as tf.Tensor4D).dataSync()[0];
        });
      // Slopes 1 and 1/2 of each of four leaky ReLUs at 0.
      assert.equal(
        penalty((x) => tf.leakyRelu(x, 0.5), [1, -1, 2, 0]),
        (1 + 1 + 4) * 0.75 ** 2,
      );
      // Four maxima that tie: 8 upwards, -2 downwards.
      const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid");
      assert.equal(penalty(pool, [-2, 1, 8, 3]), 3 ** 2);
    });

    it("normal directions give the squared norm on average", () => {
      const count = 20000;
      const value = tf.tidy(() => {
        const directions = normalDirections([count, 2, 2, 1], new Random(3));
        const images = tf.zeros<tf.Rank.R4>([count, 2, 2, 1]);
        return jacobianPenalty(linear(tf.tensor2d(integers, [4, 3])), images, directions);
      });
      // |J u|^2 has variance 2 |J J'|_F^2, at most 2 * 74^2: a standard error below 0.74.
      assertClose(value.dataSync()[0], squaredNorm, 0.03);
      value.dispose();
    });

    it("the penalty of a network with leaky ReLUs and a max pool equals PyTorch's |J u|^2", () => {
      const [value] = onFixture((images, directions, parameters) =>
        jacobianPenalty(network(parameters), images, directions).dataSync(),
      );
      // Rounding of logits of the order of 1, a few 6e-8, divided by twice the step: 2048 times.
      assertClose(value, jacobian.penalty, 1e-3);
    });

    it("the gradient for each parameter equals PyTorch's of |J u|^2, and no tensor leaks", () => {
      const before = tf.memory().numTensors;
      const gradients = onFixture((images, directions, parameters) => {
        const penalty = (...all: tf.Tensor[]) => jacobianPenalty(network(all), images, directions);
        return tf
          .grads(penalty)(parameters)
          .map((gradient) => gradient.dataSync());
      });
      assert.equal(tf.memory().numTensors, before);
      jacobian.parameters.forEach(({ name, gradient }, i) => {
        // As above, for gradients of up to 10, by the bias 0.
        assertClose(gradients[i], gradient, 4e-3, { what: name });
      });
    });

    it("a call leaves no tensor but the penalty", () => {
      const [weights, images, directions] = [
        tf.tensor2d(integers, [4, 3]),
        tf.zeros<tf.Rank.R4>([5, 2, 2, 1]),
        normalDirections([5, 2, 2, 1], new Random(1)),
      ];
      const before = tf.memory().numTensors;
      // The logits' own tensors go too, and the caller's stay.
      const value = jacobianPenalty(linear(weights), images, directions);
      assert.equal(tf.memory().numTensors, before + 1);
      assert.ok(value.dataSync()[0] > 0);
      tf.dispose([value, weights, images, directions]);
    });

    it("the penalty depends on the step only if the step crosses a kink", () => {
      const value = (step: number) =>
        onFixture((images, directions, parameters) =>
          jacobianPenalty(network(parameters), images, directions, step).dataSync(),
        )[0];
      assertClose(value(JACOBIAN_STEP / 2), value(JACOBIAN_STEP), 3e-3);
      const far = Math.abs(value(4) - value(JACOBIAN_STEP));
      assert.ok(far > 0.1, `${far}`);
    });

    it("jacobianPenalty rejects directions of another shape, no images, and an invalid step", () => {
      const refuses = (images: number[], directions: number[], step: number, message: RegExp) =>
        assert.throws(
          () =>
            tf.tidy(() => {
              const weights = tf.tensor2d(integers, [4, 3]);
              const [x, u] = [images, directions].map((size) =>
                tf.ones(size as [number, number, number, number]),
              );
              jacobianPenalty(linear(weights), x as tf.Tensor4D, u as tf.Tensor4D, step);
            }),
          { name: "RangeError", message },
        );
      refuses([3, 2, 2, 1], [1, 2, 2, 1], 1, /one shape, got \[3,2,2,1\] and \[1,2,2,1\]/);
      refuses([0, 2, 2, 1], [0, 2, 2, 1], 1, /expected images/);
      for (const step of [0, -1, NaN, Infinity])
        refuses([1, 2, 2, 1], [1, 2, 2, 1], step, /expected a step above 0/);
    });
  });

describe("normalDirections", () => {
  it("directions have the given shape, mean 0 and variance 1, and are determined by the seed", () => {
    const draw = (seed: number) => normalDirections([50, 10, 10, 2], new Random(seed));
    const [first, again, other] = [draw(1), draw(1), draw(2)].map((tensor) => {
      assert.deepEqual(tensor.shape, [50, 10, 10, 2]);
      const values = tensor.dataSync<"float32">();
      tensor.dispose();
      return values;
    });
    assert.deepEqual(first, again);
    assert.notDeepEqual(first, other);
    const mean = (values: Float32Array) => values.reduce((sum, v) => sum + v / values.length, 0);
    // 10,000 values: standard errors of 0.01 and 0.014.
    assertClose(mean(first), 0, 0.04);
    assertClose(mean(first.map((value) => value * value)), 1, 0.06);
  });
});
