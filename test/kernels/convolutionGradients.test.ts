import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { selectBackend } from "../../src/backend/selectBackend";
import { assertArraysClose, itEqualsOthers, randomTensor, slopes, valuesOn } from "./backends";

interface Case {
  readonly image: [examples: number, height: number, width: number, channels: number];
  readonly filter: [height: number, width: number];
  readonly outputs: number;
  readonly stride: [number, number];
  readonly pad: "same" | "valid" | number | tf.backend_util.ExplicitPadding;
}

const size = (least: number, most: number) => fc.integer({ min: least, max: most });
const explicit = fc
  .tuple(size(0, 2), size(0, 2), size(0, 2), size(0, 2))
  .map(([top, bottom, left, right]): tf.backend_util.ExplicitPadding => [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
const image = fc.tuple(size(1, 3), size(5, 12), size(5, 12), size(1, 9));
const cases: fc.Arbitrary<Case> = fc.oneof(
  fc.record({
    image,
    filter: fc.tuple(size(1, 5), size(1, 5)),
    outputs: size(1, 9),
    stride: fc.tuple(size(1, 3), size(1, 3)),
    pad: fc.oneof(fc.constantFrom("same" as const, "valid" as const), explicit),
  }),
  // One number of padding: square filters and equal strides only.
  fc
    .record({ image, side: size(1, 5), outputs: size(1, 9), step: size(1, 3), pad: size(0, 3) })
    .map(({ side, step, ...rest }): Case => ({
      ...rest,
      filter: [side, side],
      stride: [step, step],
    })),
);

/** x, the filter, and sum(conv2d(x, filter) * weights) of them, weights fixed. */
function problem({ image, filter, outputs, stride, pad }: Case) {
  const x = randomTensor(image, 1) as tf.Tensor4D;
  const w = randomTensor([...filter, image[3], outputs], 2) as tf.Tensor4D;
  const convolve = (a: tf.Tensor, b: tf.Tensor) =>
    tf.conv2d(
      a as tf.Tensor4D,
      b as tf.Tensor4D,
      stride,
      pad,
      "NHWC",
      1,
      typeof pad === "string" ? undefined : "floor",
    );
  const weights = randomTensor(convolve(x, w).shape, 3);
  const loss = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(convolve(a, b), weights)) as tf.Scalar;
  return { x, w, loss };
}

/** The gradients of the loss by x and by the filter. */
function gradients(one: Case): tf.Tensor[] {
  const { x, w, loss } = problem(one);
  return tf.grads(loss)([x, w]);
}

// Sums of up to 3 x 12 x 12 float32 products, each within 1: 1e-5 of the largest.
const TOLERANCE = 1e-5;

describe("gradients of a 2-D convolution on the wasm backend", () => {
  itEqualsOthers("gradients for any stride, padding, size and channels", async (other) => {
    // tfjs-node rejects numeric padding.
    const isTaken = ({ pad }: Case) => other === "cpu" || typeof pad === "string";
    await fc.assert(
      fc.asyncProperty(cases.filter(isTaken), async (one) => {
        const expected = await valuesOn(other, () => gradients(one));
        const actual = await valuesOn("wasm", () => gradients(one));
        assertArraysClose(actual, expected, TOLERANCE);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  itEqualsOthers("gradients in layers of both networks", async (other) => {
    const layers: Case[] = [
      { image: [2, 28, 28, 1], filter: [3, 3], outputs: 8, stride: [1, 1], pad: "same" },
      { image: [2, 14, 14, 8], filter: [3, 3], outputs: 32, stride: [1, 1], pad: "same" },
      { image: [2, 3, 3, 64], filter: [3, 3], outputs: 128, stride: [1, 1], pad: "same" },
      { image: [2, 8, 8, 64], filter: [3, 3], outputs: 96, stride: [1, 1], pad: "valid" },
      { image: [2, 6, 6, 64], filter: [1, 1], outputs: 32, stride: [1, 1], pad: "same" },
    ];
    for (const layer of layers) {
      const expected = await valuesOn(other, () => gradients(layer));
      const actual = await valuesOn("wasm", () => gradients(layer));
      assertArraysClose(actual, expected, TOLERANCE, JSON.stringify(layer));
    }
  });

  it("gradients equal the slopes of the convolution, which a step of 1 gives exactly", async () => {
    const uneven: Case[] = [
      { image: [2, 6, 5, 2], filter: [3, 2], outputs: 3, stride: [2, 1], pad: "same" },
      { image: [1, 7, 6, 3], filter: [2, 3], outputs: 2, stride: [1, 2], pad: "valid" },
    ];
    for (const one of uneven) {
      const [dx, dw, slopesX, slopesW] = await valuesOn("wasm", () => {
        const { x, w, loss } = problem(one);
        return [
          ...gradients(one),
          slopes((moved) => loss(moved, w), x, 1),
          slopes((moved) => loss(x, moved), w, 1),
        ];
      });
      // Differences of sums near 10 in float32.
      assertArraysClose([dx, dw], [slopesX, slopesW], 1e-4);
    }
  });

  it("each weight of a 2 x 2 filter on 3 x 3 ones has gradient 4, one per output", async () => {
    // y[a, b] = sum of x[a + i, b + j] w[i, j]; 2 x 2 outputs, each with x = 1: slope 4.
    const [values] = await valuesOn("wasm", () => [
      tf.grad((w) =>
        tf.sum(tf.conv2d(tf.ones<tf.Rank.R4>([1, 3, 3, 1]), w as tf.Tensor4D, 1, "valid")),
      )(tf.zeros([2, 2, 1, 1])),
    ]);
    assert.deepEqual(values, [4, 4, 4, 4]);
  });

  it("gradients in the data format NCHW are the transposed ones of NHWC", async () => {
    const toFirst = (x: tf.Tensor) => tf.transpose(x, [0, 3, 1, 2]) as tf.Tensor4D;
    const [first, last] = await valuesOn("wasm", () => {
      const x = randomTensor([2, 6, 5, 3], 1) as tf.Tensor4D;
      const filter = randomTensor([3, 2, 3, 4], 2) as tf.Tensor4D;
      const dy = randomTensor([2, 3, 3, 4], 3);
      const gradients = (format: "NHWC" | "NCHW", image: tf.Tensor4D, by: tf.Tensor) =>
        tf.grads((a: tf.Tensor, f: tf.Tensor) =>
          tf.conv2d(a as tf.Tensor4D, f as tf.Tensor4D, 2, "same", format),
        )([image, filter], by);
      const [dx, dw] = gradients("NHWC", x, dy);
      const [dxFirst, dwFirst] = gradients("NCHW", toFirst(x), toFirst(dy));
      return [
        tf.concat1d([tf.reshape(dxFirst, [-1]), tf.reshape(dwFirst, [-1])]),
        tf.concat1d([tf.reshape(toFirst(dx), [-1]), tf.reshape(dw, [-1])]),
      ];
    });
    assert.deepEqual(first, last);
  });

  it("a single padding number pads each side of a filter that is not square", async () => {
    // The cpu backend takes the filter's height for its width there: numbers for each side are right.
    const one: Case = { image: [1, 7, 8, 4], filter: [3, 5], outputs: 8, stride: [1, 2], pad: 2 };
    const sides: Case = {
      ...one,
      pad: [
        [0, 0],
        [2, 2],
        [2, 2],
        [0, 0],
      ],
    };
    const [actual, expected] = [
      await valuesOn("wasm", () => gradients(one)),
      await valuesOn("cpu", () => gradients(sides)),
    ];
    assertArraysClose(actual, expected, TOLERANCE);
  });

  it("gradients over no images and over no outputs are zeros", async () => {
    for (const [shape, filter, stride] of [
      [[0, 4, 4, 1], [3, 3, 1, 1], 1],
      [[0, 4, 4, 1], [3, 3, 1, 1], 2],
      [[1, 4, 4, 1], [5, 5, 1, 1], 1],
    ] as const) {
      const values = await valuesOn("wasm", () =>
        tf.grads((x: tf.Tensor, f: tf.Tensor) =>
          tf.sum(tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, stride, "valid")),
        )([tf.ones(shape.slice()), tf.ones(filter.slice())]),
      );
      assert.deepEqual(
        values,
        [shape, filter].map((one: readonly number[]) =>
          Array<number>(one.reduce((p, n) => p * n, 1)).fill(0),
        ),
      );
    }
  });

  it("a convolution whose stride is beyond its filter sees every window", async () => {
    // 16 windows of four ones: 4 for each output; tfjs's kernel gives zeros.
    const [values] = await valuesOn("wasm", () => [
      tf.conv2d(tf.ones<tf.Rank.R4>([1, 16, 16, 1]), tf.ones<tf.Rank.R4>([2, 2, 1, 1]), 4, "same"),
    ]);
    assert.deepEqual(values, Array(16).fill(4));
  });

  it("a transposed convolution casts integers, and takes the upper left part of a larger dy", async () => {
    const [cast, cut] = await valuesOn("wasm", () => [
      tf.conv2dTranspose(
        tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1], "int32"),
        tf.ones([2, 2, 1, 1]),
        [1, 3, 3, 1],
        1,
        "valid",
      ),
      tf.conv2dTranspose(
        tf.reshape<tf.Rank.R4>(tf.range(0, 64), [1, 8, 8, 1]),
        tf.ones([1, 1, 1, 1]),
        [1, 4, 4, 1],
        1,
        "same",
      ),
    ]);
    assert.deepEqual(cast, [1, 3, 2, 4, 10, 6, 3, 7, 4]);
    assert.deepEqual(cut, [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27]);
  });

  it("computing gradients leaks no tensor", async () => {
    await selectBackend("wasm");
    const one: Case = {
      image: [2, 6, 6, 3],
      filter: [3, 3],
      outputs: 4,
      stride: [1, 1],
      pad: "same",
    };
    tf.dispose(tf.tidy(() => gradients(one)));
    const before = tf.memory();
    tf.dispose(tf.tidy(() => gradients(one)));
    assert.equal(tf.memory().numTensors, before.numTensors);
    assert.equal(tf.memory().numDataBuffers, before.numDataBuffers);
  });
});
