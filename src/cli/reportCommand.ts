import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Command } from "commander";
import { writeReportPage } from "../figures/pages/reportPage";
import { outFile } from "./outOption";
import { studyRecords } from "./studyRecords";

/** `tdnc report`: a study as one page. */
export function reportCommand(): Command {
  return new Command("report")
    .summary("write recorded runs as one page: table, figures, settings")
    .description(
      "Finds the records in folders and below, and writes one HTML page that works offline: the " +
        "table of results, the differences to vanilla on the same splits, all figures, the settings.",
    )
    .argument("<folders...>", "folders that hold runs")
    .option("--out <file>", "the page; one that is there is replaced", "report.html")
    .option("--unfinished", "show runs that are not complete too")
    .addHelpText("after", "\nExit codes: 0 done, 1 no run to show, 2 bad arguments.")
    .action(async (folders: string[], { out, unfinished }: Options) => {
      outFile("--out", out, ".html");
      const records = await studyRecords(folders, unfinished === true);
      await mkdir(path.dirname(out), { recursive: true });
      await writeReportPage(records, out);
      process.stdout.write(`${out} (open it in a browser)\n`);
    });
}

interface Options {
  readonly out: string;
  readonly unfinished?: boolean;
}
