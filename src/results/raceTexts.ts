import type { MeasureRace } from "./measureRace";
import { percent, significant } from "./texts";

/** Titles of {@link raceCells}. */
export function raceTitles(regularizer: string, baseline = "vanilla"): string[] {
  const last = ["ratio", "lower on", "epochs lower", "there at", "claim"];
  return ["", "measure", baseline, regularizer, ...last];
}

/** A race as the cells of a table's row: section and measure, then numbers. */
export function raceCells(race: MeasureRace): string[] {
  const { section, measure, baseline, value, ratio, interval, lower, n } = race;
  const range = interval && ` (${interval.lower.toFixed(2)} to ${interval.upper.toFixed(2)})`;
  return [
    section,
    measure,
    significant(baseline),
    significant(value),
    ratio.toFixed(2) + (range ?? ""),
    `${lower} of ${n}`,
    percent(race.lowerShare, 0),
    significant(race.thereAt),
    race.verdict,
  ];
}

/**
 * The measures with a verdict, each with its ratio and a star where the ratio's interval excludes 1,
 * as Markdown: "selfDuality (2.20 \*), alignment (4.50 \*)", or "none".
 */
export function racesWith(races: readonly MeasureRace[], verdict: MeasureRace["verdict"]): string {
  const texts = races
    .filter((race) => race.verdict === verdict)
    .map(({ measure, ratio, interval }) => {
      const isClear = interval !== null && (interval.lower > 1 || interval.upper < 1);
      return `${measure} (${ratio.toFixed(2)}${isClear ? " \\*" : ""})`;
    });
  return texts.join(", ") || "none";
}
