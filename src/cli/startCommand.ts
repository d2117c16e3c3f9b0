import os from "node:os";
import path from "node:path";
import { Command } from "commander";
import type { ExperimentConfig } from "../experiment/config";
import { mnist250, REGULARIZERS } from "../experiment/presets";
import type { RunRecord } from "../experiment/record";
import { resultTable } from "../experiment/resultTable";
import { parseSetting } from "../experiment/settings";
import { writeComparisonPage } from "../figures/comparisonPage";
import { tableText } from "./printTable";
import { checkRuns, reportOutcomes, runExperiments } from "./runExperiments";
import { addRunOptions, refuse, runSettings } from "./trainCommand";

/** Epochs of the shortened runs, chosen so that three of them take minutes on two cores. */
const START_EPOCHS = 20;
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
    );
  return addRunOptions(command, "runs/start").action(async (options: StartOptions) => {
    const configs = startConfigs(options.epochs);
    const settings = runSettings(options);
    await checkRuns(configs, settings).catch(refuse);
    process.stderr.write(
      `${mnist250.preset}: vanilla, hofer and sliding on split 0, ${configs[0].epochs} epochs ` +
        `each where the protocol has ${mnist250.epochs}\n`,
    );
    const { records, outcomes } = await runExperiments(configs, settings);
    if (records.length > 0) await show(records, settings.out, settings.workers);
    process.exitCode = reportOutcomes(outcomes);
  });
}

type StartOptions = Parameters<typeof runSettings>[0] & { readonly epochs: string };

function startConfigs(epochs: string): ExperimentConfig[] {
  try {
    const shortened = {
      ...mnist250,
      epochs: parseSetting("epochs", epochs) as number,
      testEvery: 2,
      checkpointEvery: 5,
    };
    return Object.values(REGULARIZERS).map(({ difference }) => ({ ...shortened, ...difference }));
  } catch (error) {
    return refuse(error);
  }
}

async function show(records: readonly RunRecord[], out: string, workers?: number): Promise<void> {
  const page = path.join(out, PAGE_FILE);
  await writeComparisonPage([...records], page);
  process.stdout.write(`\n${tableText(resultTable(records))}\n`);
  const { epochs } = records[0].config;
  process.stdout.write(
    `Curves of accuracy, NC1 and death times: ${page} (open it in a browser)\n` +
      `The runs were shortened to ${epochs} of ${mnist250.epochs} epochs: the schedules run through ` +
      "in fewer steps, so the numbers are not those of the full protocol. That is\n\n" +
      "  npx tdnc train mnist-250 --regularizer vanilla,hofer,sliding --splits 0-9\n\n" +
      `30 runs; about ${hours(records, workers)} hours at the speed of these, by the cores used. ` +
      "It can be stopped and goes on where it was.\n",
  );
}

/** What 30 full runs would take at the pace of these. */
function hours(records: readonly RunRecord[], workers = os.availableParallelism()): string {
  const perEpoch = records.map(({ epochs }) => {
    const training = epochs.reduce((sum, { seconds }) => sum + seconds.training, 0);
    return training / epochs.length;
  });
  const seconds = (Math.max(...perEpoch) * mnist250.epochs * 30) / workers;
  return (seconds / 3600).toFixed(1);
}
