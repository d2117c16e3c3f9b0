import type { PairedComparison } from "../statistics/comparePaired";
import type { MeanInterval } from "../statistics/tTest";
import { mean, sampleStd } from "../statistics/summary";
import { intervalText, signed } from "./numberText";

/** A number with as many significant digits as given, without trailing zeros; a dash for none. */
export function significant(value: number | null | undefined, digits = 3): string {
  return typeof value === "number" && Number.isFinite(value)
    ? String(Number(value.toPrecision(digits)))
    : "\u2013";
}

/** A share as a percentage: "94.24 %". */
export function percent(share: number, decimals = 2): string {
  return `${(100 * share).toFixed(decimals)} %`;
}

/**
 * The mean and the sample standard deviation of values: "0.18 (sample std 0.02)"; of one value the
 * mean alone.
 *
 * @param text How a number is written.
 */
export function meanWithStd(
  values: readonly number[],
  text: (value: number) => string = significant,
): string {
  const deviation = sampleStd(values);
  return text(mean(values)) + (deviation === null ? "" : ` (sample std ${text(deviation)})`);
}

/** What an interval of a difference says: "better" above 0, "worse" below it, else "undecided". */
export function verdict({ lower, upper }: MeanInterval): "better" | "worse" | "undecided" {
  if (lower > 0) return "better";
  return upper < 0 ? "worse" : "undecided";
}

/** A paired comparison in points as a phrase: mean difference, n, interval and {@link verdict}. */
export function comparisonText({
  n,
  meanDifference,
  sampleStd: deviation,
  confidenceInterval,
}: PairedComparison): string {
  return (
    `${signed(meanDifference)} points (n = ${n}, sample std ${deviation.toFixed(2)}), ` +
    `95 % interval ${intervalText({ confidenceInterval })}: ${verdict(confidenceInterval)}`
  );
}
