import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../src/backend/selectBackend";
import { smoothedCrossEntropy, softmaxCrossEntropy } from "../../src/model/crossEntropy";
import { TEST_BACKEND } from "../support/backend";
import { assertClose } from "../support/assertClose";
import fixture from "../fixtures/regularizers.json";
import { differences, evaluate, type Shape, valueOf } from "../regularizer/evaluate";

const { labels, classCount, logits } = fixture;
const shape: Shape = [labels.length, classCount];
const smoothed = (smoothing: number, own: number[]) => (z: tf.Tensor2D) =>
  smoothedCrossEntropy(z, own, smoothing);

for (const backend of ["cpu", TEST_BACKEND])
  describe(`cross entropy with label smoothing on ${backend}`, () => {
    before(async () => {
      await selectBackend(backend);
    });

    it("logits ln 3 and 0 with smoothing s have cross entropy ln 4 - (1 - s / 2) ln 3", () => {
      const value = (s: number) => valueOf(smoothed(s, [0]), [Math.log(3), 0], [1, 2]);
      assertClose(value(0.2), Math.log(4) - 0.9 * Math.log(3), 1e-6);
      assertClose(value(1), Math.log(4) - 0.5 * Math.log(3), 1e-6);
    });

    it("smoothing 0 gives the plain cross entropy and its gradient to the last bit", () => {
      const plain = (z: tf.Tensor2D) =>
        tf.tidy(() => softmaxCrossEntropy(z, tf.tensor1d(labels, "int32")));
      const ours = evaluate(smoothed(0, labels), logits, shape);
      assert.deepEqual(ours, evaluate(plain, logits, shape));
      assert.ok(ours.value > 0);
    });

    for (const { smoothing, value, gradient } of fixture.smoothed)
      it(`smoothing ${smoothing} gives PyTorch's value and gradient, and finite differences agree`, () => {
        const ours = evaluate(smoothed(smoothing, labels), logits, shape);
        assertClose(ours.value, value, 1e-6);
        assertClose(ours.gradient, gradient, 1e-6);
        // The error is of the order of step^2, 1e-3, times a third derivative below 0.1 / N.
        assertClose(
          differences(smoothed(smoothing, labels), logits, shape, 1 / 32),
          gradient,
          1e-4,
        );
      });

    it("the gradient is 0 at the minimum, which equals the entropy of the targets", () => {
      // Targets 0.9 and 0.1.
      const { value, gradient } = evaluate(smoothed(0.2, [0]), [Math.log(9), 0], [1, 2]);
      assertClose(value, -0.9 * Math.log(0.9) - 0.1 * Math.log(0.1), 1e-6);
      assertClose(gradient, [0, 0], 1e-6);
    });

    it("a constant added to all logits does not change the loss, and large logits keep it finite", () => {
      const moved = logits.map((value) => value + 64);
      const value = (z: number[]) => valueOf(smoothed(0.1, labels), z, shape);
      assertClose(value(moved), value(logits), 1e-5);
      // q = 0.95, 0.05: the second class costs 1000 more.
      assertClose(valueOf(smoothed(0.1, [0]), [1000, 0], [1, 2]), 50, 1e-6);
    });

    it("smoothedCrossEntropy rejects a smoothing outside [0, 1] and labels that are not classes", () => {
      for (const smoothing of [-0.1, 1.1, NaN])
        assert.throws(() => valueOf(smoothed(smoothing, labels), logits, shape), {
          name: "RangeError",
          message: `expected a smoothing from 0 to 1, got ${smoothing}`,
        });
      for (const smoothing of [0, 0.1])
        assert.throws(
          () =>
            valueOf(
              smoothed(
                smoothing,
                labels.map(() => 5),
              ),
              logits,
              shape,
            ),
          /expected labels from 0 to 4, got 5 at example 0/,
        );
    });
  });
