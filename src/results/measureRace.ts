import { measureNamed } from "../metrics/collapse/catalogue";
import type { RunRecord } from "../runs/record";
import { comparePaired } from "../statistics/comparePaired";
import { mean } from "../statistics/summary";
import { epochValueOf } from "./epochValue";
import { runPairsOf } from "./runValues";

/** A measure of collapse over the terminal phase: a regularizer against a baseline. */
export interface MeasureRace {
  readonly measure: string;
  /** NC1 to NC4. */
  readonly section: string;
  /** Splits that both have. */
  readonly n: number;
  /** Means over the splits after the last epoch. */
  readonly baseline: number;
  readonly value: number;
  /** Geometric mean over the splits of value / baseline after the last epoch. */
  readonly ratio: number;
  /** Its 95 % interval; null for one split. */
  readonly interval: { readonly lower: number; readonly upper: number } | null;
  /** Splits on which the value is lower after the last epoch. */
  readonly lower: number;
  /**
   * Share of the terminal phase's epochs at which the value is lower, the mean over the splits; a
   * recorded epoch represents those since the one recorded before it.
   */
  readonly lowerShare: number;
  /**
   * The epoch from which on the value is at or below the one at which the baseline ends: the upper
   * median over the splits, null if it is so on half of them or fewer.
   */
  readonly thereAt: number | null;
  /**
   * "for": lower at the end on every split and at more than half of the epochs; "against": higher at
   * the end on every split and at more than half of the epochs; else "open".
   */
  readonly verdict: "for" | "against" | "open";
}

/**
 * A measure of the training images in runs of a regularizer and a baseline on the same splits: who
 * ends lower, and who is lower on the way. The terminal phase of a pair begins when neither has a
 * training error any more.
 *
 * @throws {RangeError} If they share no split, or a pair has no epoch with the measure in the phase.
 */
export function measureRace(
  records: readonly RunRecord[],
  regularizer: string,
  measure: string,
  baseline = "vanilla",
): MeasureRace {
  const races = runPairsOf(records, regularizer, baseline).map(([own, other]) =>
    pairRace(measure, own, other),
  );
  if (races.length === 0)
    throw new RangeError(`expected a split that ${regularizer} and ${baseline} share, got none`);
  const [values, baselines] = [races.map(({ value }) => value), races.map((race) => race.baseline)];
  const lower = races.filter(({ value, baseline }) => value < baseline).length;
  const lowerShare = mean(races.map((race) => race.lowerShare));
  const theres = races.map(({ there }) => there).sort((a, b) => a - b);
  const thereAt = theres[Math.floor(theres.length / 2)];
  return {
    measure,
    section: measureNamed(measure)?.section ?? "",
    n: races.length,
    baseline: mean(baselines),
    value: mean(values),
    ...ratioOf(values, baselines),
    lower,
    lowerShare,
    thereAt: Number.isFinite(thereAt) ? thereAt : null,
    verdict: verdictOf(lower, races.length, lowerShare),
  };
}

interface PairRace {
  readonly value: number;
  readonly baseline: number;
  readonly lowerShare: number;
  readonly there: number;
}

function pairRace(measure: string, own: RunRecord, other: RunRecord): PairRace {
  const from = Math.max(own.terminalPhaseEpoch ?? Infinity, other.terminalPhaseEpoch ?? Infinity);
  const valueOf = epochValueOf(measure, "train");
  const others = new Map(other.epochs.map((epoch) => [epoch.epoch, valueOf(epoch)]));
  const pairs = own.epochs.flatMap((record) => {
    const [value, baseline] = [valueOf(record), others.get(record.epoch)];
    const isMeasured = typeof value === "number" && typeof baseline === "number";
    return record.epoch >= from && isMeasured ? [{ epoch: record.epoch, value, baseline }] : [];
  });
  const last = pairs.at(-1);
  if (last === undefined)
    throw new RangeError(`expected epochs of the terminal phase with ${measure}, got none`);
  const spans = pairs.map(({ epoch }, i) => (i === 0 ? 1 : epoch - pairs[i - 1].epoch));
  const lower = pairs.map(({ value, baseline }, i) => (value < baseline ? spans[i] : 0));
  const isAbove = pairs.map(({ value }) => value > last.baseline);
  const above = isAbove.lastIndexOf(true);
  return {
    value: last.value,
    baseline: last.baseline,
    lowerShare: mean(lower) / mean(spans),
    there: pairs.at(above + 1)?.epoch ?? Infinity,
  };
}

function ratioOf(values: readonly number[], baselines: readonly number[]) {
  const [a, b] = [values.map(Math.log), baselines.map(Math.log)];
  if (values.length < 2) return { ratio: Math.exp(a[0] - b[0]), interval: null };
  const { meanDifference, confidenceInterval } = comparePaired(a, b);
  const [lower, upper] = [confidenceInterval.lower, confidenceInterval.upper].map(Math.exp);
  return { ratio: Math.exp(meanDifference), interval: { lower, upper } };
}

function verdictOf(lower: number, n: number, share: number): MeasureRace["verdict"] {
  if (lower === n && share > 0.5) return "for";
  return lower === 0 && share < 0.5 ? "against" : "open";
}
