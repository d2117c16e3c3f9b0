import { splitArguments } from "../training/settings/schedules";

/**
 * A setting and its values from text such as "beta=0.5,1.1,squareRootDecay(2)"; commas inside of
 * brackets do not separate, and `sub-batch-size` is another form of `subBatchSize`.
 *
 * @throws {RangeError} If the text is not of that form: what it should be.
 */
export function parseGridOption(text: string): [setting: string, values: string[]] {
  const [, name, list = ""] = /^\s*([\w-]+)\s*=(.*)$/s.exec(text) ?? [];
  // As the options are written: --sub-batch-size is subBatchSize.
  const setting = name?.replace(/-+([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const values = splitArguments(list) ?? [];
  if (setting === undefined || values.length === 0 || values.includes(""))
    throw new RangeError(`--grid: expected <setting>=<value>,<value>,..., got "${text}"`);
  return [setting, values];
}

/**
 * The grid of several such texts.
 *
 * @throws {RangeError} If a setting comes twice.
 */
export function parseGridOptions(texts: readonly string[]): Record<string, string[]> {
  const grid: Record<string, string[]> = {};
  for (const [setting, values] of texts.map(parseGridOption)) {
    if (Object.hasOwn(grid, setting))
      throw new RangeError(`--grid ${setting}: expected once, with all its values, got it twice`);
    grid[setting] = values;
  }
  return grid;
}
