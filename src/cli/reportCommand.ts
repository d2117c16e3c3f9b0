import path from "node:path";
import { Command } from "@commander-js/extra-typings";
import { makeFolder } from "../files/atomicWrite";
import { outFile } from "./options";

/** `tdnc report`: a study as one page. */
export function reportCommand() {
  return new Command("report")
    .summary("write one page about runs: table, figures, settings")
    .description(
      "Finds all runs below the folders, and writes one HTML page that works offline: the table of " +
        "results, the differences to vanilla on the same splits, all figures, the settings.",
    )
    .argument("<folders...>", "folders that contain runs")
    .option("--out <file>", "page to write; an existing file is replaced", "report.html")
    .option("--unfinished", "include runs that are not complete")
    .addHelpText(
      "after",
      "\nExample:\n  $ tdnc report runs\n\nExit codes: 0 done, 1 no run to show or a damaged record, 2 bad arguments.",
    )
    .action(async (folders, { out, unfinished }) => {
      outFile(out, ".html");
      const { studyRecords } = await import("./readRuns.js");
      const { writeReportPage } = await import("../figures/pages/reportPage.js");
      const records = await studyRecords(folders, unfinished === true);
      await makeFolder(path.dirname(out));
      await writeReportPage(records, out);
      process.stdout.write(`${out} (open it in a browser)\n`);
    });
}
