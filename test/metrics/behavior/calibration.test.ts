import assert from "node:assert/strict";
import fixture from "../../fixtures/behavior.json";
import {
  confidences,
  expectedCalibrationError,
  reliabilityBins,
  type ReliabilityBin,
} from "../../../src/metrics/behavior/calibration";
import { MEASURES } from "../../../src/metrics/collapse/catalogue";
import { measuredValues } from "../../../src/metrics/collapse/collapseReport";
import { geometryOf } from "../../../src/metrics/collapse/geometry";
import { assertClose } from "../../support/assertClose";

// The fixture holds 13 digits.
const tolerance = 1e-12;

function assertBins(actual: readonly ReliabilityBin[], expected: readonly ReliabilityBin[]): void {
  assert.deepEqual(
    actual.map(({ count }) => count),
    expected.map(({ count }) => count),
  );
  for (const key of ["accuracy", "confidence"] as const) {
    const valuesOf = (bins: readonly ReliabilityBin[]) => bins.map((bin) => bin[key]);
    assert.deepEqual(
      valuesOf(actual).map((value) => value === null),
      valuesOf(expected).map((value) => value === null),
    );
    const numbers = (bins: readonly ReliabilityBin[]) => valuesOf(bins).map((value) => value ?? 0);
    assertClose(numbers(actual), numbers(expected), tolerance, { what: key });
  }
}

describe("confidences", () => {
  it("the confidence is the largest softmax probability, also of logits beyond exp", () => {
    const logits = [0, Math.log(3), 1000, 1000, -1000, 1000];
    assertClose(confidences(logits, 2), [0.75, 0.5, 1], 1e-15);
  });

  it("confidences rejects a logit that is not finite", () => {
    for (const wrong of [NaN, Infinity, -Infinity])
      assert.throws(
        () => confidences([0, 1, wrong, wrong], 2),
        /finite logits, got other values at .* 1/,
      );
  });
});

describe("reliabilityBins", () => {
  it("bins are open below and closed above, and empty ones have no accuracy", () => {
    const bins = reliabilityBins([0.2, 0.21, 1, 1], [0, 0, 1, 1], [0, 1, 1, 0]);
    assert.equal(bins.length, 15);
    assert.deepEqual(bins[2], { count: 1, accuracy: 1, confidence: 0.2 });
    assert.deepEqual(bins[3], { count: 1, accuracy: 0, confidence: 0.21 });
    assert.deepEqual(bins[14], { count: 2, accuracy: 0.5, confidence: 1 });
    assert.deepEqual(bins[0], { count: 0, accuracy: null, confidence: null });
  });

  it("the expected calibration error weights the bins by their examples", () => {
    const bins = reliabilityBins([0.8, 0.8, 0.8, 0.9], [0, 0, 0, 0], [0, 0, 1, 0]);
    // 0.8 and 0.9 lie in different bins: 3/4 |2/3 - 0.8| + 1/4 |1 - 0.9|.
    assertClose(expectedCalibrationError(bins), 0.1 + 0.025, 1e-15);
    assert.throws(() => expectedCalibrationError(reliabilityBins([], [], [])), RangeError);
  });
});

describe("calibration against SciPy", () => {
  for (const [name, expected] of Object.entries(fixture.calibration))
    it(`calibration before and after temperature scaling agrees for ${name} logits`, () => {
      const { classCount, logits, labels } = expected;
      // Class means are not looked at.
      const features = Float64Array.from(labels);
      const shape = { dim: 1, classCount };
      const geometry = geometryOf({ examples: [{ features, labels, logits }], shape });
      assertBins(geometry.reliability, expected.bins);
      const { temperatures, scaled } = geometry.scaledCalibration;
      // SciPy's root is good to 1e-14, the slope that it is of to fewer digits.
      for (const key of ["all", "even", "odd"] as const)
        assertClose(temperatures[key] / expected.temperatures[key], 1, 1e-11, { what: key });
      assertBins(scaled!.bins, expected.scaledBins);
      const values = measuredValues(MEASURES, geometry);
      const pairs: [string, number][] = [
        ["crossEntropy", expected.crossEntropy],
        ["expectedCalibrationError", expected.calibrationError],
        ["scaledCalibrationError", expected.scaledCalibrationError],
        ["scaledCrossEntropy", expected.scaledCrossEntropy],
      ];
      for (const [what, reference] of pairs)
        assertClose(values[what] ?? NaN, reference, 1e-11, { what });
    });
});
