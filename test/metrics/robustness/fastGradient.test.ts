import assert from "node:assert/strict";
import { selectBackend } from "../../../src/backend/selectBackend";
import {
  fastGradientMargins,
  type MarginOptions,
} from "../../../src/metrics/robustness/fastGradientMargins";
import { fastGradientSign } from "../../../src/metrics/robustness/fastGradientSign";
import { TEST_BACKEND } from "../../support/backend";
import { assertClose } from "../../support/assertClose";
import { linearLogits, withImages } from "./linear";

/** Logits 2x - y and 0 of an image (x, y): moving by epsilon takes 3 epsilon from the difference. */
const slope = linearLogits([2, 0, -1, 0], [0, 0]);

const moved = async (
  points: number[],
  labels: number[],
  epsilon: number,
  range?: [number, number],
) =>
  (
    await withImages(points, [labels.length, 1, 2, 1], (x) =>
      fastGradientSign(slope, x, labels, epsilon, { pixelRange: range }),
    )
  ).result;

const margins = async (
  points: number[],
  labels: number[],
  options?: MarginOptions,
  logits = slope,
) =>
  (
    await withImages(points, [labels.length, 1, 2, 1], (x) =>
      fastGradientMargins(logits, x, labels, options),
    )
  ).result;

describe("fastGradientSign", () => {
  before(() => selectBackend(TEST_BACKEND));

  it("fastGradientSign matches the closed form of a linear classifier", async () => {
    const { perturbed, norms, relativeNorms, accuracy } = await moved([1, 1, -1, 3], [0, 1], 0.25);
    assertClose(perturbed, [0.75, 1.25, -0.75, 2.75], 1e-7);
    assertClose(norms, [0.25 * Math.SQRT2, 0.25 * Math.SQRT2], 1e-7);
    assertClose(relativeNorms, [0.25, 0.25 / Math.sqrt(5)], 1e-7);
    assert.equal(accuracy, 1);
    // 2x - y is 1 and -5: 3 epsilon makes the first wrong above 1/3, the second above 5/3.
    assert.equal((await moved([1, 1, -1, 3], [0, 1], 0.34)).accuracy, 0.5);
    assert.equal((await moved([1, 1, -1, 3], [0, 1], 1.7)).accuracy, 0);
  });

  it("fastGradientSign changes nothing for epsilon 0", async () => {
    const { perturbed, norms, accuracy } = await moved([1, 1, 1, 3], [0, 0], 0);
    assert.deepEqual([...perturbed], [1, 1, 1, 3]);
    assert.deepEqual([...norms], [0, 0]);
    assert.equal(accuracy, 0.5);
  });

  it("fastGradientSign stays in the pixel range", async () => {
    const { perturbed, norms } = await moved([0.1, 1], [0], 0.25, [0, 1]);
    assert.deepEqual([...perturbed], [0, 1]);
    assertClose(norms[0], Math.fround(0.1), 1e-12);
  });

  it("fastGradientSign finds its direction even if the cross entropy is rounded to 0", async () => {
    // Logits 2000x - 1000y and 0, and one of -300 that moves the other way: e^-300 is 0 in float32.
    const sure = linearLogits([2000, 0, 3000, -1000, 0, 3000], [0, 0, -9000]);
    const { result } = await withImages([1, 1], [1, 1, 2, 1], (x) =>
      fastGradientSign(sure, x, [0], 0.25),
    );
    assertClose(result.perturbed, [0.75, 1.25], 1e-7);
  });

  it("fastGradientSign moves toward the other classes by their softmax shares", async () => {
    // Class 0 has 0; classes 1 and 2 have x and -2x + c. At c = 0 and x = 0 their shares are equal:
    // u falls with x. With c = -2 class 1 has 0.88: u rises.
    const mixture = (c: number) => linearLogits([0, 1, -2, 0, 0, 0], [0, 0, c]);
    for (const [c, x] of [
      [0, -0.5],
      [-2, 0.5],
    ]) {
      const { result } = await withImages([0, 0], [1, 1, 2, 1], (images) =>
        fastGradientSign(mixture(c), images, [0], 0.5),
      );
      assert.deepEqual([...result.perturbed], [x, 0]);
    }
  });

  it("fastGradientSign rejects an invalid epsilon, wrong labels and wrong pixels", async () => {
    for (const epsilon of [-1, NaN, Infinity])
      await assert.rejects(moved([1, 1], [0], epsilon), /expected an epsilon of 0 or more, got/);
    await assert.rejects(moved([1, 1], [2], 0), /expected labels from 0 to 1, got 2/);
    const few = withImages([1, 1], [1, 1, 2, 1], (x) => fastGradientSign(slope, x, [], 1));
    await assert.rejects(few, /expected 1 labels, one per image, got 0/);
    await assert.rejects(moved([1, 2], [0], 0, [0, 1]), /expected images in \[0, 1\], got 2/);
  });
});

describe("fastGradientMargins", () => {
  before(() => selectBackend(TEST_BACKEND));

  it("margins of a linear classifier are logit difference / L1 norm of the gradient", async () => {
    // Differences 1, -4 (wrong), 5 and 0.3, over 3, to the bisections' width above.
    const width = 2 / (64 * 1024);
    const points = [1, 1, -1, 2, -1, 3, 0.4, 0.5];
    const { epsilons, norms, relativeNorms } = await margins(points, [0, 0, 1, 0], { largest: 2 });
    [1 / 3, 0, 5 / 3, 0.1].forEach((exact, n) => {
      const above = epsilons[n] - exact;
      assert.ok(above > -1e-6 && above <= width + 1e-6, `${epsilons[n]} for ${exact}`);
      assertClose(norms[n], epsilons[n] * Math.SQRT2, 1e-6);
    });
    assertClose(relativeNorms[2], norms[2] / Math.sqrt(10), 1e-12);
  });

  it("the margin is 0 for a misclassified image and Infinity above the search range", async () => {
    const { epsilons, norms, relativeNorms } = await margins([1, 3, -1, 3], [0, 1]);
    assert.deepEqual([...epsilons], [0, Infinity]);
    assert.deepEqual([...norms], [0, Infinity]);
    assert.deepEqual([...relativeNorms], [0, Infinity]);
  });

  it("the margins are grid steps if there are no bisections", async () => {
    const { epsilons } = await margins([1, 1], [0], { largest: 1, steps: 10, bisections: 0 });
    assert.deepEqual([...epsilons], [0.4]);
  });

  it("the margins respect the pixel range", async () => {
    // In [0, 1] y = 1 cannot grow: 2 epsilon must make up for the difference of 1.
    const { epsilons, norms } = await margins([1, 1], [0], { pixelRange: [0, 1] });
    assertClose(epsilons[0], 0.5, 1e-4);
    assertClose(norms[0], 0.5, 1e-4);
  });

  it("fastGradientMargins and fastGradientSign leak no tensors", async () => {
    const { leftBehind } = await withImages([1, 1, -1, 3], [2, 1, 2, 1], async (x) => {
      await fastGradientMargins(slope, x, [0, 1]);
      await fastGradientSign(slope, x, [0, 1], 0.5);
    });
    assert.equal(leftBehind, 0);
  });

  it("fastGradientMargins rejects an invalid search grid", async () => {
    await assert.rejects(margins([1, 1], [0], { largest: 0 }), /largest epsilon above 0, got 0/);
    await assert.rejects(margins([1, 1], [0], { steps: 1.5 }), /expected 1 step or more, got 1.5/);
    await assert.rejects(margins([1, 1], [0], { bisections: -1 }), /0 bisections or more, got -1/);
  });
});
