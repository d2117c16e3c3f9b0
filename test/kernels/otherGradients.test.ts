import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { assertArraysClose, itEqualsOthers, randomTensor, slopes, valuesOn } from "./backends";

const size = (least: number, most: number) => fc.integer({ min: least, max: most });

describe("gradients of a depthwise convolution on the wasm backend", () => {
  const cases = fc.record({
    image: fc.tuple(size(1, 2), size(5, 9), size(5, 9), size(1, 4)),
    filter: fc.tuple(size(1, 3), size(1, 3)),
    multiplier: size(1, 3),
    stride: size(1, 2),
    pad: fc.constantFrom("same" as const, "valid" as const),
  });
  type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

  const depthwise = (x: tf.Tensor, w: tf.Tensor, stride: number, pad: Case["pad"]) =>
    tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad);

  function problem({ image, filter, multiplier, stride, pad }: Case) {
    const x = randomTensor(image, 1);
    const w = randomTensor([...filter, image[3], multiplier], 2);
    const weights = randomTensor(depthwise(x, w, stride, pad).shape, 3);
    const loss = (a: tf.Tensor, b: tf.Tensor) =>
      tf.sum(tf.mul(depthwise(a, b, stride, pad), weights)) as tf.Scalar;
    return { x, w, loss };
  }

  function gradients(one: Case): tf.Tensor[] {
    const { x, w, loss } = problem(one);
    return tf.grads(loss)([x, w]);
  }

  it("gradients equal the slopes of the depthwise convolution", async () => {
    const pad = "same" as const;
    const one: Case = { image: [1, 5, 6, 2], filter: [3, 2], multiplier: 2, stride: 2, pad };
    const [dx, dw, slopesX, slopesW] = await valuesOn("wasm", () => {
      const { x, w, loss } = problem(one);
      return [
        ...gradients(one),
        slopes((moved) => loss(moved, w), x, 1),
        slopes((moved) => loss(x, moved), w, 1),
      ];
    });
    assertArraysClose([dx, dw], [slopesX, slopesW], 1e-4);
  });

  itEqualsOthers("gradients of a depthwise convolution", async (other) => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const expected = await valuesOn(other, () => gradients(one));
        const actual = await valuesOn("wasm", () => gradients(one));
        assertArraysClose(actual, expected, 1e-5);
      }),
      { numRuns: 40, seed: 1 },
    );
  });
});

describe("gradients of pooling on the wasm backend", () => {
  const cases = fc.record({
    image: fc.tuple(size(1, 2), size(4, 9), size(4, 9), size(1, 5)),
    filter: size(1, 3),
    stride: size(1, 3),
    pad: fc.constantFrom("same" as const, "valid" as const),
    kind: fc.constantFrom("max" as const, "average" as const),
  });

  itEqualsOthers("gradients of max and average pooling", async (other) => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ image, filter, stride, pad, kind }) => {
        // The cpu backend divides by the whole window at the border, the forward pass by a part.
        if (other === "cpu" && kind === "average" && pad === "same") return;
        const operation = kind === "max" ? tf.maxPool : tf.avgPool;
        const gradient = () => {
          const pool = (x: tf.Tensor) => operation(x as tf.Tensor4D, filter, stride, pad);
          const x = randomTensor(image, 1);
          const weights = randomTensor(pool(x).shape, 2);
          return [tf.grad((a) => tf.sum(tf.mul(pool(a), weights)))(x)];
        };
        const expected = await valuesOn(other, gradient);
        const actual = await valuesOn("wasm", gradient);
        assertArraysClose(actual, expected, 1e-5);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("the gradient of an average at the border is the slope of the forward pass", async () => {
    const [images, volumes] = await valuesOn("wasm", () => {
      const pool = (x: tf.Tensor) => tf.sum(tf.avgPool(x as tf.Tensor4D, 2, 1, "same"));
      const pool3d = (x: tf.Tensor) => tf.sum(tf.avgPool3d(x as tf.Tensor5D, 2, 1, "same"));
      return [tf.grad(pool)(tf.ones([1, 3, 3, 1])), tf.grad(pool3d)(tf.ones([1, 1, 3, 3, 1]))];
    });
    // Windows have 4, 2 or 1 cells: the corner is a quarter of its window, two halves meet in 1.5.
    const expected = [0.25, 0.5, 0.75, 0.5, 1, 1.5, 0.75, 1.5, 2.25];
    assert.deepEqual(images, expected);
    assert.deepEqual(volumes, expected);
  });

  it("a pool that rounds up uses the rest at the border", async () => {
    const [largest, mean] = await valuesOn("wasm", () => {
      const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
      return [tf.maxPool(x, 2, 2, 0, "ceil"), tf.avgPool(x, 2, 2, 0, "ceil")];
    });
    assert.deepEqual(largest, [5, 6, 8, 9]);
    assert.deepEqual(mean, [3, 4.5, 7.5, 9]);
  });

  it("the gradient of a window of 2 x 2 with a NaN goes to it", async () => {
    const [gradient] = await valuesOn("wasm", () => [
      tf.grad((x) => tf.sum(tf.maxPool(x as tf.Tensor4D, 2, 2, "valid")))(
        tf.tensor4d([1, NaN, 2, NaN], [1, 2, 2, 1]),
      ),
    ]);
    assert.deepEqual(gradient, [0, 1, 0, 0]);
  });

  it("gradients equal the slopes of the pooling", async () => {
    for (const operation of [tf.maxPool, tf.avgPool]) {
      const [gradient, expected] = await valuesOn("wasm", () => {
        const x = randomTensor([1, 5, 6, 2], 1);
        const weights = randomTensor([1, 2, 3, 2], 2);
        const loss = (a: tf.Tensor) =>
          tf.sum(tf.mul(operation(a as tf.Tensor4D, 2, 2, "valid"), weights));
        // 0.001 is less than the values of a window differ by, so the maximum stays where it is.
        return [tf.grad(loss)(x), slopes(loss, x, 0.001)];
      });
      assertArraysClose([gradient], [expected], 1e-3);
    }
  });

  it("the gradient of a maximum goes once to the first of equal values", async () => {
    const [gradient] = await valuesOn("wasm", () => [
      tf.grad((x) => tf.sum(tf.maxPool(x as tf.Tensor4D, 2, 2, "valid")))(tf.ones([1, 2, 4, 1])),
    ]);
    assert.deepEqual(gradient, [1, 0, 1, 0, 0, 0, 0, 0]);
  });
});

