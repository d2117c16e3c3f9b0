import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { Sgd } from "../../src/training/sgd";
import { softmaxCrossEntropy } from "../../src/model/crossEntropy";
import { assertArraysClose, itEqualsOthers, randomTensor, valuesOn } from "./backends";

const upTo = (most: number) => fc.integer({ min: 1, max: most });

describe("matrix products on the wasm backend", () => {
  itEqualsOthers("products and gradients, also transposed and batched", (other) =>
    fc.assert(
      fc.asyncProperty(
        upTo(20),
        upTo(40),
        upTo(20),
        upTo(2),
        fc.boolean(),
        fc.boolean(),
        async (rows, inner, columns, batch, transposeA, transposeB) => {
          const compute = () => {
            const lead = batch === 1 ? [] : [batch];
            const a = randomTensor([...lead, ...(transposeA ? [inner, rows] : [rows, inner])], 1);
            const b = randomTensor(
              [...lead, ...(transposeB ? [columns, inner] : [inner, columns])],
              2,
            );
            const product = (p: tf.Tensor, q: tf.Tensor) => tf.matMul(p, q, transposeA, transposeB);
            const dy = randomTensor([...lead, rows, columns], 3);
            return [product(a, b), ...tf.grads(product)([a, b], dy)];
          };
          const expected = await valuesOn(other, compute);
          const actual = await valuesOn("wasm", compute);
          assertArraysClose(actual, expected, 1e-5);
        },
      ),
      { numRuns: 60, seed: 1 },
    ),
  );

  it("[1 2; 3 4] times [5; 6] is [17; 39], also with a leading dimension of 1", async () => {
    const [plain, leading] = await valuesOn("wasm", () => {
      const a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
      const b = tf.tensor2d([5, 6], [2, 1]);
      return [tf.matMul(a, b), tf.matMul(tf.expandDims(a), tf.expandDims(b))];
    });
    assert.deepEqual([plain, leading], Array(2).fill([17, 39]));
  });
});

describe("max pooling on the wasm backend", () => {
  itEqualsOthers("max pooling of any window", (other) =>
    fc.assert(
      fc.asyncProperty(
        upTo(2),
        upTo(9),
        upTo(9),
        upTo(6),
        upTo(3),
        fc.constantFrom("same", "valid"),
        async (count, height, width, channels, size, pad) => {
          if (pad === "valid" && Math.min(height, width) < size) return;
          const compute = () => [
            tf.maxPool(
              randomTensor([count, height, width, channels], 1) as tf.Tensor4D,
              size,
              size,
              pad as "same",
            ),
          ];
          assert.deepEqual(await valuesOn("wasm", compute), await valuesOn(other, compute));
        },
      ),
      { numRuns: 60, seed: 1 },
    ),
  );
});

describe("shapes outside the SIMD kernels on the wasm backend", () => {
  it("a bias of one value is added to every channel, and one that does not broadcast rejected", async () => {
    const convolve = (bias: number[]) => () => {
      const [x, filter] = [tf.ones<tf.Rank.R4>([1, 1, 1, 1]), tf.ones<tf.Rank.R4>([1, 1, 1, 3])];
      return [tf.fused.conv2d({ x, filter, strides: 1, pad: "valid", bias: tf.tensor1d(bias) })];
    };
    assert.deepEqual(await valuesOn("wasm", convolve([5])), [[6, 6, 6]]);
    await assert.rejects(valuesOn("wasm", convolve([5, 6])), /shape/);
  });

  it("a matrix product rejects inner dimensions that differ, by name and size", async () => {
    const product = () => [tf.matMul(tf.ones([2, 3]), tf.ones([4, 5]))];
    await assert.rejects(valuesOn("wasm", product), {
      name: "RangeError",
      message: /BatchMatMul on the wasm backend: expected inner shapes \(3\) and \(4\)/,
    });
  });

  it("the number of segment ids must equal the number of rows", async () => {
    const sums = () => [tf.unsortedSegmentSum(tf.ones([2, 2]), tf.tensor1d([0, 1, 0], "int32"), 2)];
    await assert.rejects(valuesOn("wasm", sums), /segmentIds of shape \[2\], got \[3\]/);
  });

  it("clipping keeps a NaN", async () => {
    const clipped = () => [tf.clipByValue(tf.tensor1d([NaN, -5, 5, 0.5]), -1, 1)];
    assert.deepEqual(await valuesOn("wasm", clipped), [[NaN, -1, 1, 0.5]]);
  });

  it("a matrix product over an empty dimension is all zeros", async () => {
    const product = () => [tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3]))];
    assert.deepEqual(await valuesOn("wasm", product), [Array(6).fill(0)]);
  });
});

