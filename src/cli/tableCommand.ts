import { Command } from "commander";
import { pairedComparisons } from "../results/pairedComparisons";
import { epochRows, runRows } from "../results/recordTables";
import type { RunRecord } from "../runs/record";
import { resultTable } from "../results/resultTable";
import { BadArguments } from "./badArguments";
import { comparisonText, rowsCsv, tableCsv, tableText } from "./printTable";
import { readRuns } from "./readRuns";
import { tellNotCounted } from "./studyRecords";

/** `tdnc table`: the results of recorded runs. */
export function tableCommand(): Command {
  return new Command("table")
    .summary("show the results of recorded runs")
    .description(
      "Finds the records in folders and below, and shows mean and standard deviations over the " +
        "runs that differ in split and seed alone. Runs that are not complete do not count. Below, " +
        "the differences to vanilla on the splits that both have, with their 95 % interval, the " +
        "paired t-test and Wilcoxon's signed-rank test.",
    )
    .argument("<folders...>", "folders that hold runs")
    .option("--json", "print JSON")
    .option("--csv", "print CSV")
    .option("--runs", "CSV of a row a run, with all settings, instead of the means")
    .option("--epochs", "CSV of a row an epoch of each run, with all that was measured")
    .addHelpText("after", "\nExit codes: 0 done, 1 no complete run, 2 bad arguments.")
    .action(async (folders: string[], options: Options) => {
      if (options.json && options.csv) throw new BadArguments("expected --json or --csv, got both");
      if (options.runs && options.epochs)
        throw new BadArguments("expected --runs or --epochs, got both");
      const found = await readRuns(folders);
      const records = found.map(({ record }) => record);
      if (options.runs || options.epochs) {
        const rows = (options.runs ? runRows : epochRows)(records);
        process.stdout.write(options.json ? json(rows) : rowsCsv(rows));
        return;
      }
      tellNotCounted(found.filter(({ record }) => record.status !== "complete"));
      process.stdout.write(means(records, options, folders));
    });
}

interface Options {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly runs?: boolean;
  readonly epochs?: boolean;
}

function means(records: readonly RunRecord[], options: Options, folders: string[]): string {
  const rows = resultTable(records);
  if (rows.length === 0) throw new Error(`no complete run in ${folders.join(", ")}`);
  const comparisons = pairedComparisons(records);
  if (options.json) return json({ rows, comparisons });
  if (options.csv) return tableCsv(rows);
  return tableText(rows) + comparisonText(comparisons);
}

const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