describe("the gradient of a gather on the wasm backend", () => {
  it("gradients of rows that are gathered more than once add up", async () => {
    const [gradient] = await valuesOn("wasm", () => [
      tf.grad((x) =>
        tf.sum(
          tf.mul(
            tf.gather(x, tf.tensor1d([2, 0, 2], "int32")),
            tf.tensor2d([
              [1, 2],
              [3, 4],
              [5, 6],
            ]),
          ),
        ),
      )(tf.zeros([3, 2])),
    ]);
    assert.deepEqual(gradient, [3, 4, 0, 0, 6, 8]);
  });
});

describe("einsum on the wasm backend", () => {
  it("products and sums of einsum are those of matMul, and its gradients are the slopes", async () => {
    for (const equation of [
      "ij,jk->ki",
      "bij,bkj->bik",
      "ij,j->i",
      "ijk,kl->jl",
      "ij->j",
      "ij,kl->k",
    ]) {
      const [gradients, expected] = await valuesOn("wasm", () => {
        const labels = equation.split("->")[0].split(",");
        const sizeOf = (label: string) => 2 + (label.charCodeAt(0) % 3);
        const operands = labels.map((one, i) => randomTensor([...one].map(sizeOf), i));
        const weights = randomTensor(tf.einsum(equation, ...operands).shape, 9);
        const loss = (...all: tf.Tensor[]) =>
          tf.sum(tf.mul(tf.einsum(equation, ...all), weights)) as tf.Scalar;
        const flat = (all: tf.Tensor[]) => tf.concat1d(all.map((one) => tf.reshape(one, [-1])));
        const along = operands.map((one, i) =>
          slopes((x) => loss(...operands.map((other, j) => (i === j ? x : other))), one, 1),
        );
        return [flat(tf.grads(loss)(operands)), flat(along)];
      });
      assertArraysClose([gradients], [expected], 1e-4, equation);
    }
    const [dot] = await valuesOn("wasm", () => [
      tf.einsum("ij,j->", tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor1d([10, 100])),
    ]);
    assert.deepEqual(dot, [1 * 10 + 2 * 100 + 3 * 10 + 4 * 100]);
  });
});

describe("an ordinary tfjs layers model", () => {
  itEqualsOthers("a layers model trains on the wasm backend", async (other) => {
    const fit = async (backend: "cpu" | "wasm" | "tensorflow") => {
      await valuesOn(backend, () => []);
      const seed = 1;
      const kernelInitializer = () => tf.initializers.glorotUniform({ seed });
      const model = tf.sequential({
        layers: [
          tf.layers.conv2d({
            inputShape: [8, 8, 2],
            filters: 4,
            kernelSize: 3,
            strides: 2,
            activation: "relu",
            kernelInitializer: kernelInitializer(),
          }),
          tf.layers.batchNormalization(),
          tf.layers.depthwiseConv2d({ kernelSize: 2, depthwiseInitializer: kernelInitializer() }),
          tf.layers.flatten(),
          tf.layers.dense({
            units: 3,
            activation: "softmax",
            kernelInitializer: kernelInitializer(),
          }),
        ],
      });
      model.compile({ optimizer: tf.train.sgd(0.1), loss: "categoricalCrossentropy" });
      const x = randomTensor([6, 8, 8, 2], 2);
      const y = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2], "int32"), 3);
      const { history } = await model.fit(x, y, {
        epochs: 5,
        batchSize: 6,
        shuffle: false,
        verbose: 0,
      });
      model.dispose();
      return history.loss as number[];
    };
    const expected = await fit(other);
    const actual = await fit("wasm");
    assert.ok(expected[4] < expected[0]);
    // Five steps of float32 arithmetic in another order.
    assertArraysClose([actual], [expected], 1e-4);
  });
});
