import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../src/backend/selectBackend";
import { Random } from "../../src/numerics/random";
import { CenterLoss } from "../../src/regularizer/centerLoss";
import { multiply, randomRotation } from "../metrics/collapse/examples";
import { TEST_BACKEND } from "../support/backend";
import { assertClose } from "../support/assertClose";
import fixture from "../fixtures/regularizers.json";
import { differences, evaluate, type Shape, valueOf } from "./evaluate";

const { labels, classCount, centerLoss: expected } = fixture;
const shape = fixture.shape as Shape;
const [, dim] = shape;

/** The result of a function of a loss, which is then disposed of and must leave no tensor. */
function withLoss<T>(
  sizes: [number, number],
  rate: number | undefined,
  use: (loss: CenterLoss) => T,
) {
  const before = tf.memory().numTensors;
  const loss = new CenterLoss(...sizes, rate);
  const result = use(loss);
  loss.dispose();
  assert.equal(tf.memory().numTensors, before, "leaked tensors");
  return result;
}

function move(loss: CenterLoss, features: ArrayLike<number>, of: Shape, own: number[]): void {
  const tensor = tf.tensor2d(Float32Array.from(features), of);
  try {
    loss.moveCenters(tensor, own);
  } finally {
    tensor.dispose();
  }
}

const setCenters = (loss: CenterLoss, values: number[]) =>
  tf.tidy(() => loss.centers.assign(tf.tensor2d(values, loss.centers.shape)));
const lossOf = (loss: CenterLoss, own: number[]) => (features: tf.Tensor2D) =>
  loss.loss(features, own);

