import { concatenated } from "../../numerics/takeRows";
import { quantile } from "../../statistics/quantile";
import { classMergingTimes } from "../../metrics/topology/classConnectivity";
import { deathTimes } from "../../metrics/topology/deathTimes";
import type { Geometry } from "../../metrics/collapse/geometry";
import { whereDefined } from "../../metrics/collapse/undefinedMeasure";
import { decisionErrorBound, predictedMasses } from "../../metrics/topology/decisionMasses";
import type { Metric } from "../../metrics/topology/metric";
import { singleLinkage } from "../../metrics/topology/singleLinkage";
import { spanningTree } from "../../metrics/topology/spanningTree";
import type { ClassSample } from "./classSample";
import { classRows, NO_EXAMPLE, row, type MeasuredSet, type MeasureRow } from "./measureRow";

const FEW = "fewer than 2 examples";

/** Quantiles of the death times of each class, and of all classes pooled. */
export function deathTimeRows(
  set: MeasuredSet,
  { classes, dim }: Pick<ClassSample, "classes" | "dim">,
  metric: Metric,
): MeasureRow[] {
  const times = classes.map((features) =>
    features.length === 0 ? new Float64Array() : deathTimes(features, dim, metric),
  );
  const pooled = Float64Array.from(times.flatMap((own) => [...own])).sort();
  const at = (share: number) => (ascending: Float64Array) =>
    ascending.length === 0 ? null : quantile(ascending, share);
  return [5, 50, 95].flatMap((percent) => {
    const name = `deathTimesQuantile${String(percent).padStart(2, "0")}`;
    const own = `${percent} % quantile of the death times (${metric}) of all examples of a class`;
    const value = at(percent / 100);
    return [
      row(set, "topology", name, `${own}; those of all classes pooled`, value(pooled), FEW),
      ...classRows(set, "topology", name, own, times.map(value), FEW),
    ];
  });
}

/** The same for the union of two sets. */
export function unionDeathTimeRows(a: ClassSample, b: ClassSample, metric: Metric): MeasureRow[] {
  const classes = a.classes.map((own, k) => concatenated(own, b.classes[k]));
  return deathTimeRows("train and test", { classes, dim: a.dim }, metric);
}

/**
 * Smallest scale at which each class connects with another, and the smallest of these. The first
 * edge between two classes joins them directly, so the smallest scale is also the least distance
 * between classes.
 */
export function mergingRows(
  set: MeasuredSet,
  { features, labels, dim, classes }: ClassSample,
  metric: Metric,
): MeasureRow[] {
  const count = classes.length;
  const tree = singleLinkage(spanningTree(features, dim, metric));
  const times = classMergingTimes(tree, labels, count);
  const least = classes.map((_, k) => {
    const others = times.subarray(k * count, (k + 1) * count).filter((_, other) => other !== k);
    return smallestOf(others);
  });
  const finite = (time: number) => (Number.isFinite(time) ? time : null);
  const name = "smallestClassMergingTime";
  const formula = `least scale (${metric}) at which an example of a class and one of another connect`;
  return [
    row(set, "topology", name, `${formula}, any two classes`, finite(smallestOf(least))),
    ...classRows(set, "topology", name, formula, least.map(finite), NO_EXAMPLE),
  ];
}

const smallestOf = (values: ArrayLike<number>) =>
  Array.from(values).reduce((a, b) => Math.min(a, b), Infinity);

/** Q_k(D_k) of each class, and the error that these masses imply. */
export function decisionRows(
  set: MeasuredSet,
  geometry: Readonly<Record<"predicted" | "labels", ArrayLike<number>>> &
    Pick<Geometry, "classCount">,
): MeasureRow[] {
  const { value: masses, reason } = whereDefined(() =>
    predictedMasses(geometry.predicted, geometry.labels, geometry.classCount),
  );
  const all = masses ?? Array.from({ length: geometry.classCount }, () => null);
  const isWhole = all.every((mass) => mass !== null);
  const bound = "C max over k of 1 - Q_k(D_k): no error is larger, whatever the classes' shares";
  const mass = "Q_k(D_k): share of the examples of class k whose largest logit is that of k";
  const error = isWhole ? decisionErrorBound(all) : null;
  return [
    row(set, "topology", "decisionErrorBound", bound, error, reason ?? "no example of some class"),
    ...classRows(set, "topology", "decisionMass", mass, all, reason ?? NO_EXAMPLE),
  ];
}
