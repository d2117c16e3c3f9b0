import { readdir } from "node:fs/promises";
import path from "node:path";
import { Command } from "commander";
import { readRecord, RECORD_FILE, type RunRecord } from "../experiment/record";
import { resultTable } from "../experiment/resultTable";
import { BadArguments } from "./badArguments";
import { tableCsv, tableText } from "./printTable";

/** `tdnc table`: the results of recorded runs. */
export function tableCommand(): Command {
  return new Command("table")
    .summary("show the results of recorded runs")
    .description(
      "Finds the records in folders and below, and shows mean and standard deviations over the " +
        "runs that differ in split and seed alone. Runs that are not complete do not count.",
    )
    .argument("<folders...>", "folders that hold runs")
    .option("--json", "print JSON")
    .option("--csv", "print CSV")
    .action(async (folders: string[], { json, csv }: { json?: boolean; csv?: boolean }) => {
      if (json && csv) throw new BadArguments("expected --json or --csv, got both");
      const records = await findRecords(folders);
      const rows = resultTable(records.map(({ record }) => record));
      for (const { folder, record } of records)
        if (record.status !== "complete")
          process.stderr.write(
            `not counted: ${folder} (${record.status}, ` +
              `${record.epochs.length} of ${record.config.epochs} epochs)\n`,
          );
      if (rows.length === 0) throw new Error(`no complete run in ${folders.join(", ")}`);
      const print = json
        ? () => `${JSON.stringify(rows, undefined, 2)}\n`
        : csv
          ? tableCsv
          : tableText;
      process.stdout.write(print(rows));
    });
}

/**
 * The records in folders and in the folders below them, in the order of their paths; each once,
 * though the folders lie in one another.
 *
 * @throws {Error} If a folder cannot be read, a record is broken, or there is none.
 */
async function findRecords(
  folders: readonly string[],
): Promise<{ folder: string; record: RunRecord }[]> {
  const found = new Map<string, { folder: string; record: RunRecord }>();
  for (const root of folders) {
    const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(
      (error: Error) => {
        throw new Error(`${root}: expected a folder of runs, got: ${error.message}`);
      },
    );
    const runs = entries.filter((entry) => entry.isFile() && entry.name === RECORD_FILE);
    for (const folder of runs.map(({ parentPath }) => path.normalize(parentPath)).sort())
      found.set(path.resolve(folder), { folder, record: (await readRecord(folder))! });
  }
  if (found.size === 0) throw new Error(`no ${RECORD_FILE} in ${folders.join(", ")} or below`);
  return [...found.values()];
}
