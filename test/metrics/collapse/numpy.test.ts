import fixture from "../../fixtures/collapse.json";
import { MEASURES } from "../../../src/metrics/collapse/catalogue";
import { classStatistics, type Center } from "../../../src/metrics/collapse/classStatistics";
import { measuredValues } from "../../../src/metrics/collapse/collapseReport";
import { geometryOf } from "../../../src/metrics/collapse/geometry";
import {
  nearestClassCenterAccuracy,
  nearestClassCenterMismatch,
  nearestClassCenters,
  predictedClasses,
} from "../../../src/metrics/collapse/nearestClassCenter";
import { assertClose } from "../../support/assertClose";
import { betweenClassCovariance } from "./examples";

// The fixture holds 13 digits; inverting S_B of these class means costs two of them at most.
const tolerance = 1e-10;

describe("collapse measures against NumPy, SciPy and scikit-learn", () => {
  for (const [name, expected] of Object.entries(fixture)) {
    const { features, labels, dim, classCount, weights, logits } = expected;
    const statistics = classStatistics(features, labels, dim, classCount);

    it(`class means and S_W agree with the Python reference for ${name}`, () => {
      assertClose(statistics.classMeans, expected.classMeans, tolerance);
      const { withinClassCovariance } = statistics;
      assertClose(withinClassCovariance, expected.withinClassCovariance, tolerance);
    });

    for (const center of ["meanOfClassMeans", "globalMean"] satisfies Center[])
      it(`geometric measures about ${center} agree with the Python reference for ${name}`, () => {
        const bias = new Float64Array(classCount);
        const classifier = { weights, bias };
        const examples = [{ features, labels }];
        const actual = measuredValues(MEASURES, geometryOf({ examples, classifier, center }));
        const { means, ...numpy } = expected[center];
        const pairs: [string, number | null, number][] = [
          ["NC1", actual.withinClassVariability, numpy.withinClassVariability],
          ["trace ratio", actual.covarianceTraceRatio, numpy.covarianceTraceRatio],
          ["self-duality", actual.selfDuality, numpy.selfDuality],
          ["means' norms", actual.meansEquinorm, means.equinorm],
          ["means' angles", actual.meansEquiangularity, means.equiangularity],
          ["means' maximal angle", actual.meansMaximalAngle, means.maximalAngle],
          ["rows' norms", actual.classifierEquinorm, expected.classifier.equinorm],
          ["rows' angles", actual.classifierEquiangularity, expected.classifier.equiangularity],
          ["rows' maximal angle", actual.classifierMaximalAngle, expected.classifier.maximalAngle],
        ];
        for (const [what, value, reference] of pairs)
          assertClose(value ?? NaN, reference, tolerance, { what });
        const between = betweenClassCovariance(statistics, center);
        assertClose(between, numpy.betweenClassCovariance, tolerance, { what: "S_B" });
      });

    it(`nearest class centers agree with the Python reference for ${name}`, () => {
      const { classMeans } = statistics;
      const mismatch = nearestClassCenterMismatch(
        nearestClassCenters(features, classMeans, classCount),
        predictedClasses(logits, classCount),
      );
      const accuracy = nearestClassCenterAccuracy(
        nearestClassCenters(features, classMeans, classCount),
        labels,
      );
      assertClose(mismatch, expected.nearestClassCenterMismatch, tolerance);
      assertClose(accuracy, expected.nearestClassCenterAccuracy, tolerance);
    });
  }
});
