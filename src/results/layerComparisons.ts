import type { LayerMeasures } from "../metrics/collapse/layers";
import type { RunRecord } from "../runs/record";
import { comparePaired } from "../statistics/comparePaired";
import { mean } from "../statistics/summary";
import type { MeanInterval } from "../statistics/tTest";
import type { EpochRecord } from "../training/train";
import { drawOf } from "./pairedRuns";
import { completeGroups } from "./runGroups";

/** Measure of layers for tables and figures. */
export interface LayerMeasure {
  readonly title: string;
  /** Its formula or unit. */
  readonly axis: string;
  /** On "log", means are geometric and changes are ratios. */
  readonly scale: "linear" | "log";
  readonly value: (layer: LayerMeasures) => number | null | undefined;
}

const percent = (share: number | null | undefined) =>
  typeof share === "number" ? 100 * share : share;

/** Measures of layers in records, by name. */
export const LAYER_MEASURES = {
  covarianceTraceRatio: {
    title: "NC1 of each block (training)",
    axis: "tr S_W / tr S_B",
    scale: "log",
    value: ({ train }) => train.covarianceTraceRatio,
  },
  effectiveRank: {
    title: "Effective rank of each block (training)",
    axis: "effective rank of S_T",
    scale: "log",
    value: ({ train }) => train.effectiveRank,
  },
  trainNearestClassCenterAccuracy: {
    title: "Nearest class center of each block (training)",
    axis: "accuracy (%)",
    scale: "linear",
    value: ({ train }) => percent(train.nearestClassCenterAccuracy),
  },
  testNearestClassCenterAccuracy: {
    title: "Nearest class center of each block (test)",
    axis: "accuracy (%)",
    scale: "linear",
    value: ({ test }) => percent(test?.nearestClassCenterAccuracy),
  },
  probeAccuracy: {
    title: "Ridge probe of each block (test)",
    axis: "accuracy (%)",
    scale: "linear",
    value: ({ test }) => percent(test?.probeAccuracy),
  },
} satisfies Readonly<Record<string, LayerMeasure>>;

/** Name of a measure of layers. */
export type LayerMeasureName = keyof typeof LAYER_MEASURES;

/** Value of a measure of one layer, counted from 0, at an epoch that has it. */
export const layerValue =
  (measure: LayerMeasureName, layer: number) =>
  ({ report }: EpochRecord): number | null | undefined => {
    const own = report?.layers?.[layer];
    return own && (LAYER_MEASURES[measure] as LayerMeasure).value(own);
  };

/** Names of the layers that a run measured; empty if it measured none. */
export function layerNames({ epochs }: RunRecord): string[] {
  const layers = epochs.find(({ report }) => report?.layers)?.report?.layers ?? [];
  return layers.map(({ name }) => name);
}

/**
 * Comparison of a layer after the last epoch, with and without a regularizer, on the same draws.
 */
export interface LayerComparison {
  readonly regularizer: string;
  readonly layer: string;
  /** Number of pairs of runs. */
  readonly n: number;
  /** Mean over the pairs; geometric if the measure's scale is logarithmic. */
  readonly value: number;
  readonly baseline: number;
  /** Value minus baseline, or their ratio on a logarithmic scale. */
  readonly change: number;
  /** 95 % interval of the change; null for one pair. */
  readonly interval: MeanInterval | null;
  /** Number of pairs in which the value is below the baseline. */
  readonly lower: number;
}

/**
 * Compares a measure of every layer after the last epoch with the baseline's runs on the same
 * splits and seeds. Only complete runs count; pairs without the measure are left out.
 *
 * @returns A row for each regularizer except the baseline and each layer.
 */
export function layerComparisons(
  records: readonly RunRecord[],
  measure: LayerMeasureName,
  baseline = "vanilla",
): LayerComparison[] {
  const groups = completeGroups(records);
  const base = groups.find(({ regularizer }) => regularizer === baseline)?.runs ?? [];
  const isLog = LAYER_MEASURES[measure].scale === "log";
  return groups
    .filter(({ regularizer }) => regularizer !== baseline)
    .flatMap(({ regularizer, runs }) =>
      layerNames(runs[0]).flatMap((layer, at) => {
        const pairs = pairsOf(runs, base, (run) => layerValue(measure, at)(run.epochs.at(-1)!));
        return pairs.length === 0 ? [] : [{ regularizer, layer, ...compared(pairs, isLog) }];
      }),
    );
}

type Pair = readonly [value: number, baseline: number];

function pairsOf(
  runs: readonly RunRecord[],
  base: readonly RunRecord[],
  valueOf: (run: RunRecord) => number | null | undefined,
): Pair[] {
  return runs.flatMap((run) => {
    const partner = base.find((other) => drawOf(other) === drawOf(run));
    const [value, baseline] = [valueOf(run), partner && valueOf(partner)];
    return typeof value === "number" && typeof baseline === "number" ? [[value, baseline]] : [];
  });
}

function compared(pairs: readonly Pair[], isLog: boolean) {
  const [to, from] = isLog ? [Math.log, Math.exp] : [identity, identity];
  const [own, base] = [0, 1].map((side) => pairs.map((pair) => to(pair[side])));
  const interval = pairs.length < 2 ? null : comparePaired(own, base).confidenceInterval;
  return {
    n: pairs.length,
    value: from(mean(own)),
    baseline: from(mean(base)),
    change: from(mean(own) - mean(base)),
    interval: interval && { lower: from(interval.lower), upper: from(interval.upper) },
    lower: pairs.filter(([value, baseline]) => value < baseline).length,
  };
}

const identity = (value: number) => value;
