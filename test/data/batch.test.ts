import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { distinctRows, imageTensor, pixelStatistics } from "../../src/data/batch";
import type { ImageSet } from "../../src/data/imageSet";
import torchBits from "../fixtures/pixels.json";
import { assertClose } from "../support/assertClose";

/** Three images of 1 x 2 x 2 values. */
const three: ImageSet = {
  pixels: Uint8Array.of(0, 255, 51, 102, 0, 0, 0, 0, 255, 204, 153, 0),
  labels: Uint8Array.of(0, 1, 2),
  imageShape: [1, 2, 2],
  classCount: 3,
};

function values(tensor: tf.Tensor): Float32Array {
  const data = tensor.dataSync() as Float32Array;
  tensor.dispose();
  return data;
}

describe("distinctRows", () => {
  it("the distinct rows of 7, 3, 7, 9, 3 are 7, 3, 9 at the positions 0, 1, 0, 2, 1", () => {
    const { rows, positions } = distinctRows([7, 3, 7, 9, 3]);
    assert.deepEqual([...rows], [7, 3, 9]);
    assert.deepEqual([...positions], [0, 1, 0, 2, 1]);
  });
});

describe("pixelStatistics", () => {
  it("pixelStatistics gives mean 1/4 and std sqrt(3)/4 of 0, 0, 0, 255, and std 1 of a constant", () => {
    const pixels = Uint8Array.of(0, 5, 0, 5, 0, 5, 255, 5);
    const labels = Uint8Array.of(0, 1);
    const set: ImageSet = { pixels, labels, imageShape: [1, 2, 2], classCount: 2 };
    const { mean, populationStd: std } = pixelStatistics(set);
    assert.deepEqual(mean, [0.25, 5 / 255]);
    assertClose(std[0], Math.sqrt(3) / 4, 1e-15);
    assert.equal(std[1], 1);
  });
});

describe("imageTensor", () => {
  let previous: string;

  before(async () => {
    previous = tf.getBackend();
    await tf.setBackend("cpu");
  });

  after(async () => {
    if (previous) await tf.setBackend(previous);
  });

  it("imageTensor gives the images of the rows in order, with repetitions, as pixel / 255", () => {
    const tensor = imageTensor(three, [2, 0, 2]);
    assert.deepEqual(tensor.shape, [3, 1, 2, 2]);
    assert.equal(tensor.dtype, "float32");
    const [first, third] = [
      [0, 1, 0.2, 0.4],
      [1, 0.8, 0.6, 0],
    ];
    assert.deepEqual(values(tensor), Float32Array.from([...third, ...first, ...third]));
  });

  it("imageTensor takes the rows from one position to another", () => {
    const tensor = imageTensor(three, [2, 0, 1, 1], 1, 3);
    assert.deepEqual(tensor.shape, [2, 1, 2, 2]);
    assert.deepEqual(values(tensor), Float32Array.of(0, 1, 0.2, 0.4, 0, 0, 0, 0));
    const none = imageTensor(three, [2, 0], 1, 1);
    assert.deepEqual(none.shape, [0, 1, 2, 2]);
    none.dispose();
  });

  it("imageTensor gives exactly torch's float for each of the 256 pixel values", () => {
    const all: ImageSet = {
      pixels: Uint8Array.from({ length: 256 }, (_, pixel) => pixel),
      labels: Uint8Array.of(0),
      imageShape: [16, 16, 1],
      classCount: 1,
    };
    const floats = values(imageTensor(all, [0])).slice();
    assert.deepEqual([...new Uint32Array(floats.buffer)], torchBits);
  });

  it("imageTensor leaves only the tensor that it returns in memory", () => {
    const before = tf.memory().numTensors;
    const tensor = imageTensor(three, [0, 1]);
    assert.equal(tf.memory().numTensors, before + 1);
    tensor.dispose();
  });

  it("imageTensor rejects rows outside the set and positions outside the rows", () => {
    assert.throws(
      () => imageTensor(three, [0, 3]),
      new RangeError("expected rows from 0 to 2, got 3 at position 1"),
    );
    for (const [from, to] of [
      [-1, 1],
      [2, 1],
      [0, 1.5],
      [NaN, 1],
    ])
      assert.throws(
        () => imageTensor(three, [0, 1], from, to),
        /expected whole numbers 0 <= from <= to/,
      );
    assert.throws(
      () => imageTensor(three, [0, 1], 0, 3),
      new RangeError("expected to <= 2, the number of rows, got 3"),
    );
  });

  it("imageTensor subtracts each channel's mean and divides by its standard deviation", () => {
    const normalization = { mean: [0.2, 0.5], populationStd: [0.4, 0.25] };
    const tensor = imageTensor({ ...three, normalization }, [2]);
    // 255, 204 | 153, 0 are 1, 0.8 | 0.6, 0.
    const expected = [0.8 / 0.4, 0.3 / 0.25, 0.4 / 0.4, -0.5 / 0.25];
    assertClose(values(tensor), expected, 1e-6, { scale: 1 });
  });
});
