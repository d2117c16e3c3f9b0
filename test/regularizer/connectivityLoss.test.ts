import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { Random } from "../../src/numerics/random";
import {
  connectivityLoss,
  connectivityLossKernel,
  type ConnectivityOptions,
} from "../../src/regularizer/connectivityLoss";

const options: ConnectivityOptions = {
  subBatchCount: 2,
  metric: "L2",
  shape: "absolute",
  zeroDeathTimes: "keep",
};
const random = new Random(5);
const values = Float32Array.from({ length: 2 * 4 * 3 }, () => random.normal());
const loss = (features: tf.Tensor) => connectivityLoss(features as tf.Tensor2D, 0.7, options).loss;

function expected() {
  const deathTimes = new Float32Array(2 * 3);
  const gradient = new Float32Array(values.length);
  const value = connectivityLossKernel(values, 2, 4, 3, 0.7, options, deathTimes, gradient);
  return { value: Math.fround(value), deathTimes, gradient };
}

describe("connectivityLoss", () => {
  before(async () => {
    await tf.setBackend("cpu");
  });

  it("the loss and its death times equal the kernel's", () => {
    tf.tidy(() => {
      const result = connectivityLoss(tf.tensor2d(values, [8, 3]), 0.7, options);
      assert.deepEqual(result.loss.shape, []);
      assert.equal(result.loss.dataSync()[0], expected().value);
      assert.equal(result.value, expected().value);
      assert.deepEqual(result.deathTimes, expected().deathTimes);
    });
  });

  it("connectivityLoss uses given values instead of reading the features", () => {
    tf.tidy(() => {
      const features = tf.zeros<tf.Rank.R2>([8, 3]);
      const result = connectivityLoss(features, 0.7, options, Float32Array.from(values));
      assert.equal(result.value, expected().value);
      assert.deepEqual(result.deathTimes, expected().deathTimes);
    });
  });

  it("the gradient equals the kernel's", () => {
    tf.tidy(() => {
      const gradient = tf.grad(loss)(tf.tensor2d(values, [8, 3]));
      assert.deepEqual(gradient.shape, [8, 3]);
      assert.deepEqual(gradient.dataSync(), expected().gradient);
    });
  });

  it("the gradient follows the chain rule: 4 L(2 x) has slope 8 L'", () => {
    tf.tidy(() => {
      const half = tf.tensor2d(values, [8, 3]).div(2);
      const gradient = tf.grad((x: tf.Tensor) => loss(x.mul(2)).mul(4))(half);
      // Powers of 2 are exact.
      assert.deepEqual(
        gradient.dataSync(),
        expected().gradient.map((value) => 8 * value),
      );
    });
  });

  it("gradients add up if the same features are used twice", () => {
    tf.tidy(() => {
      const gradient = tf.grad((x: tf.Tensor) => loss(x).add(loss(x)))(tf.tensor2d(values, [8, 3]));
      assert.deepEqual(
        gradient.dataSync(),
        expected().gradient.map((value) => 2 * value),
      );
    });
  });

  it("a call leaves only the loss and the gradient as tensors", () => {
    const features = tf.tensor2d(values, [8, 3]);
    const before = tf.memory().numTensors;
    const alone = loss(features);
    assert.equal(tf.memory().numTensors, before + 1, "evaluated alone");
    alone.dispose();
    const { value, grad } = tf.valueAndGrad(loss)(features);
    assert.equal(tf.memory().numTensors, before + 2, "with its gradient");
    tf.dispose([value, grad]);
    tf.tidy(() => void tf.grad((x: tf.Tensor) => loss(x).mul(2))(features));
    assert.equal(tf.memory().numTensors, before, "in a tidy");
    features.dispose();
  });

  it("a call that rejects its features leaks no tensor", () => {
    const features = tf.tensor2d([1, 2, NaN, 4], [2, 2]);
    const before = tf.memory().numTensors;
    const call = () => tf.tidy(() => tf.grad(loss)(features));
    assert.throws(call, /got NaN in example 0 of sub-batch 1/);
    assert.equal(tf.memory().numTensors, before);
    features.dispose();
  });

  it("connectivityLoss rejects unequal sub-batches and features that are not a float32 matrix", () => {
    tf.tidy(() => {
      const refuses = (features: tf.Tensor, message: RegExp, subBatchCount = 2) =>
        assert.throws(
          () => connectivityLoss(features as tf.Tensor2D, 1, { ...options, subBatchCount }),
          {
            name: "RangeError",
            message,
          },
        );
      refuses(tf.zeros([7, 3]), /expected 2 sub-batches of one size, got features of 7 examples/);
      refuses(tf.zeros([8]), /expected float32 features N x dim, got float32 of shape \[8\]/);
      refuses(tf.zeros([8, 3], "int32"), /expected float32 features N x dim, got int32/);
      refuses(tf.zeros([8, 3]), /expected a sub-batch count of 1 or more, got 0/, 0);
    });
  });
});
