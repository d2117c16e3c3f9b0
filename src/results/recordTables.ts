import { settingsJson } from "../training/settings/config";
import type { RunRecord } from "../runs/record";
import type { EpochRecord } from "../training/train";

/** Row of a table of runs or epochs: values by column name, null if missing. */
export type TableRow = Readonly<Record<string, string | number | boolean | null>>;

/**
 * One row per run: every setting, the split's source and hash, status, versions and processor,
 * seconds, terminal phase, and the last epoch's numbers. Names that occur in both refer to the run:
 * `seconds` is its total, and `beta`, `topologicalWeight` and `learningRate` are schedules as text,
 * such as `linear(0, 0.1)`, not the values of the last epoch.
 */
export function runRows(records: readonly RunRecord[]): TableRow[] {
  const rows = records.map(
    ({ config, split, status, environment, seconds, terminalPhaseEpoch, epochs }) => {
      const run = {
        ...(settingsJson(config) as TableRow),
        splitSource: split.source,
        rowsHash: split.rowsHash,
        status,
        backend: environment.backend,
        processor: environment.processor,
        node: environment.versions.node,
        tfjs: environment.versions.tfjs,
        seconds,
        terminalPhaseEpoch,
        epochsDone: epochs.length,
      };
      const last = epochs.length > 0 ? epochColumns(epochs[epochs.length - 1]) : {};
      return { ...run, ...last, ...run };
    },
  );
  return sameColumns(rows);
}

/** One row per epoch of each run: preset, regularizer, split and seed, and the epoch's numbers. */
export function epochRows(records: readonly RunRecord[]): TableRow[] {
  const rows = records.flatMap(({ config: { preset, regularizer, split, seed }, epochs }) =>
    epochs.map((epoch) => ({ preset, regularizer, split, seed, ...epochColumns(epoch) })),
  );
  return sameColumns(rows);
}

/**
 * Numbers of an epoch by their paths in the record, such as `test.accuracy`. Plain batches have no
 * death times, and no columns of them.
 */
function epochColumns(epoch: EpochRecord): TableRow {
  const { deathTimes, ...others } = epoch;
  const columns: Record<string, number | null> = {};
  const add = (prefix: string, value: unknown) => {
    if (typeof value === "number" || value === null) columns[prefix] = value;
    else if (typeof value === "object")
      for (const [name, part] of Object.entries(value!))
        add(prefix === "" ? name : `${prefix}.${name}`, part);
  };
  add("", deathTimes === null ? others : epoch);
  return columns;
}

/** Rows with the columns of all rows, in order of first occurrence. */
function sameColumns(rows: readonly TableRow[]): TableRow[] {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name] ?? null])));
}
