import { SETTINGS, settingNames } from "./settings";

/**
 * Everything that determines what a run computes: a value for each setting of {@link SETTINGS}. Two
 * runs of the same config on the same backend give the same numbers. Build one from a preset: `{
 * ...mnist250, ...REGULARIZERS.sliding.difference, epochs: 20 }`.
 */
export type ExperimentConfig = Omit<Values, MayBeOff> & Partial<Pick<Values, MayBeOff>>;

type Values = {
  readonly [Name in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[Name]["parse"]>;
};
/**
 * The `optional` settings. They are listed by name, because the compiler of notebooks adds
 * undefined to every type.
 */
type MayBeOff = "layerTestCount";

/** Settings in JSON form: schedules as text. */
export function settingsJson(settings: Partial<ExperimentConfig>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(settings)) as Record<string, unknown>;
}

/**
 * Settings in which two configs differ, with both values as text. Bookkeeping, which changes no
 * number, is ignored.
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
