import { SETTINGS, settingNames } from "./settings";

/**
 * Everything that decides what a run computes: a value for each setting of {@link SETTINGS}. Two runs
 * of the same config on the same backend give the same numbers. Build one from a preset:
 * `{ ...mnist250, ...REGULARIZERS.sliding.difference, epochs: 20 }`.
 */
export type ExperimentConfig = Omit<Values, MayBeOff> & Partial<Pick<Values, MayBeOff>>;

type Values = {
  readonly [Name in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[Name]["parse"]>;
};
/** The `optional` settings. Named, since a notebook's compiler takes every type for one with undefined. */
type MayBeOff = "layerTestCount";

/** Settings as JSON has them: schedules as text. */
export function settingsJson(settings: Partial<ExperimentConfig>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(settings)) as Record<string, unknown>;
}

/**
 * The names of the settings in which two configs differ, with both values as text; bookkeeping, which
 * changes no number, does not count.
 */
export function configDifferences(
  a: ExperimentConfig,
  b: ExperimentConfig,
): { setting: string; a: string; b: string }[] {
  const [left, right] = [a, b].map(settingsJson);
  const bookkeeping: readonly string[] = settingNames("bookkeeping");
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((setting) => !bookkeeping.includes(setting) && left[setting] !== right[setting])
    .map((setting) => ({ setting, a: text(left[setting]), b: text(right[setting]) }));
}

const text = (value: unknown) => (value === undefined ? "off" : String(value as string | number));
