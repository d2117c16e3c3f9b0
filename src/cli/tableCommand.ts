import { Command } from "@commander-js/extra-typings";
import { BadArguments, jsonText } from "./options";

/** `tdnc table`: the results of recorded runs. */
export function tableCommand() {
  return new Command("table")
    .summary("show the results of recorded runs")
    .description(
      "Finds all complete runs below the folders, and prints mean and standard deviations over runs " +
        "that differ only in split, seed and recording. A second table has the differences to " +
        "vanilla on common splits, with the 95 % interval, the paired t-test and Wilcoxon's " +
        "signed-rank test.",
    )
    .argument("<folders...>", "folders that contain runs")
    .option("--json", "print JSON")
    .option("--csv", "print CSV")
    .option("--runs", "print one CSV row per run, with all settings, instead of the means")
    .option("--epochs", "print one CSV row per epoch of each run, with all measures")
    .addHelpText(
      "after",
      "\nExamples:\n  $ tdnc table runs\n  $ tdnc table runs --epochs > epochs.csv\n\n" +
        "Exit codes: 0 done, 1 no complete run or a damaged record, 2 bad arguments.",
    )
    .action(async (folders, options) => {
      if (options.json && options.csv) throw new BadArguments("expected --json or --csv, got both");
      if (options.runs && options.epochs)
        throw new BadArguments("expected --runs or --epochs, got both");
      const { readRuns, reportNotCounted } = await import("./readRuns.js");
      const { resultsText, rowsCsv, tableCsv } = await import("./printTable.js");
      const { epochRows, runRows } = await import("../results/recordTables.js");
      const { resultTable } = await import("../results/resultTable.js");
      const { presetResults } = await import("../results/presetResults.js");
      const { pairedComparisons } = await import("../results/pairedComparisons.js");
      const found = await readRuns(folders);
      const records = found.map(({ record }) => record);
      const print = (text: string) => void process.stdout.write(text);
      if (options.runs || options.epochs) {
        const rows = (options.runs ? runRows : epochRows)(records);
        return print(options.json ? jsonText(rows) : rowsCsv(rows));
      }
      reportNotCounted(found.filter(({ record }) => record.status !== "complete"));
      const rows = resultTable(records);
      if (rows.length === 0) throw new Error(`no complete run in ${folders.join(", ")}`);
      if (options.json) {
        return print(jsonText({ rows, comparisons: pairedComparisons(records) }));
      }
      print(options.csv ? tableCsv(rows) : resultsText(presetResults(records)));
    });
}
