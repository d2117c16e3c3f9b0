import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../../src/backend/selectBackend";
import { Random } from "../../../src/numerics/random";
import { deepFool, type DeepFoolOptions } from "../../../src/metrics/robustness/deepFool";
import { normals } from "../collapse/examples";
import { TEST_BACKEND } from "../../support/backend";
import { assertClose } from "../../support/assertClose";
import { linearLogits, withImages } from "./linear";

/** Logits x + y, x and 0 of an image (x, y). */
const plane = linearLogits([1, 1, 0, 1, 0, 0], [0, 0, 0]);

const fool = async (points: number[], options: DeepFoolOptions, logits = plane) =>
  (await withImages(points, [points.length / 2, 1, 2, 1], (x) => deepFool(logits, x, options)))
    .result;

describe("DeepFool", () => {
  before(() => selectBackend(TEST_BACKEND));

  it("DeepFool reaches the nearest boundary of a linear classifier in one step", async () => {
    // (3, 1): 4, 3, 0. The boundary to class 1 is y = 0, 1 away; to class 2 x + y = 0, 4 / sqrt 2.
    // (1, 9): 10, 1, 0: y = 0 is 9 away, x + y = 0 is 10 / sqrt 2 = 7.07.
    const { norms, relativeNorms, iterations, succeeded, perturbed } = await fool([3, 1, 1, 9], {});
    assertClose(norms, [1.02, (1.02 * 10) / Math.SQRT2], 1e-6);
    assertClose(relativeNorms, [1.02 / Math.sqrt(10), 10.2 / Math.sqrt(2 * 82)], 1e-6);
    assert.deepEqual([...iterations], [1, 1]);
    assert.deepEqual(succeeded, [true, true]);
    assertClose(perturbed, [3, -0.02, 1 - 5.1, 9 - 5.1], 1e-6);
  });

  it("DeepFool finds the exact distances of random linear classifiers", async () => {
    const random = new Random(3);
    const [size, classCount, count] = [12, 5, 20];
    const weights = Float32Array.from(normals(random, size * classCount));
    const bias = [...Float32Array.from(normals(random, classCount))];
    const images = Float32Array.from(normals(random, count * size));
    const logits = linearLogits(weights, bias);
    const { result } = await withImages(images, [count, 2, 3, 2], (x) =>
      deepFool(logits, x, { overshoot: 1e-3 }),
    );
    const z = (n: number, k: number) =>
      bias[k] + sum(size, (i) => images[n * size + i] * weights[i * classCount + k]);
    const distances = Array.from({ length: count }, (_, n) => {
      const all = bias.map((_, k) => z(n, k));
      const own = all.indexOf(Math.max(...all));
      const to = (k: number) => {
        const difference = (i: number) =>
          weights[i * classCount + k] - weights[i * classCount + own];
        return (all[own] - all[k]) / Math.sqrt(sum(size, (i) => difference(i) ** 2));
      };
      return Math.min(...all.map((_, k) => (k === own ? Infinity : to(k))));
    });
    assertClose(
      result.norms,
      distances.map((distance) => 1.001 * distance),
      1e-5,
    );
  });

  it("DeepFool gives a misclassified image the margin 0 if it knows the labels", async () => {
    const { norms, relativeNorms, iterations, succeeded, perturbed } = await fool([3, 1, 1, 9], {
      labels: [1, 0],
    });
    assert.deepEqual([norms[0], relativeNorms[0], iterations[0]], [0, 0, 0]);
    assert.deepEqual(succeeded, [true, true]);
    assert.deepEqual([...perturbed.subarray(0, 2)], [3, 1]);
    assertClose(norms[1], (1.02 * 10) / Math.SQRT2, 1e-6);
  });

  it("a black image has relative norm Infinity if DeepFool moves it and 0 if not", async () => {
    // Class 0 has 1, class 1 has x + y.
    const logits = linearLogits([0, 1, 0, 1], [1, 0]);
    const { norms, relativeNorms } = await fool([0, 0, 0, 0], { labels: [0, 1] }, logits);
    assertClose(norms, [1.02 / Math.SQRT2, 0], 1e-6);
    assert.deepEqual([...relativeNorms], [Infinity, 0]);
  });

  it("DeepFool considers only the candidate classes with the largest logits", async () => {
    // The runner-up of (1, 9) is class 1, 9 away; class 2 is nearer.
    const { norms } = await fool([1, 9], { candidates: 1 });
    assertClose(norms[0], 1.02 * 9, 1e-6);
  });

  it("DeepFool stays in the pixel range and moves only the pixels that can move", async () => {
    // Class 0 has x + y, class 1 has 1.6: the way from (1, 0.9) to x + y = 1.6 is (-0.15, -0.15).
    const sumOrBias = linearLogits([1, 0, 1, 0], [0, 1.6]);
    const free = await fool([1, 0.9], {}, sumOrBias);
    assertClose(free.norms[0], 1.02 * 0.15 * Math.SQRT2, 1e-6);
    // Class 1 above x + y, from (0, 0.5) to 2.5 in [0, 2]: (1, 1) would do; from there in [0, 1.2]
    // y ends at 1.2 after the first step, and x goes the rest of the way alone.
    const biasOrSum = linearLogits([0, 1, 0, 1], [2.5, 0]);
    assertClose((await fool([0, 0.5], {}, biasOrSum)).perturbed, [1.02, 1.52], 1e-6);
    const kept = await fool([0.9, 1], { pixelRange: [0, 1.4] }, biasOrSum);
    assertClose(kept.perturbed, [0.9 + 0.306, 1.306], 1e-6);
    const stuck = await fool([0, 0.5], { pixelRange: [0, 1.3] }, biasOrSum);
    // (1.02, 1.3) is 0.18 short of 2.5; x alone moves on by 1.02 times that.
    assertClose(stuck.perturbed, [1.02 + 1.02 * 0.18, 1.3], 1e-6);
    assert.equal(stuck.iterations[0], 2);
  });

  it("DeepFool returns norm Infinity and no success if it cannot reach another class", async () => {
    const constant = linearLogits([0, 0, 0, 0], [1, 0]);
    const { norms, relativeNorms, succeeded, iterations, perturbed } = await fool(
      [3, 1],
      { maxIterations: 3 },
      constant,
    );
    assert.deepEqual([norms[0], relativeNorms[0], succeeded[0]], [Infinity, Infinity, false]);
    assert.equal(iterations[0], 3);
    assert.deepEqual([...perturbed], [3, 1]);
    // The boundary x + y = 2.5 is outside the range.
    const outside = linearLogits([0, 1, 0, 1], [2.5, 0]);
    const kept = await fool([0.5, 0.5], { pixelRange: [0, 1] }, outside);
    assert.deepEqual([kept.norms[0], kept.succeeded[0]], [Infinity, false]);
  });

  it("DeepFool moves an image on the boundary by a positive norm below 1e-6", async () => {
    const { norms, succeeded } = await fool([0, 0], {}, linearLogits([1, 0, 0, 1], [0, 0]));
    assert.equal(succeeded[0], true);
    assert.ok(norms[0] > 0 && norms[0] < 1e-6);
  });

  it("DeepFool leaks no tensors and does not change the images", async () => {
    const values = [3, 1, 1, 9];
    for (const backend of ["cpu", TEST_BACKEND]) {
      await selectBackend(backend);
      const { result, leftBehind } = await withImages(values, [2, 1, 2, 1], async (x) => {
        await deepFool(plane, x);
        return [...(await x.data())];
      });
      assert.equal(leftBehind, 0);
      assert.deepEqual(result, values);
    }
  });

  it("DeepFool rejects invalid options, images, labels, logits and gradients", async () => {
    const refused = (options: DeepFoolOptions, points: number[], message: RegExp, logits = plane) =>
      assert.rejects(fool(points, options, logits), (error: Error) => {
        assert.ok(error instanceof RangeError);
        assert.match(error.message, message);
        return true;
      });
    await refused({ labels: [0, 1] }, [3, 1], /expected 1 labels, one per image, got 2/);
    await refused({ labels: [3] }, [3, 1], /expected labels from 0 to 2, got 3/);
    await refused({}, [NaN, 1], /expected finite images, got NaN at value 0/);
    await refused({}, [], /expected images, got shape \[0,1,2,1\]/);
    await refused({ pixelRange: [0, 1] }, [3, 1], /expected images in \[0, 1\], got 3 at value 0/);
    await refused({ maxIterations: 0 }, [3, 1], /expected 1 iteration or more, got 0/);
    await refused({ candidates: 0.5 }, [3, 1], /expected 1 candidate or more, got 0.5/);
    await refused({ overshoot: -1 }, [3, 1], /expected an overshoot of 0 or more, got -1/);
    await refused({}, [3, 1], /expected finite logits/, linearLogits([NaN, 0, 0, 0], [0, 0]));
    await refused({}, [3, 1], /expected 2 classes or more, got 1/, linearLogits([1, 1], [0]));
    const kink = (x: tf.Tensor4D) => tf.sqrt(plane(x)) as tf.Tensor2D;
    await refused({}, [0, 0], /expected finite gradients/, kink);
  });
});

function sum(count: number, term: (i: number) => number): number {
  return Array.from({ length: count }, (_, i) => term(i)).reduce((a, b) => a + b, 0);
}
