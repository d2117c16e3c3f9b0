import assert from "node:assert/strict";
import fixture from "../../fixtures/collapse.json";
import further from "../../fixtures/collapse2.json";
import { alignment, alignmentVariance } from "../../../src/metrics/collapse/alignment";
import { biasCollapse } from "../../../src/metrics/collapse/biasCollapse";
import { MEASURES } from "../../../src/metrics/collapse/catalogue";
import { classDistanceNormalizedVariance } from "../../../src/metrics/collapse/classDistanceNormalizedVariance";
import {
  centeredClassMeans,
  classStatistics,
  meanFeature,
  type Center,
} from "../../../src/metrics/collapse/classStatistics";
import { classReport } from "../../../src/metrics/collapse/classMeasures";
import { compareConventions } from "../../../src/metrics/collapse/compareConventions";
import {
  sampleWeightedBetweenClassCovariance,
  totalCovariance,
} from "../../../src/metrics/collapse/covariances";
import { measuredValues } from "../../../src/metrics/collapse/collapseReport";
import { geometryOf } from "../../../src/metrics/collapse/geometry";
import {
  hypersphericalUniformity,
  hypersphericalUniformityExcess,
  logInverseDistance,
  rieszKernel,
} from "../../../src/metrics/collapse/hypersphericalUniformity";
import { interferenceGrid } from "../../../src/metrics/collapse/interference";
import { normSummary } from "../../../src/metrics/collapse/norms";
import { outOfDistributionOrthogonality } from "../../../src/metrics/collapse/outOfDistributionOrthogonality";
import {
  centeredRows,
  simplexDistance,
  simplexDuality,
} from "../../../src/metrics/collapse/simplexDistance";
import {
  betweenClassEigenvalues,
  frobeniusStableRank,
  numericalRank,
  traceStableRank,
  withinClassEigenvalues,
} from "../../../src/metrics/collapse/spectra";
import type { Summary } from "../../../src/metrics/collapse/summary";
import { variabilityCollapseIndex } from "../../../src/metrics/collapse/variabilityCollapseIndex";
import { assertClose } from "../../support/assertClose";

// The fixture holds 13 digits; inverting S_B of these class means costs two of them at most.
const tolerance = 1e-10;

function assertSummary(
  actual: Summary | null,
  expected: { mean: number; sampleStd: number; smallest: number },
): void {
  assertClose(actual?.mean ?? NaN, expected.mean, tolerance, { what: "mean" });
  assertClose(actual?.sampleStd ?? NaN, expected.sampleStd, tolerance, { what: "sampleStd" });
  assertClose(actual?.smallest ?? NaN, expected.smallest, tolerance, { what: "smallest" });
}

