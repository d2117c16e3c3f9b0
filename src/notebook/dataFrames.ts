import { loadPackage } from "../files/loadPackage";
import { epochRows, runRows, type TableRow } from "../results/recordTables";
import { findRecords } from "../runs/findRecords";

// The comment is kept in the declaration file, which then compiles without danfojs-node too.
// eslint-disable-next-line @typescript-eslint/ban-ts-comment -- no error where it is installed
/** danfojs's table; of type any where danfojs-node is not installed.
 * @ts-ignore */
export type DataFrame = import("danfojs-node").DataFrame;

/** Recorded runs as danfojs tables. */
export interface RecordFrames {
  /** A row a run: settings, environment and the last epoch's numbers. */
  readonly runs: DataFrame;
  /** A row an epoch of each run. */
  readonly epochs: DataFrame;
}

/**
 * The records in folders and below, as danfojs DataFrames: `frames.runs.groupby(["regularizer"])`.
 * The setting `shape` is the column `setting.shape`, since a frame has a shape of its own.
 *
 * @throws {Error} If there is no record, or a broken one, or danfojs-node is not installed.
 */
export async function loadDataFrames(...folders: string[]): Promise<RecordFrames> {
  const danfo = loadPackage<Danfo>(
    "danfojs-node",
    "loadDataFrames()",
    "environment.md has the command that installs it; runRows() and epochRows() work without it",
  );
  const records = (await findRecords(folders)).map(({ record }) => record);
  return { runs: frameOf(danfo, runRows(records)), epochs: frameOf(danfo, epochRows(records)) };
}

type Danfo = typeof import("danfojs-node");

/** danfojs takes NaN for what is missing in a column of numbers. */
function frameOf({ DataFrame }: Danfo, rows: readonly TableRow[]): DataFrame {
  const empty = new DataFrame();
  // danfojs makes each column a property of the frame: one called "shape" would hide the frame's.
  const safe = (name: string) => (name in empty ? `setting.${name}` : name);
  const columns = Object.keys(rows[0] ?? {});
  const isNumeric = (name: string) =>
    rows.every((row) => row[name] === null || typeof row[name] === "number");
  const numeric = new Set(columns.filter(isNumeric));
  const values = rows.map((row) =>
    columns.map((name) => row[name] ?? (numeric.has(name) ? NaN : "")),
  );
  return new DataFrame(values, { columns: columns.map(safe) });
}
