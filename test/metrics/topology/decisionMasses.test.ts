import assert from "node:assert/strict";
import fc from "fast-check";
import {
  classDecisionMasses,
  decisionError,
  decisionErrorBound,
} from "../../../src/metrics/topology/decisionMasses";
import { assertClose } from "../../support/assertClose";

const classCount = 3;
const logit = fc.integer({ min: -9, max: 9 });
/** Each class has an example: the first ones. */
const labeled = fc
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

describe("decision masses", () => {
  // Predicted 0, 0, 1, 1 for classes 0, 0, 0, 1.
  const logits = [2, 1, 5, 5, 0, 3, -2, -1];
  const labels = [0, 0, 0, 1];

  it("the decision mass is the share of a class's examples in its decision region", () => {
    assert.deepEqual([...classDecisionMasses(logits, labels, 2)], [2 / 3, 1]);
  });

  it("decisionError is 1/4 with the class shares and 1/6 if all classes count equally", () => {
    assertClose(decisionError([2 / 3, 1], [3 / 4, 1 / 4]), 1 / 4, 1e-15);
    assertClose(decisionError([2 / 3, 1]), 1 / 6, 1e-15);
  });

  it("decisionErrorBound is K times the largest miss: 2/3 for misses 1/3 and 0", () => {
    assertClose(decisionErrorBound([2 / 3, 1]), 2 / 3, 1e-15);
    assert.equal(decisionErrorBound([1, 1, 1]), 0);
  });

  it("decisionError equals the network's error and never exceeds decisionErrorBound", () => {
    fc.assert(
      fc.property(labeled, ({ logits, labels }) => {
        const masses = classDecisionMasses(logits, labels, classCount);
        const error = errorOf(logits, labels);
        assertClose(decisionError(masses, sharesOf(labels)), error, 1e-12);
        assert.ok(error <= decisionErrorBound(masses) + 1e-12);
        const misses = masses.map((mass) => 1 - mass);
        assertClose(decisionError(masses), (misses[0] + misses[1] + misses[2]) / 3, 1e-12);
      }),
      { seed: 91 },
    );
  });

  it("decision masses follow renamed classes and ignore a constant added to the logits", () => {
    fc.assert(
      fc.property(labeled, logit, ({ logits, labels }, shift) => {
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

  it("classDecisionMasses rejects a class without examples and invalid logits and labels", () => {
    assert.throws(
      () => classDecisionMasses([1, 2, 1, 2], [1, 1], 2),
      /expected examples of every class, got none of 0/,
    );
    assert.throws(() => classDecisionMasses(logits, [0, 1], 2), /expected 2 x 2 logits, got 8/);
    assert.throws(() => classDecisionMasses([1, NaN], [0], 2), /expected finite logits, got NaN/);
    assert.throws(() => classDecisionMasses([1, 2], [2], 2), /expected labels from 0 to 1, got 2/);
  });

  it("decisionError and decisionErrorBound reject invalid masses and class shares", () => {
    assert.throws(() => decisionError([0.5, NaN]), /expected masses from 0 to 1, got NaN/);
    assert.throws(() => decisionErrorBound([]), /expected masses of 1 class or more, got none/);
    assert.throws(() => decisionErrorBound([1.5]), /expected masses from 0 to 1, got 1.5/);
    assert.throws(() => decisionError([1, 1], [0.5, 0.6]), /with sum 1, got 2 with sum 1.1/);
    assert.throws(() => decisionError([1, 1], [1]), /expected 2 class shares .* got 1/);
    assert.throws(() => decisionError([1, 1], [2, -1]), /expected class shares of 0 or more/);
  });
});
