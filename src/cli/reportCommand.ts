import path from "node:path";
import { Command } from "@commander-js/extra-typings";
import { makeFolder } from "../files/atomicWrite";
import { outFile } from "./options";

/** `tdnc report`: a study as one page. */
export function reportCommand() {
  return new Command("report")
    .summary("write recorded runs as one page: table, figures, settings")
    .description(
      "Finds the records in folders and below, and writes one HTML page that works offline: the " +
        "table of results, the differences to vanilla on the same splits, all figures, the settings.",
    )
    .argument("<folders...>", "folders that hold runs")
    .option("--out <file>", "the page; one that is there is replaced", "report.html")
    .option("--unfinished", "show runs that are not complete too")
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 no run to show or a damaged record, 2 bad arguments.",
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
