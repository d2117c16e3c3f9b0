import path from "node:path";
import { Command } from "@commander-js/extra-typings";
import { mnist250 } from "../training/settings/presets";
import type { RunRecord } from "../runs/record";
import { addRunOptions, runSettings } from "./options";

/** Epochs of the shortened runs, chosen so that three of them take minutes on two cores. */
const START_EPOCHS = "30";
const PAGE_FILE = "comparison.html";

/** The comparison: the network without a regularizer, the published one, and the sliding one. */
const SWEEP = { preset: mnist250.preset, regularizers: ["vanilla", "hofer", "sliding"] };

/** A table and curves are shown, for which all measures of the last epoch are enough. */
const SHORTENED = { testEvery: 2, reportCount: 1, checkpointEvery: 5 };

/** `tdnc start`: the main job, shortened; `npm start` runs it. */
export function startCommand() {
  const command = new Command("start")
    .summary("train three regularizers on one split, in minutes")
    .description(
      "Trains vanilla, hofer and sliding on one split of 250 MNIST images, in shortened runs, and " +
        "compares them: a table, and a page of curves.",
    )
    .option("--epochs <count>", "epochs of each run; the full protocol has 310", START_EPOCHS)
    .option("--json", "print the results as JSON")
    .addHelpText(
      "after",
      "\nExample:\n  $ tdnc start --epochs 60 --out runs/longer\n\nExit codes: 0 done, 1 a run failed, " +
        "2 bad arguments, 130 interrupted: the same command resumes.",
    );
  return addRunOptions(command, "runs/start").action(async ({ epochs, json, ...options }) => {
    const run = await import("./runSweep.js");
    const settings = runSettings(options);
    const definition = { ...SWEEP, settings: { ...SHORTENED, epochs } };
    const plan = await run.planWithoutGrid(definition, settings);
    process.stderr.write(
      `${mnist250.preset}: vanilla, hofer and sliding on split 0, ${plan[0].config.epochs} epochs ` +
        `each where the protocol has ${mnist250.epochs}\n`,
    );
    const results = await run.runAndShow(plan, settings);
    const records = results.flatMap(({ record }) => record ?? []);
    const page = path.join(settings.out, PAGE_FILE);
    if (records.length > 0) {
      const { writeComparisonPage } = await import("../figures/pages/comparisonPage.js");
      await writeComparisonPage(records, page);
    }
    run.printResults(results, { json, isSweep: false });
    if (records.length > 0 && !json)
      process.stdout.write(explanation(records, page, run.processCount(settings)));
    process.exitCode = run.reportOutcomes(results);
  });
}

/** Text after the table: the curves, how the runs were shortened, the full protocol. */
function explanation(records: readonly RunRecord[], page: string, processes: number): string {
  const { epochs } = records[0].config;
  return (
    `\nCurves of accuracy, NC1 and death times: ${page} (open it in a browser)\n` +
    `The runs were shortened to ${epochs} of ${mnist250.epochs} epochs, with faster schedules, so ` +
    "these numbers are not the full\nprotocol's. The full protocol is\n\n" +
    "  npx tdnc train mnist-250 --regularizer vanilla,hofer,sliding --splits 0-9\n\n" +
    `30 runs, about ${hours(records, processes)} hours at the pace of these. ` +
    "You can stop it and resume with the same command.\n"
  );
}

/** Hours that 30 full runs would take at the pace of these. */
function hours(records: readonly RunRecord[], processes: number): string {
  const perEpoch = records.map(({ epochs }) => {
    const training = epochs.reduce((sum, { seconds }) => sum + seconds.training, 0);
    return training / epochs.length;
  });
  const seconds = (Math.max(...perEpoch) * mnist250.epochs * 30) / processes;
  return (seconds / 3600).toFixed(1);
}
