import path from "node:path";
import { Command, Option } from "@commander-js/extra-typings";
import type { FigureFormat } from "../figures/pages/writeFigures";
import { makeFolder } from "../files/atomicWrite";
import { outFolder } from "./options";

const FORMATS = ["html", "png", "svg"] as const satisfies readonly FigureFormat[];

/** `tdnc figures`: all figures of a study as files. */
export function figuresCommand() {
  return new Command("figures")
    .summary("draw all figures of runs as files")
    .description(
      "Finds all runs below the folders, and writes every figure that they have numbers for: " +
        "results, paired differences, accuracy, neural collapse, death times, schedules.",
    )
    .argument("<folders...>", "folders that contain runs")
    .requiredOption(
      "--out <folder>",
      "folder to write to, created if necessary; other files in it stay",
    )
    .addOption(
      new Option(
        "--format <format>",
        "file format: html is interactive and works offline; png and svg need Chromium",
      )
        .choices(FORMATS)
        .default("html"),
    )
    .option("--unfinished", "include runs that are not complete")
    .addHelpText(
      "after",
      "\nExample:\n  $ tdnc figures runs --out figures --format png\n\n" +
        "Exit codes: 0 done, 1 no run to draw, a damaged record, or no Chromium, 2 bad arguments.",
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
