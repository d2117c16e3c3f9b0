import assert from "node:assert/strict";
import fc from "fast-check";
import fixture from "../../fixtures/behavior.json";
import {
  areaUnderCurve,
  batchScores,
  DETECTORS,
  falsePositiveRate,
  principalComponents,
  type DetectionBasis,
} from "../../../src/metrics/behavior/detection";
import { detectionReport, detectionScores } from "../../../src/metrics/collapse/detectionReport";
import { geometryOf } from "../../../src/metrics/collapse/geometry";
import { Random } from "../../../src/numerics/random";
import { UndefinedValueError } from "../../../src/numerics/undefinedValue";
import { assertClose } from "../../support/assertClose";
import { multiply, randomRotation } from "../collapse/examples";

const array = (...values: number[]) => Float64Array.from(values);
const detector = (wanted: string) => DETECTORS.find(({ name }) => name === wanted)!;

describe("areaUnderCurve", () => {
  it("the AUROC is the share of pairs in order, with half of the equal ones", () => {
    assert.equal(areaUnderCurve(array(2, 3), array(0, 1)), 1);
    assert.equal(areaUnderCurve(array(0, 1), array(2, 3)), 0);
    assert.equal(areaUnderCurve(array(1, 1, 1), array(1, 1)), 0.5);
    // (1, 1) equal, (1, 2) wrong, (3, 1) and (3, 2) right.
    assert.equal(areaUnderCurve(array(3, 1), array(2, 1)), 2.5 / 4);
  });

  it("exchanging the sets gives one less the AUROC, and monotone maps do not change it", () => {
    const scores = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(scores, scores, (left, right) => {
        const [a, b] = [Float64Array.from(left), Float64Array.from(right)];
        const area = areaUnderCurve(a, b);
        assertClose(areaUnderCurve(b, a), 1 - area, 1e-12);
        const [c, d] = [a.map(Math.exp), b.map(Math.exp)];
        assert.equal(areaUnderCurve(c, d), area);
        assert.equal(falsePositiveRate(c, d), falsePositiveRate(a, b));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("areaUnderCurve and falsePositiveRate reject sets without an example", () => {
    for (const of of [areaUnderCurve, falsePositiveRate])
      for (const [inside, outside] of [
        [array(), array(1)],
        [array(1), array()],
      ])
        assert.throws(() => of(inside, outside), RangeError);
  });
});

describe("falsePositiveRate", () => {
  it("the threshold is the largest that 95 % of the inner scores reach", () => {
    // 20 scores, 1 to 20: 19 of them reach 2.
    const inside = Float64Array.from({ length: 20 }, (_, n) => n + 1);
    assert.equal(falsePositiveRate(inside, array(0, 1.9, 2, 30)), 0.5);
    assert.equal(falsePositiveRate(inside, array(0, 1.9, 2, 30), 1), 0.75);
    assert.equal(falsePositiveRate(inside, array(0, 1.9, 2, 30), 0.5), 0.25);
  });

  it("scores equal to the threshold count as inside", () => {
    assert.equal(falsePositiveRate(array(1, 1, 1, 1), array(0, 1, 1, 2)), 0.75);
  });

  it("AUROC and FPR95 agree with scikit-learn for scores with many ties", () => {
    for (const { inside, outside, ...rates } of fixture.ties) {
      const [a, b] = [Float64Array.from(inside), Float64Array.from(outside)];
      assertClose(areaUnderCurve(a, b), rates.areaUnderCurve, 1e-12);
      assertClose(falsePositiveRate(a, b), rates.falsePositiveRate, 1e-12);
    }
  });
});

describe("DETECTORS", () => {
  /** Two dimensions about (1, 1), the first of which is the principal one. */
  const basis: DetectionBasis = {
    dim: 2,
    classCount: 2,
    center: [1, 1],
    weights: [3, 0, 0, 5],
    components: array(1, 0),
  };
  const score = (name: string, features: number[], logits: number[]) =>
    batchScores(detector(name), { features, logits }, logits.length / 2, basis);

  it("scores have their values by hand", () => {
    assertClose(score("msp", [0, 0], [Math.log(3), 0]), [Math.log(3)], 1e-15);
    assertClose(score("energy", [0, 0], [Math.log(3), 0]), [Math.log(4)], 1e-15);
    // (3, 4) from the mean: 3 of 5.
    assertClose(score("neco", [4, 5], [0, 1]), [0.6], 1e-15);
    // Class 1 is predicted: 5 x 4 / 5, and 1e-4 of |4| + |-5|... of the feature (4, 5).
    assertClose(score("nci", [4, 5], [0, 1]), [4 + 9e-4], 1e-15);
  });

  it("the softmax score keeps confidences apart that round to 1", () => {
    const [surer, sure] = score("msp", [0, 0, 0, 0], [900, 0, 800, 0]);
    assert.ok(surer > sure);
    assertClose([surer, sure], [900, 800], 1e-12);
  });

  it("a feature at the mean has the score 0 in NECO and its norm alone in NCI", () => {
    assertClose(score("neco", [1, 1], [0, 1]), [0], 0);
    assertClose(score("nci", [1, 1], [0, 1]), [2e-4], 1e-18);
  });

  it("every detector has a source, and scores that are not finite are rejected", () => {
    for (const { source, name } of DETECTORS) {
      assert.match(source, / \d{4}, https:\/\/\S+$/);
      assert.throws(() => score(name, [NaN, 0], [NaN, 0]), /finite features and logits/);
    }
  });
});

describe("principalComponents", () => {
  it("components are the directions of the largest eigenvalues, without those of zero", () => {
    const diagonal = [1, 0, 0, 0, 9, 0, 0, 0, 0];
    const first = principalComponents(diagonal, 3, 1);
    assertClose(first.map(Math.abs), [0, 1, 0], 1e-15);
    const both = principalComponents(diagonal, 3, 2);
    assertClose(both.map(Math.abs), [0, 1, 0, 1, 0, 0], 1e-15);
    assert.equal(principalComponents([4, 0, 0, 0, 0, 0, 0, 0, 0], 3, 2).length, 3);
  });

  it("components that would span everything, or nothing, are undefined", () => {
    assert.throws(() => principalComponents([1, 0, 0, 1], 2, 2), UndefinedValueError);
    assert.throws(() => principalComponents([0, 0, 0, 0], 2, 1), UndefinedValueError);
  });
});

describe("detectionReport against NumPy and scikit-learn", () => {
  type Case = (typeof fixture.detection)["two classes"];

  function geometries(given: Case, turn = (values: number[]): ArrayLike<number> => values) {
    const { labels, bias } = given;
    const classifier = { weights: turn(given.weights), bias };
    const train = geometryOf({ examples: [{ features: turn(given.train), labels }], classifier });
    const { statistics: trainStatistics } = train;
    const set = (features: number[]) => {
      // Labels are not looked at.
      const examples = [
        { features: turn(features), labels: new Uint8Array(features.length / given.dim) },
      ];
      return geometryOf({ examples, classifier, trainStatistics });
    };
    return { train, inside: set(given.inside), outside: set(given.outside) };
  }

  for (const [name, given] of Object.entries(fixture.detection)) {
    it(`scores and rates agree for ${name}`, () => {
      const { train, inside, outside } = geometries(given);
      const scores = detectionScores(train, [inside, outside]);
      const entries = detectionReport(train, inside, outside);
      assert.equal(entries.length, 2 * DETECTORS.length);
      DETECTORS.forEach(({ name: own }, i) => {
        const key = own as keyof typeof given.scores;
        const [inner, outer] = scores.map((of) => of[i]());
        // scikit-learn's probability; here its log odds.
        const mapped = (values: Float64Array) =>
          own === "msp" ? values.map((odds) => 1 / (1 + Math.exp(-odds))) : values;
        assertClose(mapped(inner), given.scores[key].inside, 1e-11, { what: own });
        assertClose(mapped(outer), given.scores[key].outside, 1e-11, { what: own });
        const value = (wanted: string) => entries.find((entry) => entry.name === wanted)!.value!;
        assertClose(value(`${own}Auroc`), given.rates[key].areaUnderCurve, 1e-12);
        assertClose(value(`${own}Fpr95`), given.rates[key].falsePositiveRate, 1e-12);
      });
    });

    it(`rotating features and weights changes the norm of NCI alone, for ${name}`, () => {
      const rotation = randomRotation(new Random(3), given.dim);
      const turn = (values: number[]) =>
        multiply(Float64Array.from(values), rotation, given.dim, given.dim);
      const before = geometries(given);
      const after = geometries(given, turn);
      const [plain] = detectionScores(before.train, [before.inside]);
      const [turned] = detectionScores(after.train, [after.inside]);
      DETECTORS.forEach(({ name: own }, i) => {
        if (own !== "nci") assertClose(turned[i](), plain[i](), 1e-10, { what: own });
      });
    });
  }

  it("without a classifier only NECO is defined, and the others say why", () => {
    const given = fixture.detection["two classes"];
    const { labels, dim, classCount } = given;
    const shape = { dim, classCount };
    const train = geometryOf({ examples: [{ features: given.train, labels }], shape });
    const { statistics: trainStatistics } = train;
    const set = (features: number[]) => {
      const examples = [{ features, labels: new Uint8Array(features.length / dim) }];
      return geometryOf({ examples, shape, trainStatistics });
    };
    const entries = detectionReport(train, set(given.inside), set(given.outside));
    for (const { name, value, reason } of entries) {
      assert.equal(value === null, !name.startsWith("neco"), name);
      if (value === null) assert.equal(reason, "no classifier was given");
    }
  });
});