describe("softmax cross entropy", () => {
  it("logits 0 and ln 3 cost ln 4 for the first class and ln 4 - ln 3 for the second", async () => {
    for (const backend of ["wasm", "cpu"] as const) {
      const [first, second] = await valuesOn(backend, () =>
        [0, 1].map((label) =>
          softmaxCrossEntropy(tf.tensor2d([0, Math.log(3)], [1, 2]), tf.tensor1d([label], "int32")),
        ),
      );
      const expected = [[Math.log(4)], [Math.log(4 / 3)]];
      assertArraysClose([first, second], expected, 1e-6, backend);
    }
  });

  itEqualsOthers("cross entropy and its gradient on the wasm backend", (other) =>
    fc.assert(
      fc.asyncProperty(
        upTo(30),
        fc.integer({ min: 2, max: 12 }),
        fc.constantFrom(1, 30),
        async (count, classes, size) => {
          const compute = () => {
            const logits = tf.mul(randomTensor([count, classes], 1), size);
            const labels = tf.tensor1d(
              Int32Array.from({ length: count }, (_, i) => (i * 7) % classes),
              "int32",
            );
            const loss = (x: tf.Tensor) =>
              tf.mul(softmaxCrossEntropy(x as tf.Tensor2D, labels), 3) as tf.Scalar;
            return [loss(logits), tf.grad(loss)(logits)];
          };
          const expected = await valuesOn(other, compute);
          const actual = await valuesOn("wasm", compute);
          assertArraysClose(actual, expected, 1e-5);
        },
      ),
      { numRuns: 40, seed: 1 },
    ),
  );
});

describe("stochastic gradient descent", () => {
  for (const nesterov of [false, true])
    itEqualsOthers(`steps with nesterov ${nesterov} on the wasm backend`, async (other) => {
      const compute = () => {
        const shapes = { filter: [3, 3, 2, 5], bias: [5], frozen: [7] };
        const parameters = new Map(
          Object.entries(shapes).map(([name, shape], i) => [
            name,
            tf.variable(randomTensor(shape, i)),
          ]),
        );
        const sgd = new Sgd(parameters, { momentum: 0.9, nesterov, weightDecay: 0.01 });
        for (let step = 0; step < 3; step++) {
          const gradients = [...parameters]
            .filter(([name]) => name !== "frozen")
            .map(([name, { shape }]) => [name, randomTensor(shape, 10 + step)] as const);
          sgd.step(new Map(gradients), 0.1);
        }
        return [...parameters.values(), ...sgd.velocities.values()].map((v) => tf.clone(v));
      };
      const expected = await valuesOn(other, compute);
      const actual = await valuesOn("wasm", compute);
      assertArraysClose(actual, expected, 1e-6);
    });

  it("a step moves w = 1 with gradient 2, decay 0.5 and rate 0.1 to 0.75 and keeps its clones", async () => {
    const [w, v, clone] = await valuesOn("wasm", () => {
      const parameter = tf.variable(tf.tensor1d([1]));
      const before = tf.clone(parameter);
      const options = { momentum: 0.9, nesterov: false, weightDecay: 0.5 };
      const sgd = new Sgd(new Map([["w", parameter]]), options);
      sgd.step(new Map([["w", tf.tensor1d([2])]]), 0.1);
      return [tf.clone(parameter), tf.clone(sgd.velocities.get("w")!), before];
    });
    assert.deepEqual([w, v, clone], [[0.75], [2.5], [1]]);
  });
});