describe("further collapse measures against NumPy and SciPy", () => {
  for (const [name, { further: expected, ...examples }] of Object.entries(fixture)) {
    const { features, labels, dim, classCount, weights } = examples;
    const statistics = classStatistics(features, labels, dim, classCount);
    const classifier = { weights, bias: expected.bias };

    it(`class variances and covariances agree with the Python reference for ${name}`, () => {
      assertClose(statistics.classVariances, expected.classVariances, tolerance);
      assertClose(totalCovariance(statistics), expected.totalCovariance, tolerance);
      assertClose(
        sampleWeightedBetweenClassCovariance(statistics),
        expected.sampleWeightedBetweenClassCovariance,
        tolerance,
      );
    });

    it(`CDNV and VCI agree with the Python reference for ${name}`, () => {
      const { classDistanceNormalizedVariance: variance, variabilityCollapseIndex: index } =
        expected;
      assertClose(classDistanceNormalizedVariance(statistics), variance, tolerance);
      assertClose(variabilityCollapseIndex(statistics), index, tolerance);
    });

    it(`simplex distance and NC5 agree with the Python reference for ${name}`, () => {
      const { classifierSimplexDistance, outOfDistributionOrthogonality: orthogonality } = expected;
      const centered = centeredRows(weights, dim);
      assertClose(simplexDistance(centered, dim), classifierSimplexDistance, tolerance);
      const outside = meanFeature([expected.outside], dim);
      const actual = outOfDistributionOrthogonality(statistics, outside);
      assertClose(actual, orthogonality, tolerance);
    });

    it(`the S_W spectrum and classifier norms agree with the Python reference for ${name}`, () => {
      const eigenvalues = withinClassEigenvalues(statistics);
      assertClose(eigenvalues, expected.withinClassEigenvalues, tolerance);
      assertClose(numericalRank(eigenvalues), expected.withinClassRank, 0);
      const { trace, frobenius } = expected.withinClassStableRanks;
      assertClose(traceStableRank(eigenvalues), trace, tolerance);
      assertClose(frobeniusStableRank(eigenvalues), frobenius, tolerance);
      assertSummary(normSummary(weights, dim), expected.classifierNorms);
    });

    for (const center of ["meanOfClassMeans", "globalMean"] satisfies Center[]) {
      it(`measures about ${center} agree with the Python reference for ${name}`, () => {
        const numpy = expected[center];
        const means = centeredClassMeans(statistics, center);
        const pairs: [string, number, number][] = [
          ["simplex", simplexDistance(means, dim), numpy.meansSimplexDistance],
          ["alignment", alignment(weights, means, dim), numpy.alignment],
          ["its variance", alignmentVariance(weights, means, dim), numpy.alignmentVariance],
          ["bias", biasCollapse(statistics, classifier, center), numpy.biasCollapse],
          ["duality", simplexDuality(weights, means, dim), numpy.simplexDuality],
        ];
        for (const [what, actual, reference] of pairs)
          assertClose(actual, reference, tolerance, { what });
        const eigenvalues = betweenClassEigenvalues(statistics, means);
        assertClose(eigenvalues, numpy.betweenClassEigenvalues, tolerance);
        assertClose(numericalRank(eigenvalues), numpy.betweenClassRank, 0);
        const { trace, frobenius } = numpy.betweenClassStableRanks;
        assertClose(traceStableRank(eigenvalues), trace, tolerance);
        assertClose(frobeniusStableRank(eigenvalues), frobenius, tolerance);
      });

      it(`uniformity about ${center} agrees with the Python reference for ${name}`, () => {
        const means = centeredClassMeans(statistics, center);
        const { log, logExcess, riesz, rieszExcess, squaredRiesz } =
          expected[center].meansUniformity;
        const raw = (kernel = logInverseDistance) => hypersphericalUniformity(means, dim, kernel);
        const excess = (kernel = logInverseDistance) =>
          hypersphericalUniformityExcess(means, dim, kernel);
        assertClose(raw(), log, tolerance);
        assertClose(excess(), logExcess, tolerance);
        assertClose(raw(rieszKernel(1)), riesz, tolerance);
        assertClose(excess(rieszKernel(1)), rieszExcess, tolerance);
        assertClose(raw(rieszKernel(2)), squaredRiesz, tolerance);
      });

      it(`per-example measures about ${center} agree with the Python reference for ${name}`, () => {
        const geometry = geometryOf({ examples: [{ features, labels }], classifier, center });
        const actual = measuredValues(MEASURES, geometry);
        const pairs: [string, number][] = [
          ["accuracy", expected.accuracy],
          ["nearestClassCenterMismatch", expected.biasedMismatch],
          ["nearestClassCenterAccuracy", examples.nearestClassCenterAccuracy],
        ];
        for (const [what, reference] of pairs)
          assertClose(actual[what] ?? NaN, reference, tolerance, { what });
        assertSummary(geometry.featureNorms, expected.featureNorms);
        assertSummary(geometry.logitMargins, expected.logitMargins);
        assertSummary(geometry.cosineMargins, expected[center].cosineMargins);
      });
    }

    it(`the published conventions agree with the Python reference for ${name}`, () => {
      const { conventions: numpy, meanOfClassMeans, globalMean } = expected;
      const { rhubarbwu, ncToolbox: toolbox, ...peers } = further[name as keyof typeof further];
      const plain = { ...examples.meanOfClassMeans, ...examples.meanOfClassMeans.means };
      const global = { ...examples.globalMean, ...examples.globalMean.means };
      const geometry = geometryOf({ examples: [{ features, labels }], classifier });
      const pairs: [string, number | null][] = [
        ["withinClassVariability", plain.withinClassVariability],
        ["withinClassVariability", global.withinClassVariability],
        ["withinClassVariability", numpy.papyanVariability],
        ["withinClassVariability", numpy.originalVariability],
        ["withinClassVariability", rhubarbwu.variability],
        ["covarianceTraceRatio", plain.covarianceTraceRatio],
        ["covarianceTraceRatio", global.covarianceTraceRatio],
        ["covarianceTraceRatio", rhubarbwu.ratio],
        ["classDistanceNormalizedVariance", expected.classDistanceNormalizedVariance],
        ["classDistanceNormalizedVariance", toolbox.cdnv],
        ["meansEquinorm", plain.equinorm],
        ["meansEquinorm", numpy.sampleMeansEquinorm],
        ["meansEquinorm", numpy.sampleMeansEquinorm],
        ["meansEquinorm", global.equinorm],
        ["meansLogEquinorm", peers.meanOfClassMeans.meansLogEquinorm],
        ["meansLogEquinorm", toolbox.equinormness],
        ["classifierEquinorm", examples.classifier.equinorm],
        ["classifierEquinorm", numpy.sampleClassifierEquinorm],
        ["meansEquiangularity", plain.equiangularity],
        ["meansEquiangularity", numpy.sampleEquiangularity],
        ["meansEquiangularity", toolbox.equiangularity],
        ["meansMaximalAngle", plain.maximalAngle],
        ["meansMaximalAngle", global.maximalAngle],
        ["classifierSimplexDistance", expected.classifierSimplexDistance],
        ["classifierSimplexDistance", numpy.uncenteredClassifierSimplexDistance],
        ["meansLogUniformity", meanOfClassMeans.meansUniformity.log],
        ["meansLogUniformity", rhubarbwu.logVariance],
        ["meansLogUniformityVariation", peers.meanOfClassMeans.meansLogUniformityVariation],
        ["meansLogUniformityVariation", toolbox.uniformity],
        ["meansRieszUniformity", meanOfClassMeans.meansUniformity.riesz],
        ["meansRieszUniformity", rhubarbwu.riesz],
        ["selfDuality", plain.selfDuality],
        ["selfDuality", numpy.squaredSelfDuality],
        ["selfDuality", numpy.squaredSelfDuality],
        ["selfDuality", global.selfDuality],
        ["selfDuality", rhubarbwu.selfDuality],
        ["selfDuality", globalMean.simplexDuality],
        ["alignmentVariance", meanOfClassMeans.alignmentVariance],
        ["alignmentVariance", toolbox.uniformDuality],
        ["nearestClassCenterMismatch", expected.biasedMismatch],
        ["nearestClassCenterMismatch", rhubarbwu.agreement],
        ["nearestClassCenterMismatch", 1 - expected.biasedMismatch],
        ["oleLoss", peers.oleLoss],
        ["oleLoss", peers.oleLoss / labels.length],
      ];
      const conventions = compareConventions(geometry);
      assert.deepEqual(
        conventions.map(({ measure }) => measure),
        pairs.map(([measure]) => measure),
      );
      conventions.forEach(({ measure, value }, i) => {
        const [, reference] = pairs[i];
        assert.equal(value === null, reference === null, measure);
        // Differences of a few pairs cancel in the means that nc-toolbox divides by.
        assertClose(value ?? 0, reference ?? 0, 10 * tolerance, { what: `${i}, ${measure}` });
      });
      assertClose(meanOfClassMeans.betweenClassRank, Math.min(dim, classCount - 1), 0);
    });

    it(`dispersions, effective ranks and OLE loss agree with the Python reference for ${name}`, () => {
      const peers = further[name as keyof typeof further];
      for (const center of ["meanOfClassMeans", "globalMean"] satisfies Center[]) {
        const geometry = geometryOf({ examples: [{ features, labels }], classifier, center });
        const { grid, dualityDistances, ...centered } = peers[center];
        const references: Record<string, number | null> = {
          ...centered,
          sampleClassDistanceNormalizedVariance: peers.sampleVariance,
          squaredClassDistanceNormalizedVariance: peers.squaredVariance,
          withinClassEffectiveRank: peers.withinClassEffectiveRank,
          totalEffectiveRank: peers.totalEffectiveRank,
          oleLoss: peers.oleLoss,
        };
        const values = measuredValues(MEASURES, geometry);
        for (const [what, reference] of Object.entries(references)) {
          assert.equal(values[what] === null, reference === null, what);
          assertClose(values[what] ?? 0, reference ?? 0, tolerance, { what });
        }
        assertClose(interferenceGrid(geometry.means, dim), grid, tolerance);
        const ofClasses = Object.fromEntries(
          classReport(geometry).map(({ name: own, values }) => [own, values as number[]]),
        );
        assertClose(ofClasses.dualityDistance, dualityDistances, tolerance);
        const { classNormalizedVariances, nearestMeanDistances } = peers;
        const { classDistanceNormalizedVariance: own, nearestMeanDistance } = ofClasses;
        assertClose(own, classNormalizedVariances, tolerance);
        assertClose(nearestMeanDistance, nearestMeanDistances, tolerance);
        assertClose(geometry.nuclearNorms.classes, peers.nuclearNorms, tolerance);
        assertClose(geometry.nuclearNorms.all, peers.nuclearNorm, tolerance);
      }
    });
  }
});
