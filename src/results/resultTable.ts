import { BOOKKEEPING, RECORDING, settingsJson } from "../training/settings/config";
import { PRESETS, regularizersFor } from "../training/settings/presets";
import type { RunRecord } from "../runs/record";
import { withoutCopies } from "./runCopies";
import { mean, median, populationStd, sampleStd } from "../statistics/summary";

/** The runs of one experiment that are complete, taken together. Accuracies are percentages. */
export interface ResultRow {
  readonly preset: string;
  readonly regularizer: string;
  /** Settings in which the experiments of the table differ, and this one's values. */
  readonly settings: Readonly<Record<string, string>>;
  /** Complete runs. */
  readonly n: number;
  readonly testAccuracy: Spread;
  /** tr(S_W S_B^+) / C of the training set behind the last epoch. */
  readonly withinClassVariability: Spread;
  readonly epochs: number;
  /** Median of the runs, measuring included. */
  readonly seconds: number;
}

/** Mean and standard deviations; null where a number is not defined. */
export interface Spread {
  readonly mean: number | null;
  readonly sampleStd: number | null;
  readonly populationStd: number | null;
}

/** Settings that do not tell one experiment from another: its runs' numbers, and what is recorded. */
const RUN_SETTINGS: readonly string[] = [
  ...["split", "seed", "preset", "regularizer"],
  ...[...RECORDING, ...BOOKKEEPING],
];

/**
 * The table of some runs: a row for each experiment, the runs that differ in split and seed alone.
 * Runs that are not complete do not count.
 */
export function resultTable(records: readonly RunRecord[]): ResultRow[] {
  return experimentsOf(records).map(({ runs, settings }) => rowOf(runs, settings));
}

/** Complete runs that differ in split and seed alone. */
export interface Experiment {
  readonly preset: string;
  readonly regularizer: string;
  /** As {@link ResultRow}'s. */
  readonly settings: Readonly<Record<string, string>>;
  readonly runs: readonly RunRecord[];
}

/** The experiments among some runs; runs that are not complete, and copies of one, are left out. */
export function experimentsOf(records: readonly RunRecord[]): Experiment[] {
  const complete = withoutCopies(records.filter(({ status }) => status === "complete"));
  const varying = varyingSettings(complete);
  const groups = new Map<string, RunRecord[]>();
  for (const record of complete) {
    const { preset, regularizer } = record.config;
    const key = JSON.stringify([preset, regularizer, varying.map((name) => textOf(record, name))]);
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return [...groups.values()].map((runs) => {
    const { preset, regularizer } = runs[0].config;
    const settings = Object.fromEntries(varying.map((name) => [name, textOf(runs[0], name)]));
    return { preset, regularizer, settings, runs };
  });
}

/** The settings to show: those that differ, and not only as presets and regularisers themselves do. */
function varyingSettings(records: readonly RunRecord[]): string[] {
  if (records.length === 0) return [];
  const isVarying = (name: string) => {
    const texts = records.map((record) => textOf(record, name));
    const changes = records.map((record, i) => texts[i] !== ownText(record, name) && texts[i]);
    return new Set(texts).size > 1 && new Set(changes).size > 1;
  };
  const names = Object.keys(records[0].config).filter((name) => !RUN_SETTINGS.includes(name));
  return [...names, "split source", "backend"].filter(isVarying);
}

/** A setting's value in a run's preset with its regulariser; undefined if these are not known. */
function ownText({ config }: RunRecord, name: string): string | undefined {
  const preset = PRESETS[config.preset]?.config;
  const difference = preset && regularizersFor(preset)[config.regularizer]?.difference;
  const json = settingsJson({ ...preset, ...difference });
  return name in json ? String(json[name]) : undefined;
}

function textOf(record: RunRecord, name: string): string {
  if (name === "split source") return record.split.source;
  if (name === "backend") return record.environment.backend;
  return String(settingsJson(record.config)[name]);
}

function rowOf(
  records: readonly RunRecord[],
  settings: Readonly<Record<string, string>>,
): ResultRow {
  const [{ config }] = records;
  const last = records.map(({ epochs }) => epochs[epochs.length - 1]);
  const defined = (values: (number | null | undefined)[]) =>
    values.filter((value) => value !== null && value !== undefined);
  return {
    preset: config.preset,
    regularizer: config.regularizer,
    settings,
    n: records.length,
    testAccuracy: spread(defined(last.map(({ test }) => test && 100 * test.accuracy))),
    withinClassVariability: spread(defined(last.map(({ train }) => train?.withinClassVariability))),
    epochs: config.epochs,
    seconds: median(records.map(({ seconds }) => seconds)),
  };
}

function spread(values: readonly number[]): Spread {
  if (values.length === 0) return { mean: null, sampleStd: null, populationStd: null };
  return {
    mean: mean(values),
    sampleStd: sampleStd(values),
    populationStd: populationStd(values),
  };
}
