import path from "node:path";
import { Command, Option } from "@commander-js/extra-typings";
import type { FigureFormat } from "../figures/pages/writeFigures";
import { makeFolder } from "../files/atomicWrite";
import { outFolder } from "./options";

const FORMATS = ["html", "png", "svg"] as const satisfies readonly FigureFormat[];

/** `tdnc figures`: all figures of a study as files. */
export function figuresCommand() {
  return new Command("figures")
    .summary("draw all figures of recorded runs")
    .description(
      "Finds the records in folders and below, and writes every figure that they have numbers for: " +
        "results, paired differences, accuracy, neural collapse, death times, schedules.",
    )
    .argument("<folders...>", "folders that hold runs")
    .requiredOption(
      "--out <folder>",
      "where to write them; made if it is not there; files of other names stay",
    )
    .addOption(
      new Option(
        "--format <format>",
        "html is interactive and works offline; png and svg need Chromium",
      )
        .choices(FORMATS)
        .default("html"),
    )
    .option("--unfinished", "draw runs that are not complete too")
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 no run to draw, a damaged record, or no Chromium, 2 bad arguments.",
    )
    .action(async (folders, { out, format, unfinished }) => {
      outFolder(out);
      const { studyRecords } = await import("./readRuns.js");
      const { writeFigures } = await import("../figures/pages/writeFigures.js");
      const records = await studyRecords(folders, unfinished === true);
      await makeFolder(out);
      for (const file of await writeFigures(records, out, format))
        process.stdout.write(`${path.join(out, file)}\n`);
    });
}
