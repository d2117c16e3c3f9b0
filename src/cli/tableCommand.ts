import { Command } from "@commander-js/extra-typings";
import type { RunRecord } from "../runs/record";
import { BadArguments, jsonText } from "./options";

/** `tdnc table`: the results of recorded runs. */
export function tableCommand() {
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
    .action(async (folders, options) => {
      if (options.json && options.csv) throw new BadArguments("expected --json or --csv, got both");
      if (options.runs && options.epochs)
        throw new BadArguments("expected --runs or --epochs, got both");
      const { readRuns, reportNotCounted } = await import("./readRuns.js");
      const found = await readRuns(folders);
      const records = found.map(({ record }) => record);
      if (options.runs || options.epochs) {
        const { epochRows, runRows } = await import("../results/recordTables.js");
        const { rowsCsv } = await import("./printTable.js");
        const rows = (options.runs ? runRows : epochRows)(records);
        process.stdout.write(options.json ? jsonText(rows) : rowsCsv(rows));
        return;
      }
      reportNotCounted(found.filter(({ record }) => record.status !== "complete"));
      process.stdout.write(await means(records, options, folders));
    });
}

async function means(
  records: readonly RunRecord[],
  options: { readonly json?: true; readonly csv?: true },
  folders: readonly string[],
): Promise<string> {
  const { resultTable } = await import("../results/resultTable.js");
  const { pairedComparisons } = await import("../results/pairedComparisons.js");
  const { comparisonText, tableCsv, tableText } = await import("./printTable.js");
  const rows = resultTable(records);
  if (rows.length === 0) throw new Error(`no complete run in ${folders.join(", ")}`);
  const comparisons = pairedComparisons(records);
  if (options.json) return jsonText({ rows, comparisons });
  if (options.csv) return tableCsv(rows);
  return tableText(rows) + comparisonText(comparisons);
}
