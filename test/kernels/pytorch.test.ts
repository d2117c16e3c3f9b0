import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { BATCH_NORM_BACKWARD, BATCH_NORM_FORWARD } from "../../src/kernels/batchNormKernels";
import { assertArraysClose, valuesOn } from "./backends";

interface ConvolutionCase {
  readonly inputShape: [number, number, number, number];
  readonly filterShape: [number, number, number, number];
  readonly outputShape: number[];
  readonly strides: [number, number];
  readonly padding: [top: number, bottom: number, left: number, right: number];
  readonly dilations: [number, number];
  readonly input: number[];
  readonly filter: number[];
  readonly output: number[];
  readonly outputGradient: number[];
  readonly inputGradient: number[];
  readonly filterGradient: number[];
}

interface BatchNormCase {
  readonly shape: number[];
  readonly epsilon: number;
  readonly slope: number;
  readonly scale: number[];
  readonly offset: number[];
  readonly batches: {
    readonly input: number[];
    readonly activated: number[];
    readonly activatedGradient: number[];
    readonly inputGradient: number[];
    readonly scaleGradient: number[];
    readonly offsetGradient: number[];
  }[];
}

function fixture<T>(name: string): T[] {
  const file = path.resolve("test/fixtures", `${name}.json`);
  return JSON.parse(readFileSync(file, "utf8")) as T[];
}

describe("convolutions on the wasm backend", () => {
  it("convolutions and their gradients equal PyTorch's over strides, paddings and odd sizes", async () => {
    // tfjs has no gradient of a dilated convolution.
    const undilated = fixture<ConvolutionCase>("convolution").filter(({ dilations }) =>
      dilations.every((dilation) => dilation === 1),
    );
    assert.ok(undilated.length >= 5);
    for (const one of undilated) {
      const [top, bottom, left, right] = one.padding;
      const pad: tf.backend_util.ExplicitPadding = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
      const actual = await valuesOn("wasm", () => {
        const convolve = (x: tf.Tensor, filter: tf.Tensor) =>
          tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, one.strides, pad, "NHWC", 1, "floor");
        const x = tf.tensor4d(one.input, one.inputShape);
        const filter = tf.tensor4d(one.filter, one.filterShape);
        const gradients = tf.grads(convolve)(
          [x, filter],
          tf.tensor(one.outputGradient, one.outputShape),
        );
        return [convolve(x, filter), ...gradients];
      });
      const expected = [one.output, one.inputGradient, one.filterGradient];
      assertArraysClose(actual, expected, 1e-6, JSON.stringify(one.filterShape));
    }
  });
});

describe("batch normalization with leaky ReLU on the wasm backend", () => {
  it("batch norm and its gradients equal PyTorch's, also for a constant channel", async () => {
    for (const { shape, epsilon, slope, scale, offset, batches } of fixture<BatchNormCase>(
      "batchNorm",
    ))
      for (const batch of batches) {
        const attrs = { epsilon, slope };
        const actual = await valuesOn("wasm", () => {
          const inputs = {
            x: tf.tensor(batch.input, shape),
            scale: tf.tensor1d(scale),
            offset: tf.tensor1d(offset),
          };
          const run = (name: string, given: tf.NamedTensorMap) =>
            tf.engine().runKernel<tf.Tensor[]>(name, given, attrs);
          const [y, mean, variance] = run(BATCH_NORM_FORWARD, inputs);
          const dy = tf.tensor(batch.activatedGradient, shape);
          return [y, ...run(BATCH_NORM_BACKWARD, { dy, ...inputs, mean, variance })];
        });
        const { activated, inputGradient, scaleGradient, offsetGradient } = batch;
        const expected = [activated, inputGradient, scaleGradient, offsetGradient];
        assertArraysClose(actual, expected, 1e-5);
      }
  });
});
