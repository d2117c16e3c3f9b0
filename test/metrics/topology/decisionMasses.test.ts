import assert from "node:assert/strict";
import fc from "fast-check";
import {
  classDecisionMasses,
  decisionError,
  decisionErrorBound,
} from "../../../src/metrics/topology/decisionMasses";
import { assertClose } from "./reference";

const classCount = 3;
const logit = fc.integer({ min: -9, max: 9 });
/** Each class has an example: the first ones. */
const labelled = fc
  .array(fc.nat(classCount - 1), { maxLength: 20 })
  .map((labels) => [0, 1, 2, ...labels])
  .chain((labels) =>
    fc.record({
      labels: fc.constant(labels),
      logits: fc.array(logit, { minLength: 3 * labels.length, maxLength: 3 * labels.length }),
    }),
  );

const sharesOf = (labels: number[]) =>
  [0, 1, 2].map((k) => labels.filter((label) => label === k).length / labels.length);
const errorOf = (logits: number[], labels: number[]) =>
  labels.filter((label, n) => {
    const own = logits.slice(n * classCount, (n + 1) * classCount);
    return own.indexOf(Math.max(...own)) !== label;
  }).length / labels.length;

describe("The mass of a class in its decision region", () => {
  // Predicted 0, 0, 1, 1 for classes 0, 0, 0, 1.
  const logits = [2, 1, 5, 5, 0, 3, -2, -1];
  const labels = [0, 0, 0, 1];

  it("is 2/3 where 2 of 3 examples are in it, and 1 where all are", () => {
    assert.deepEqual([...classDecisionMasses(logits, labels, 2)], [2 / 3, 1]);
  });

  it("gives the error 1/4 by the classes' shares, and the class-balanced error 1/6", () => {
    assertClose([decisionError([2 / 3, 1], [3 / 4, 1 / 4])], [1 / 4], 1e-15);
    assertClose([decisionError([2 / 3, 1])], [1 / 6], 1e-15);
  });

  it("bounds the error by K times the largest miss: 2/3 for misses 1/3 and 0", () => {
    assertClose([decisionErrorBound([2 / 3, 1])], [2 / 3], 1e-15);
    assert.equal(decisionErrorBound([1, 1, 1]), 0);
  });

  it("gives the error of the network, which the bound is never below", () => {
    fc.assert(
      fc.property(labelled, ({ logits, labels }) => {
        const masses = classDecisionMasses(logits, labels, classCount);
        const error = errorOf(logits, labels);
        assertClose([decisionError(masses, sharesOf(labels))], [error], 1e-12);
        assert.ok(error <= decisionErrorBound(masses) + 1e-12);
        const misses = masses.map((mass) => 1 - mass);
        assertClose([decisionError(masses)], [(misses[0] + misses[1] + misses[2]) / 3], 1e-12);
      }),
      { seed: 91 },
    );
  });

  it("follows its class when classes are renamed, and ignores shifts of an example's logits", () => {
    fc.assert(
      fc.property(labelled, logit, ({ logits, labels }, shift) => {
        const unequal = logits.map((value, at) => value + (at % classCount) / 10); // no ties
        const masses = classDecisionMasses(unequal, labels, classCount);
        const renamed = unequal.map((_, at) => {
          const k = at % classCount;
          return unequal[at - k + ((k + 1) % classCount)] + shift;
        });
        const renamedLabels = labels.map((label) => (label + 2) % classCount);
        const moved = classDecisionMasses(renamed, renamedLabels, classCount);
        assert.deepEqual([...moved], [masses[1], masses[2], masses[0]]);
      }),
      { seed: 92 },
    );
  });

  it("is refused for classes without examples and logits that do not fit", () => {
    assert.throws(
      () => classDecisionMasses([1, 2, 1, 2], [1, 1], 2),
      /expected examples of every class, got none of 0/,
    );
    assert.throws(() => classDecisionMasses(logits, [0, 1], 2), /expected 2 x 2 logits, got 8/);
    assert.throws(() => classDecisionMasses([1, NaN], [0], 2), /expected finite logits, got NaN/);
    assert.throws(() => classDecisionMasses([1, 2], [2], 2), /expected labels from 0 to 1, got 2/);
  });

  it("is refused where it, or a class share, is none", () => {
    assert.throws(() => decisionError([0.5, NaN]), /expected masses from 0 to 1, got NaN/);
    assert.throws(() => decisionErrorBound([]), /expected masses of 1 class or more, got none/);
    assert.throws(() => decisionErrorBound([1.5]), /expected masses from 0 to 1, got 1.5/);
    assert.throws(() => decisionError([1, 1], [0.5, 0.6]), /with sum 1, got 2 with sum 1.1/);
    assert.throws(() => decisionError([1, 1], [1]), /expected 2 class shares .* got 1/);
    assert.throws(() => decisionError([1, 1], [2, -1]), /expected class shares of 0 or more/);
  });
});
