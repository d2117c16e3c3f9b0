import assert from "node:assert/strict";
import fc from "fast-check";
import {
  definedTemperature,
  fitTemperatures,
  scaledOf,
  scaleTemperature,
} from "../../../src/metrics/behavior/temperature";
import { Random } from "../../../src/numerics/random";
import { UndefinedValueError } from "../../../src/numerics/undefinedValue";
import { assertClose } from "../../support/assertClose";

/** Two classes with a logit difference of 1 each, of which a share is right. */
function twoClasses(right: number, wrong: number) {
  const labels = [...Array<number>(right).fill(0), ...Array<number>(wrong).fill(1)];
  return { logits: labels.flatMap(() => [1, 0]), labels };
}

/** Logits that know the labels a little. */
function randomLogits(random: Random, count: number, classCount: number) {
  const labels = Array.from({ length: count }, () => random.integer(classCount));
  const logits = labels.flatMap((label) =>
    Array.from({ length: classCount }, (_, c) => random.normal() + Number(c === label)),
  );
  return { labels, logits };
}

describe("fitTemperatures", () => {
  it("the temperature makes confidence equal accuracy if all logits differ equally", () => {
    // 3 of 4 right: the odds 3 need z / T to differ by log 3.
    const { all } = fitTemperatures([twoClasses(6, 2)], 2);
    assertClose(all, 1 / Math.log(3), 1e-12);
  });

  it("the halves are the examples of even and of odd index through all batches", () => {
    const batch = (logits: number[], labels: number[]) => ({ logits, labels });
    // Even: 2 of 3 right; odd: 1 of 2 right, which equal probabilities predict best.
    const batches = [batch([1, 0], [0]), batch([1, 0, 1, 0, 1, 0], [0, 0, 1]), batch([1, 0], [1])];
    const { even, odd } = fitTemperatures(batches, 2);
    assertClose(even, 1 / Math.log(2), 1e-12);
    assert.equal(odd, Infinity);
  });

  it("the temperature is 0 without a misclassified example and infinite for useless logits", () => {
    assert.equal(fitTemperatures([twoClasses(4, 0)], 2).all, 0);
    assert.equal(fitTemperatures([twoClasses(2, 4)], 2).all, Infinity);
    assert.throws(() => definedTemperature(0), /UndefinedValueError|misclassified example/);
    assert.throws(() => definedTemperature(Infinity), UndefinedValueError);
    assert.equal(definedTemperature(2), 2);
  });

  it("the temperature scales with the logits over sixteen powers of ten", () => {
    const sizes = fc.record({
      seed: fc.nat(),
      exponent: fc.double({ min: -8, max: 8, noNaN: true }),
    });
    fc.assert(
      fc.property(sizes, ({ seed, exponent }) => {
        const { labels, logits } = randomLogits(new Random(seed), 40, 4);
        const scale = 10 ** exponent;
        const before = fitTemperatures([{ logits, labels }], 4);
        const scaled = logits.map((z) => scale * z);
        const after = fitTemperatures([{ logits: scaled, labels }], 4);
        for (const half of ["all", "even", "odd"] as const)
          if (before[half] === 0 || before[half] === Infinity)
            assert.equal(after[half], before[half]);
          else assertClose(after[half] / scale / before[half], 1, 1e-10, { what: half });
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it("the temperature does not change when a number is added to an example's logits", () => {
    const { labels, logits } = randomLogits(new Random(4), 60, 3);
    const shifted = logits.map((z, at) => z + 100 * Math.floor(at / 3));
    const { all } = fitTemperatures([{ logits, labels }], 3);
    assertClose(fitTemperatures([{ logits: shifted, labels }], 3).all, all, 1e-10);
  });

  it("fitTemperatures rejects logits that are not finite and sets without examples", () => {
    const labels = [0, 1];
    assert.throws(
      () => fitTemperatures([{ logits: [1, 0, NaN, 0], labels }], 2),
      /expected finite logits, got other values at example 1/,
    );
    assert.throws(() => fitTemperatures([], 2), /expected an example, got none/);
  });
});

describe("scaleTemperature", () => {
  it("each half has the temperature of the other", () => {
    // Even examples: 2 of 3 right; odd ones: 3 of 4.
    const labels = [0, 0, 0, 0, 1, 0, 0, 1];
    const logits = labels.flatMap(() => [1, 0]);
    const scaling = scaleTemperature([{ logits, labels }], 2, labels.length);
    const { temperatures, scaled } = scaling;
    assertClose(temperatures.even, 1 / Math.log(3), 1e-12);
    assertClose(temperatures.odd, 1 / Math.log(3), 1e-12);
    // Probabilities of 3/4 for class 0, which 6 of 8 examples have.
    assertClose(scaled!.crossEntropy, -(6 * Math.log(3 / 4) + 2 * Math.log(1 / 4)) / 8, 1e-12);
    assert.equal(scaledOf(scaling), scaled);
  });

  it("a half without a temperature leaves the scaled calibration undefined", () => {
    const labels = [0, 0, 1, 0];
    const logits = labels.flatMap(() => [1, 0]);
    const scaling = scaleTemperature([{ logits, labels }], 2, 4);
    assert.equal(scaling.scaled, undefined);
    assert.throws(() => scaledOf(scaling), UndefinedValueError);
  });

  it("too many logits are undefined, not looked at", () => {
    const batches = {
      [Symbol.iterator]: () => assert.fail("no example is to be read"),
    };
    assert.throws(
      () => scaleTemperature(batches, 1000, 100_000),
      /expected 67108864 logits or fewer, got 100000000/,
    );
  });
});
