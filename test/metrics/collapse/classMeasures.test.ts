import assert from "node:assert/strict";
import { CLASS_MEASURES, classReport } from "../../../src/metrics/collapse/classMeasures";
import { MEASURES } from "../../../src/metrics/collapse/catalogue";
import { classStatistics } from "../../../src/metrics/collapse/classStatistics";
import { measuredValues } from "../../../src/metrics/collapse/collapseReport";
import { geometryOf } from "../../../src/metrics/collapse/geometry";
import { Random } from "../../../src/numerics/random";
import { mean } from "../../../src/statistics/summary";
import { assertClose } from "../../support/assertClose";
import { randomExamples, rounding } from "./examples";

/** Means (2, 0), (-2, 0) and (0, 3) of two examples each; mu_G = (0, 1). */
const examples = [{ features: [1, 0, 3, 0, -2, 0, -2, 0, 0, 3, 0, 3], labels: [0, 0, 1, 1, 2, 2] }];
const classifier = { weights: [2, -1, 0, 5, 0, -1], bias: [0, 0, 0] };
const valuesOf = (name: string, geometry = geometryOf({ examples, classifier })) =>
  classReport(geometry).find((entry) => entry.name === name)!.values as number[];

describe("classReport", () => {
  it("every class has its values by hand", () => {
    assertClose(valuesOf("classVariance"), [1, 0, 0], rounding);
    // Distances 4, sqrt(13), sqrt(13).
    const [near, far] = [1 / 26, 1 / 32];
    const normalized = [(far + near) / 2, far / 2, near / 2];
    assertClose(valuesOf("classDistanceNormalizedVariance"), normalized, rounding);
    assertClose(valuesOf("classMeanNorm"), [Math.sqrt(5), Math.sqrt(5), 2], rounding);
    const root = Math.sqrt(13);
    assertClose(valuesOf("nearestMeanDistance"), [root, root, root], rounding);
    // (2, -1), (-2, -1), (0, 2): cosines -3/5, -1/sqrt 5, -1/sqrt 5.
    const cosine = -1 / Math.sqrt(5);
    assertClose(valuesOf("largestInterference"), [cosine, cosine, cosine], rounding);
    // (2, -1), (0, 5), (0, -1): alike, (-2, -1) x (0, 1), opposite.
    assertClose(valuesOf("alignment"), [0, 1 - cosine, 2], rounding);
    assertClose(valuesOf("dualityDistance"), [0, Math.sqrt(2 - 2 * cosine), 2], rounding);
  });

  it("a measure that shares a name with one of all classes has that one as its mean", () => {
    const { dim: _, classCount, weights, ...random } = randomExamples(new Random(2), 5, 7);
    const bias = new Float64Array(classCount);
    const geometry = geometryOf({ examples: [random], classifier: { weights, bias } });
    const all = measuredValues(MEASURES, geometry);
    const shared = CLASS_MEASURES.filter(({ name }) => name in all);
    assert.deepEqual(
      shared.map(({ name }) => name),
      ["classDistanceNormalizedVariance", "alignment"],
    );
    for (const { name } of shared)
      assertClose(mean(valuesOf(name, geometry)), all[name]!, 1e-12, { what: name });
  });

  it("classes without examples have null, and the others keep their places", () => {
    const trainStatistics = classStatistics([0, 10, 4], [0, 1, 2], 1, 3);
    const network = { weights: [-1, 7, 1], bias: [0, -100, 0] };
    const lacking = [{ features: [-1, 1, 4, 8], labels: [0, 0, 2, 2] }];
    const geometry = geometryOf({ examples: lacking, classifier: network, trainStatistics });
    assert.deepEqual(valuesOf("classVariance", geometry), [1, null, 4]);
    assert.deepEqual(valuesOf("alignment", geometry), [0, null, 0]);
  });

  it("a measure that is not defined is null for all classes, with the reason", () => {
    const geometry = geometryOf({ examples, shape: { dim: 2, classCount: 3 } });
    for (const { name, values, reason } of classReport(geometry)) {
      const isDual = /^alignment$|^duality/.test(name);
      assert.equal(reason, isDual ? "no classifier was given" : undefined, name);
      assert.equal(values.includes(null), isDual, name);
      assert.equal(values.length, 3);
    }
  });

  it("names and titles are unique", () => {
    for (const key of ["name", "title"] as const)
      assert.equal(new Set(CLASS_MEASURES.map((row) => row[key])).size, CLASS_MEASURES.length);
  });
});