for (const backend of ["cpu", TEST_BACKEND])
  describe(`center loss on ${backend}`, () => {
    before(async () => {
      await selectBackend(backend);
    });

    it("the loss is half the mean squared distance to the centers, which start at 0", () => {
      withLoss([2, 2], undefined, (loss) => {
        // Squared norms 25, 4, 1: (25 + 4 + 1) / 2 / 3.
        const { value, gradient } = evaluate(lossOf(loss, [0, 1, 0]), [3, 4, 0, 2, 1, 0], [3, 2]);
        assertClose(value, 5, 1e-6);
        assertClose(gradient, [1, 4 / 3, 0, 2 / 3, 1 / 3, 0], 1e-6);
      });
    });

    it("moveCenters adds half of sum (h - c_j) / (1 + n_j) to center j and skips absent classes", () => {
      withLoss([3, 1], undefined, (loss) => {
        setCenters(loss, [1, 5, 9]);
        // Class 0: (2 + 6) / (1 + 2) / 2; class 2: (-4) / (1 + 1) / 2.
        move(loss, [3, 7, 5], [3, 1], [0, 0, 2]);
        assertClose(loss.centers.dataSync(), [1 + 8 / 6, 5, 8], 1e-6);
      });
    });

    it("examples on their centers give loss 0 and gradient 0, and the centers stay", () => {
      withLoss([2, 2], 0.7, (loss) => {
        setCenters(loss, [1.25, -3, 0.1, 7]);
        const features = [1.25, -3, 0.1, 7, 1.25, -3];
        const { value, gradient } = evaluate(lossOf(loss, [0, 1, 0]), features, [3, 2]);
        assert.equal(value, 0);
        assert.ok(gradient.every((slope) => Math.abs(slope) === 0));
        const centers = loss.centers.dataSync().slice();
        move(loss, features, [3, 2], [0, 1, 0]);
        assert.deepEqual(loss.centers.dataSync(), centers);
      });
    });

    it("loss, gradient and centers equal PyTorch's over three steps", () => {
      withLoss([classCount, dim], expected.rate, (loss) => {
        for (const step of expected.steps) {
          const { value, gradient } = evaluate(lossOf(loss, labels), step.features, shape);
          assertClose(value, step.value, 3e-6);
          assertClose(gradient, step.gradient, 3e-6);
          move(loss, step.features, shape, labels);
          assertClose(loss.centers.dataSync(), step.centers, 3e-6);
        }
      });
    });

    it("the gradient agrees with finite differences", () => {
      withLoss([classCount, dim], undefined, (loss) => {
        move(loss, fixture.features, shape, labels);
        const { gradient } = evaluate(lossOf(loss, labels), fixture.features, shape);
        // Quadratic: only rounding, 1e-6 over the step.
        assertClose(
          differences(lossOf(loss, labels), fixture.features, shape, 0.5),
          gradient,
          1e-5,
        );
      });
    });

    it("moving and rotating features and centers together does not change the loss", () => {
      withLoss([classCount, dim], undefined, (loss) => {
        move(loss, fixture.features, shape, labels);
        const value = valueOf(lossOf(loss, labels), fixture.features, shape);
        const rotation = randomRotation(new Random(4), dim);
        const turned = (values: ArrayLike<number>) =>
          Array.from(
            multiply(Float64Array.from(values), rotation, dim, dim),
            (v, i) => v + (i % dim),
          );
        setCenters(loss, turned(loss.centers.dataSync()));
        const rotated = valueOf(lossOf(loss, labels), turned(fixture.features), shape);
        assertClose(rotated, value, 1e-5);
      });
    });

    it("a loss with restored centers continues as if it had not stopped", () => {
      const run = (loss: CenterLoss, steps: typeof expected.steps) => {
        for (const { features } of steps) move(loss, features, shape, labels);
        return Array.from(loss.centers.dataSync());
      };
      const sizes: [number, number] = [classCount, dim];
      const whole = withLoss(sizes, undefined, (loss) => run(loss, expected.steps));
      const saved = withLoss(sizes, undefined, (loss) => run(loss, expected.steps.slice(0, 1)));
      const resumed = withLoss(sizes, undefined, (loss) => {
        setCenters(loss, saved);
        return run(loss, expected.steps.slice(1));
      });
      assert.deepEqual(resumed, whole);
    });

    it("the centers have no gradient, so an optimizer does not move them", () => {
      withLoss([2, 2], undefined, (loss) => {
        assert.equal(loss.centers.trainable, false);
        const weights = tf.tidy(() => tf.variable(tf.ones<tf.Rank.R2>([3, 2])));
        tf.tidy(() => {
          const { grads } = tf.variableGrads(() => lossOf(loss, [0, 1, 0])(weights as tf.Tensor2D));
          assert.deepEqual(Object.keys(grads), [weights.name]);
        });
        weights.dispose();
      });
    });

    it("features that are not finite give a loss that is not finite and do not move the centers", () => {
      withLoss([2, 2], undefined, (loss) => {
        setCenters(loss, [1, 2, 3, 4]);
        for (const bad of [NaN, Infinity]) {
          assert.ok(!Number.isFinite(valueOf(lossOf(loss, [1, 0]), [5, 6, bad, 0], [2, 2])));
          move(loss, [5, 6, bad, 0], [2, 2], [1, 0]);
          assert.deepEqual(Array.from(loss.centers.dataSync()), [1, 2, 3, 4]);
        }
      });
    });

    it("CenterLoss rejects features of another dimension, wrong labels, and invalid sizes and rates", () => {
      withLoss([2, 2], undefined, (loss) => {
        const refuses = (features: tf.Tensor2D, own: number[], message: RegExp) => {
          for (const call of ["loss", "moveCenters"] as const)
            assert.throws(() => tf.tidy(() => void loss[call](features, own)), {
              name: "RangeError",
              message,
            });
          features.dispose();
        };
        refuses(tf.ones([2, 3]), [0, 1], /expected features of dimension 2, got 3/);
        refuses(tf.ones([2, 2]), [0, 2], /expected labels from 0 to 1, got 2 at example 1/);
        refuses(tf.zeros([0, 2]), [], /expected float32 features/);
        refuses(tf.ones([2, 2]), [0], /expected 2 labels, got 1/);
      });
      assert.throws(() => new CenterLoss(0, 2), /expected a class count and a dimension, got 0/);
      assert.throws(() => new CenterLoss(2, 1.5), /got 2 and 1.5/);
      for (const rate of [-0.1, 1.1, NaN])
        assert.throws(() => new CenterLoss(2, 2, rate), /expected a rate from 0 to 1/);
    });
  });
