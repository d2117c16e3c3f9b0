import { biasCollapse } from "./biasCollapse";
import type { ReportEntry, ReportParts } from "./collapseReport";
import { entry } from "./geometryEntries";
import { normSummary } from "./norms";
import { outOfDistributionOrthogonality } from "./outOfDistributionOrthogonality";
import {
  betweenClassEigenvalues,
  frobeniusStableRank,
  numericalRank,
  traceStableRank,
  withinClassEigenvalues,
} from "./spectra";
import type { Summary } from "./summary";

/** NC4, NC5, spectra, norms and margins of a report. */
export function behaviorEntries(parts: ReportParts): ReportEntry[] {
  return [...nearestClassCenter(parts), ...ranks(parts), ...norms(parts), ...margins(parts)];
}

function nearestClassCenter(parts: ReportParts): ReportEntry[] {
  const { statistics, trainStatistics = statistics, classifier, center } = parts;
  const { examples, outOfDistributionMean: outside } = parts;
  const nearest = "arg min over c of |h - mu_c|";
  // prettier-ignore
  return [
    entry("NC4", "nearestClassCenterMismatch", `share of examples with arg max of W h + b != ${nearest}`, () => examples?.nearestClassCenterMismatch ?? null),
    entry("NC4", "nearestClassCenterAccuracy", `share of examples with label = ${nearest}`, () => examples?.nearestClassCenterAccuracy ?? null, false),
    entry("NC4", "biasCollapse", "|W mu_G + b|", () => biasCollapse(trainStatistics, classifier, center)),
    entry("NC5", "outOfDistributionOrthogonality", "mean over c of |cos(mu_c, mu_ood)|, not centred", () => outside ? outOfDistributionOrthogonality(statistics, outside) : null),
  ];
}

function ranks({ statistics, center }: ReportParts): ReportEntry[] {
  const spectra = [
    ["withinClass", "S_W", withinClassEigenvalues(statistics)],
    ["betweenClass", "S_B", betweenClassEigenvalues(statistics, center)],
  ] as const;
  // prettier-ignore
  return spectra.flatMap(([name, symbol, eigenvalues]) => [
    entry("spectra", `${name}Rank`, `eigenvalues of ${symbol} above p 2.2e-16 of the largest`, () => numericalRank(eigenvalues), false),
    entry("spectra", `${name}TraceStableRank`, `tr ${symbol} / |${symbol}|_2`, () => traceStableRank(eigenvalues), false),
    entry("spectra", `${name}FrobeniusStableRank`, `|${symbol}|_F^2 / |${symbol}|_2^2`, () => frobeniusStableRank(eigenvalues), false),
  ]);
}

function norms({ statistics: { dim }, classifier, examples }: ReportParts): ReportEntry[] {
  return [
    ...meanAndStd("norms", "featureNorm", "|h|", examples?.featureNorms),
    ...meanAndStd("norms", "classifierNorm", "|w_c|", normSummary(classifier.weights, dim)),
  ];
}

function margins({ examples }: ReportParts): ReportEntry[] {
  const logit = "w_y h + b_y - max over c != y of w_c h + b_c";
  const cosine = "cos(w_y, h - mu_G) - max over c != y of cos(w_c, h - mu_G)";
  return [
    ...meanAndStd("margins", "logitMargin", logit, examples?.logitMargins),
    smallest("logitMargin", logit, examples?.logitMargins),
    ...meanAndStd("margins", "cosineMargin", cosine, examples?.cosineMargins),
    smallest("cosineMargin", cosine, examples?.cosineMargins),
  ];
}

function meanAndStd(
  section: ReportEntry["section"],
  name: string,
  formula: string,
  summary: Summary | null | undefined,
): ReportEntry[] {
  // prettier-ignore
  return [
    entry(section, `${name}Mean`, `mean of ${formula}`, () => summary?.mean ?? null, false),
    entry(section, `${name}SampleStd`, `sampleStd of ${formula}`, () => summary?.sampleStd ?? null, false),
  ];
}

function smallest(name: string, formula: string, summary: Summary | null | undefined): ReportEntry {
  const value = () => summary?.smallest ?? null;
  return entry("margins", `${name}Smallest`, `smallest ${formula}`, value, false);
}
