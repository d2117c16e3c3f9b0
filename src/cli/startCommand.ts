import path from "node:path";
import { Command } from "commander";
import type { ExperimentConfig } from "../training/settings/config";
import { mnist250, REGULARIZERS } from "../training/settings/presets";
import type { RunRecord } from "../runs/record";
import { parseSetting } from "../training/settings/settings";
import { writeComparisonPage } from "../figures/pages/comparisonPage";
import { checkRuns, reportOutcomes, runExperiments, type RunSettings } from "./runExperiments";
import { defaultWorkers } from "../runs/runPool";
import { addRunOptions, printResults, refuse, runSettings } from "./trainCommand";

/** Epochs of the shortened runs, chosen so that three of them take minutes on two cores. */
const START_EPOCHS = 30;
const PAGE_FILE = "comparison.html";

/** `tdnc start`: the main job, shortened; `npm start` runs it. */
export function startCommand(): Command {
  const command = new Command("start")
    .summary("compare the three regularizers on one split, in minutes")
    .description(
      "Trains vanilla, hofer and sliding on one split of 250 MNIST images, shortened, and shows " +
        "how they compare: a table, and a page of curves.",
    )
    .option(
      "--epochs <count>",
      "epochs of each run, instead of the protocol's 310",
      `${START_EPOCHS}`,
    )
    .option("--json", "print the results as JSON")
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 a run failed, 2 bad arguments, 130 interrupted: the same command goes on.",
    );
  return addRunOptions(command, "runs/start").action(async (options: StartOptions) => {
    const configs = startConfigs(options.epochs);
    const settings = runSettings(options);
    await checkRuns(configs, settings).catch(refuse);
    process.stderr.write(
      `${mnist250.preset}: vanilla, hofer and sliding on split 0, ${configs[0].epochs} epochs ` +
        `each where the protocol has ${mnist250.epochs}\n`,
    );
    const results = await runExperiments(configs, settings);
    if (results.records.length > 0) await writePage(results.records, settings.out);
    printResults(results, options.json === true);
    if (results.records.length > 0 && !options.json) explain(results.records, settings);
    process.exitCode = reportOutcomes(results.outcomes);
  });
}

/** The network without a regulariser, the published one, and the sliding one. */
const STARTED = ["vanilla", "hofer", "sliding"];

type StartOptions = Parameters<typeof runSettings>[0] & {
  readonly epochs: string;
  readonly json?: boolean;
};

function startConfigs(epochs: string): ExperimentConfig[] {
  try {
    const shortened = {
      ...mnist250,
      epochs: parseSetting("epochs", epochs) as number,
      testEvery: 2,
      // A table and curves are shown: of all measures the last epoch's do.
      reportCount: 1,
      checkpointEvery: 5,
    };
    return STARTED.map((name) => ({ ...shortened, ...REGULARIZERS[name].difference }));
  } catch (error) {
    return refuse(error);
  }
}

const pageFile = (out: string) => path.join(out, PAGE_FILE);

async function writePage(records: readonly RunRecord[], out: string): Promise<void> {
  await writeComparisonPage(records, pageFile(out));
}

/** Where the curves are, how the runs were shortened, and what the whole protocol is. */
function explain(records: readonly RunRecord[], { out, backend, workers }: RunSettings): void {
  const { epochs } = records[0].config;
  process.stdout.write(
    `\nCurves of accuracy, NC1 and death times: ${pageFile(out)} (open it in a browser)\n` +
      `The runs were shortened to ${epochs} of ${mnist250.epochs} epochs: the schedules run through ` +
      "in fewer steps,\nso the numbers are not those of the full protocol. That is\n\n" +
      "  npx tdnc train mnist-250 --regularizer vanilla,hofer,sliding --splits 0-9\n\n" +
      `30 runs, about ${hours(records, workers ?? defaultWorkers(backend))} hours at the pace of these. ` +
      "It can be stopped, and goes on where it was.\n",
  );
}

/** What 30 full runs would take at the pace of these. */
function hours(records: readonly RunRecord[], workers: number): string {
  const perEpoch = records.map(({ epochs }) => {
    const training = epochs.reduce((sum, { seconds }) => sum + seconds.training, 0);
    return training / epochs.length;
  });
  const seconds = (Math.max(...perEpoch) * mnist250.epochs * 30) / workers;
  return (seconds / 3600).toFixed(1);
}
