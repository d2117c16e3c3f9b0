import path from "node:path";
import * as v from "valibot";
import { anyObject, anyText, checked, listOf, onlyFields } from "../../numerics/checked";
import { shown } from "../../numerics/plainText";
import { settingsJson, type ExperimentConfig } from "../../training/settings/config";
import { PRESETS, regularizersFor } from "../../training/settings/presets";
import { named } from "../../training/settings/named";
import { parseRanges } from "../../training/settings/ranges";
import type { Schedule } from "../../training/settings/schedules";
import { checkConfig } from "../../training/settings/parseConfig";
import { parseSetting } from "../../training/settings/settings";
import { gridFolder } from "./sweepFolder";

/** Value of a setting from a file or the command line; a schedule may be text. */
export type SweepValue = string | number | boolean | Schedule;

/** Grid of experiments: regularizers x values of settings x splits x seeds. */
export interface SweepDefinition {
  readonly preset: string;
  /** Names of regularizers; sliding by default. */
  readonly regularizers?: readonly string[];
  /** Settings that all runs share. */
  readonly settings?: Readonly<Record<string, SweepValue>>;
  /** Settings to vary, with their values; all combinations are run. */
  readonly grid?: Readonly<Record<string, readonly SweepValue[]>>;
  /** Numbers of splits, such as "0-9" or "0,3"; "0" by default. */
  readonly splits?: string;
  /** Seeds of weights, sampler and dropout; "0" by default. */
  readonly seeds?: string;
}

/** Run of a sweep. */
export interface SweepRun {
  readonly config: ExperimentConfig;
  /**
   * Path inside the sweep's folder: `<preset>-<regularizer>/[<grid settings>/]split-<k>-seed-<s>`.
   */
  readonly folder: string;
}

type Values = Partial<ExperimentConfig>;

const numbers = v.custom<string>(
  (value) => typeof value === "string" || typeof value === "number",
  "whole numbers such as 0-9 or 0,3,5-7",
);
const DEFINITION = onlyFields({
  preset: anyText,
  regularizers: v.optional(listOf(anyText, "a list of names", 1)),
  settings: v.optional(anyObject("an object of settings")),
  grid: v.optional(anyObject("an object of settings")),
  splits: v.optional(numbers),
  seeds: v.optional(numbers),
});
/** Limit on the runs of a sweep, which are all planned before the first starts. */
export const MOST_RUNS = 100_000;
/** Number of combinations that an error lists. */
const MOST_LINES = 20;
/** Settings that a sweep names in other fields. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  preset: "preset",
  regularizer: "regularizers",
  split: "splits",
  seed: "seeds",
};

/**
 * All runs of a sweep: the first split comes first, and within it seed after seed, so that an early
 * stop leaves complete comparisons on the finished splits.
 *
 * @throws {RangeError} If a name, a setting or a value is not accepted, or settings contradict each
 *   other in some combinations, which the message lists. The whole sweep is invalid then. The
 *   error's cause, if present, is the same error without its place in the sweep.
 */
export function expandSweep(definition: SweepDefinition): SweepRun[] {
  checkFields(definition);
  const { config: preset } = named(PRESETS, definition.preset, "preset");
  const regularizers = [...new Set(definition.regularizers ?? ["sliding"])].map(
    (name) => named(regularizersFor(preset), name, "regularizer").difference,
  );
  const shared = parsedSettings(definition);
  const { dataset = preset.dataset } = shared;
  // Runs on data other than the preset's have separate folders.
  const other = dataset === preset.dataset ? {} : { dataset };
  const grid = parsedGrid(definition);
  const seeds = rangesOf("seeds", definition.seeds);
  const splits = rangesOf("splits", definition.splits);
  const lists = [regularizers, ...grid.map(([, values]) => values), splits, seeds];
  const count = lists.reduce((product, { length }) => product * length, 1);
  if (count > MOST_RUNS)
    throw new RangeError(`expected a sweep of at most ${MOST_RUNS} runs, got ${count}`);
  const experiments = regularizers.flatMap((difference) =>
    combinations(grid).map((varied) => ({
      config: { ...preset, ...difference, ...shared, ...varied },
      varied: { ...other, ...varied },
    })),
  );
  checkExperiments(experiments);
  return splits.flatMap((split) =>
    seeds.flatMap((seed) =>
      experiments.map(({ config, varied }) => runOf({ ...config, split, seed }, varied)),
    ),
  );
}

function runOf(config: ExperimentConfig, varied: Values): SweepRun {
  const { preset, regularizer, split, seed } = config;
  const name = `${preset}-${regularizer}`;
  const folder = path.join(name, gridFolder(varied), `split-${split}-seed-${seed}`);
  return { config, folder };
}

function checkFields(definition: SweepDefinition): void {
  checked(DEFINITION, definition);
  const { settings = {}, grid = {} } = definition;
  const twice = Object.keys(settings).find((name) => Object.hasOwn(grid, name));
  if (twice !== undefined)
    throw new RangeError(`${twice}: expected it in settings or in grid, got it in both`);
}

function rangesOf(field: string, value = "0"): number[] {
  try {
    return parseRanges(String(value));
  } catch (error) {
    throw new RangeError(`${field}: ${(error as Error).message}`, { cause: error });
  }
}

function parsedSettings({ settings = {} }: SweepDefinition): Values {
  const entries = Object.entries(settings).map(([name, value]) => [name, parsed(name, value)]);
  return Object.fromEntries(entries) as Values;
}

/** Distinct values of each setting of the grid. */
function parsedGrid({ grid = {} }: SweepDefinition): [name: string, values: unknown[]][] {
  return Object.entries(grid).map(([name, values]) => {
    if (!Array.isArray(values) || values.length === 0)
      throw new RangeError(`grid.${name}: expected a list of values, got ${shown(values)}`);
    const each = values.map((value: SweepValue) => parsed(name, value));
    return [name, [...new Map(each.map((value) => [text(value), value])).values()]];
  });
}

function parsed(name: string, value: SweepValue): unknown {
  if (Object.hasOwn(ELSEWHERE, name))
    throw new RangeError(`${name}: set it with the sweep's ${ELSEWHERE[name]}, not as a setting`);
  const plain: unknown = typeof value === "function" && "toJSON" in value ? value.toJSON() : value;
  return parseSetting(name, plain);
}

/** Every choice of one value for each setting; the last setting changes fastest. */
function combinations(grid: [name: string, values: unknown[]][]): Values[] {
  return grid.reduce<Values[]>(
    (all, [name, values]) =>
      all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

function checkExperiments(experiments: { config: ExperimentConfig; varied: Values }[]): void {
  const contradictions = experiments.flatMap(({ config, varied }) => {
    try {
      checkConfig(config);
      return [];
    } catch (cause) {
      const values = Object.entries(settingsJson(varied)).map(([name, at]) => `${name}=${at}`);
      const combination = [config.preset, config.regularizer, ...values].join(" ");
      return [{ text: `${combination}: ${(cause as Error).message}`, cause }];
    }
  });
  if (contradictions.length === 0) return;
  const lines = contradictions.slice(0, MOST_LINES).map(({ text }) => text);
  if (contradictions.length > MOST_LINES)
    lines.push(`... and ${contradictions.length - MOST_LINES} more`);
  throw new RangeError(
    `${contradictions.length} of ${experiments.length} combinations are contradictory, ` +
      `nothing was run:\n  ${lines.join("\n  ")}`,
    { cause: contradictions[0].cause },
  );
}

const text = (value: unknown) => JSON.stringify(value) ?? String(value);
