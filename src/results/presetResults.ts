import type { RunRecord } from "../runs/record";
import { pairedComparisons, type ExperimentComparison } from "./pairedComparisons";
import { resultTable, type ResultRow } from "./resultTable";

/** The results of one preset: other presets are other experiments. */
export interface PresetResults {
  readonly preset: string;
  /** One or more, baselines first; their settings are those in which this preset's groups differ. */
  readonly rows: readonly ResultRow[];
  readonly comparisons: readonly ExperimentComparison[];
}

/** The results of each preset by itself, in the order of their names; of complete runs. */
export function presetResults(records: readonly RunRecord[]): PresetResults[] {
  return recordsByPreset(records)
    .map(([preset, own]) => {
      const comparisons = pairedComparisons(own);
      const isBaseline = ({ label }: ResultRow) =>
        comparisons.some(({ baseline }) => baseline === label);
      const rows = resultTable(own).sort((a, b) => Number(isBaseline(b)) - Number(isBaseline(a)));
      return { preset, rows, comparisons };
    })
    .filter(({ rows }) => rows.length > 0);
}

/** The records of each preset, in the order of the presets' names. */
export function recordsByPreset(
  records: readonly RunRecord[],
): [preset: string, records: RunRecord[]][] {
  const presets = [...new Set(records.map(({ config }) => config.preset))].sort();
  return presets.map((preset) => [
    preset,
    records.filter(({ config }) => config.preset === preset),
  ]);
}
