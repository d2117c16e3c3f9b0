import { alignment, alignmentVariance } from "./alignment";
import { classDistanceNormalizedVariance } from "./classDistanceNormalizedVariance";
import { centeredClassMeans } from "./classStatistics";
import type { ReportEntry, ReportParts } from "./collapseReport";
import { equiangularity, maximalAngle } from "./equiangularity";
import { equinorm } from "./equinorm";
import {
  hypersphericalUniformity,
  hypersphericalUniformityExcess,
  logInverseDistance,
  rieszKernel,
} from "./hypersphericalUniformity";
import { selfDuality } from "./selfDuality";
import { centeredRows, simplexDistance } from "./simplexDistance";
import { whereDefined } from "./undefinedMeasure";
import { variabilityCollapseIndex } from "./variabilityCollapseIndex";
import { covarianceTraceRatio, withinClassVariability } from "./withinClassVariability";

/** NC1, NC2 and NC3 of a report: what class statistics and classifier say. */
export function geometryEntries(parts: ReportParts): ReportEntry[] {
  return [...variability(parts), ...simplex(parts), ...uniformity(parts), ...duality(parts)];
}

/** A line of the report; its value is null where the measure is not defined. */
export function entry(
  section: ReportEntry["section"],
  name: string,
  formula: string,
  measure: () => number | null,
  zeroIsCollapsed = true,
): ReportEntry {
  return { section, name, formula, value: whereDefined(measure), zeroIsCollapsed };
}

function variability({ statistics, center }: ReportParts): ReportEntry[] {
  return [
    entry("NC1", "withinClassVariability", "tr(S_W S_B^+) / C", () =>
      withinClassVariability(statistics, center),
    ),
    entry("NC1", "covarianceTraceRatio", "tr S_W / tr S_B", () =>
      covarianceTraceRatio(statistics, center),
    ),
    entry(
      "NC1",
      "classDistanceNormalizedVariance",
      "mean over c != c' of (v_c + v_c') / (2 |mu_c - mu_c'|^2)",
      () => classDistanceNormalizedVariance(statistics),
    ),
    entry(
      "NC1",
      "variabilityCollapseIndex",
      "1 - tr(S_T^+ S_B) / min(p, C - 1), S_B with classes weighted by their examples",
      () => variabilityCollapseIndex(statistics),
    ),
  ];
}

function simplex({ statistics, classifier, center }: ReportParts): ReportEntry[] {
  const { dim } = statistics;
  const means = centeredClassMeans(statistics, center);
  const { weights } = classifier;
  const cosines = "cos(mu_c - mu_G, mu_c' - mu_G)";
  // prettier-ignore
  return [
    entry("NC2", "meansEquinorm", "std / mean of |mu_c - mu_G|", () => equinorm(means, dim)),
    entry("NC2", "classifierEquinorm", "std / mean of |w_c|", () => equinorm(weights, dim)),
    entry("NC2", "meansEquiangularity", `std over pairs of ${cosines}`, () => equiangularity(means, dim)),
    entry("NC2", "classifierEquiangularity", "std over pairs of cos(w_c, w_c')", () => equiangularity(weights, dim)),
    entry("NC2", "meansMaximalAngle", `mean over pairs of |${cosines} + 1 / (C - 1)|`, () => maximalAngle(means, dim)),
    entry("NC2", "classifierMaximalAngle", "mean over pairs of |cos(w_c, w_c') + 1 / (C - 1)|", () => maximalAngle(weights, dim)),
    entry("NC2", "meansSimplexDistance", "|G / |G|_F - (I - 11' / C) / sqrt(C - 1)|_F, G = M'M", () => simplexDistance(means, dim)),
    entry("NC2", "classifierSimplexDistance", "the same with G = VV', V = W less its mean row", () => simplexDistance(centeredRows(weights, dim), dim)),
  ];
}

function uniformity({ statistics, center }: ReportParts): ReportEntry[] {
  const { dim } = statistics;
  const means = centeredClassMeans(statistics, center);
  const directions = "u_c = (mu_c - mu_G) / |mu_c - mu_G|";
  const log = `mean over pairs of -log |u_c - u_c'|, ${directions}`;
  const riesz = `mean over pairs of 1 / |u_c - u_c'|, ${directions}`;
  const simplexDistance = "sqrt(2 C / (C - 1))";
  // prettier-ignore
  return [
    entry("NC2", "meansLogUniformity", log, () => hypersphericalUniformity(means, dim, logInverseDistance), false),
    entry("NC2", "meansLogUniformityExcess", `${log}, less -log ${simplexDistance}`, () => hypersphericalUniformityExcess(means, dim, logInverseDistance)),
    entry("NC2", "meansRieszUniformity", riesz, () => hypersphericalUniformity(means, dim, rieszKernel(1)), false),
    entry("NC2", "meansRieszUniformityExcess", `${riesz}, less 1 / ${simplexDistance}`, () => hypersphericalUniformityExcess(means, dim, rieszKernel(1))),
  ];
}

function duality({ statistics, classifier, center }: ReportParts): ReportEntry[] {
  const { dim } = statistics;
  const means = centeredClassMeans(statistics, center);
  const { weights } = classifier;
  // prettier-ignore
  return [
    entry("NC3", "selfDuality", "|W' / |W|_F - M / |M|_F|_F", () => selfDuality(weights, means, dim)),
    entry("NC3", "alignment", "mean over c of 1 - cos(w_c, mu_c - mu_G)", () => alignment(weights, means, dim)),
    entry("NC3", "alignmentVariance", "std^2 over c of cos(w_c, mu_c - mu_G)", () => alignmentVariance(weights, means, dim)),
  ];
}
