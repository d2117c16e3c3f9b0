import { Command, Option } from "@commander-js/extra-typings";
import { BACKEND_NAMES, backendText, type SelectedBackend } from "../backend/backendNames";
import type { ImageSet } from "../data/imageSet";
import type { MeasureRow } from "../training/evaluation/measureRow";
import type { RunRecord } from "../runs/record";
import type { RunData } from "../runs/runData";
import { BadArguments, jsonText, refuse, wholeNumber } from "./options";
import { measuresCsv, measuresText } from "./printMeasures";

/** The word that stands for images of noise instead of a folder, and how many there are. */
const NOISE = "noise";
const NOISE_COUNT = 1000;

const HELP = `
Sets: train, test, both together (death times), and with --out-of-distribution a set of other images.
"-" is a measure that is not defined there, or that needs images of other things (NC5).

Examples:
  $ tdnc measure runs/mnist-250-sliding/split-0-seed-0
  $ tdnc measure runs/*/split-0-seed-0 --csv > measures.csv
  $ tdnc measure runs/mnist-250-sliding/split-0-seed-0 --out-of-distribution noise --conventions

Exit codes: 0 done, 1 a run has no record or model, 2 bad arguments.
`;

interface Options {
  readonly outOfDistribution?: string;
  readonly conventions?: boolean;
  readonly robustness?: string;
  readonly seed: string;
  readonly backend: string;
  readonly splitsFile?: string;
  readonly data?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** Options of the command, read and checked. */
interface Asked {
  readonly seed: number;
  readonly robustness: number;
  readonly conventions: boolean;
  /** The folder, or noise, as it was named. */
  readonly outOfDistribution: string | null;
  readonly others?: ImageSet;
}

/** A run that was measured. */
interface MeasuredRun {
  readonly folder: string;
  readonly record: RunRecord;
  readonly rows: readonly MeasureRow[];
}

/** `tdnc measure`: every measure of trained networks. */
export function measureCommand() {
  return new Command("measure")
    .summary("measure saved models: neural collapse, topology, robustness")
    .description(
      "Loads the trained network of each run and recomputes every measure on its training and its " +
        "test images, with names and formulas.",
    )
    .argument("<folders...>", "folders of runs, each with record.json and model/")
    .option(
      "--out-of-distribution <folder>",
      `images of other things for NC5: a folder with t10k-images-idx3-ubyte, or ${NOISE}`,
    )
    .option("--conventions", "add what formulas of published code give on the same features")
    .option("--robustness <count>", "add margins of so many test images, by DeepFool and FGSM")
    .option("--seed <number>", "seed of the sub-batches drawn, and of noise", "0")
    .addOption(
      new Option("--backend <name>", "where to compute").choices(BACKEND_NAMES).default("auto"),
    )
    .option("--splits-file <file>", "the splits that the run was made with, if not the project's")
    .option(
      "--data <folder>",
      "folder of the data set's files (default: MNIST's installed package, data/svhn, data/cifar10)",
    )
    .option("--json", "print JSON: an object, of several folders an array")
    .option("--csv", "print CSV")
    .addHelpText("after", HELP)
    .action(measure);
}

async function measure(folders: readonly string[], options: Options): Promise<void> {
  const { json, csv, data: dataFolder, splitsFile } = options;
  if (json && csv) throw new BadArguments("expected --json or --csv, got both");
  const asked = await askedOf(options);
  const { selectBackend } = await import("../backend/selectBackend.js");
  const { splitsReader } = await import("../runs/runData.js");
  const { loadRecordedData, readSavedRun } = await import("../runs/savedRun.js");
  const records: RunRecord[] = [];
  for (const folder of folders) records.push(await readSavedRun(folder));
  const backend = await selectBackend(options.backend);
  process.stderr.write(`backend ${backendText(backend)}\n`);
  const runs: MeasuredRun[] = [];
  const source = { dataFolder, splitsFile };
  const read = splitsReader(source);
  for (const [i, folder] of folders.entries()) {
    const data = await loadRecordedData(records[i], source, read).catch((error: Error) =>
      refuse(new Error(`${folder}: ${error.message}`)),
    );
    const run = await measureFolder(folder, records[i], data, asked);
    runs.push(run);
    if (!json && !csv) process.stdout.write(`${i > 0 ? "\n\n" : ""}${runText(run)}`);
  }
  if (csv) process.stdout.write(measuresCsv(runs));
  if (json) process.stdout.write(runsJson(runs, backend, asked));
}

async function askedOf(options: Options): Promise<Asked> {
  const { outOfDistribution = null, conventions = false } = options;
  const isFolder = outOfDistribution !== null && outOfDistribution !== NOISE;
  const { loadOtherImages } = await import("../data/mnist.js");
  return {
    seed: wholeNumber("--seed", options.seed, 0),
    robustness: wholeNumber("--robustness", options.robustness ?? "0", 0),
    conventions,
    outOfDistribution,
    others: isFolder ? await loadOtherImages(outOfDistribution).catch(refuse) : undefined,
  };
}

async function measureFolder(
  folder: string,
  record: RunRecord,
  data: RunData,
  { seed, robustness, conventions, outOfDistribution: named, others }: Asked,
): Promise<MeasuredRun> {
  const { noiseImages } = await import("../data/noise.js");
  const { Random } = await import("../numerics/random.js");
  const { measureRun } = await import("../training/evaluation/measureRun.js");
  const { loadSavedNetwork } = await import("../runs/savedRun.js");
  if (others && others.imageShape.join() !== data.train.imageShape.join())
    throw new BadArguments(
      `--out-of-distribution: expected images of ${data.train.imageShape.join(" x ")}, as ${folder} ` +
        `has, got ${others.imageShape.join(" x ")}`,
    );
  const outOfDistribution =
    named === NOISE
      ? noiseImages(NOISE_COUNT, data.train, new Random(seed, "measure/noise"))
      : others;
  const network = await loadSavedNetwork(folder);
  try {
    const { config } = record;
    const options = { config, seed, robustness, conventions, outOfDistribution };
    return { folder, record, rows: await measureRun(network, data, options) };
  } finally {
    network.dispose();
  }
}

function runText({ folder, record: { config, split, epochs, status }, rows }: MeasuredRun): string {
  const { preset, regularizer, seed } = config;
  return (
    `${folder}\n${preset}, ${regularizer}, split ${config.split} (${split.source}), seed ${seed}, ` +
    `${epochs.length} of ${config.epochs} epochs, ${status}\n\n${measuresText(rows)}`
  );
}

function runsJson(
  runs: readonly MeasuredRun[],
  { name, summary }: SelectedBackend,
  { seed, robustness, outOfDistribution }: Asked,
): string {
  const all = runs.map(({ folder, record: { config, split }, rows }) => ({
    folder,
    config,
    split,
    environment: { backend: name, backendSummary: summary },
    options: { seed, robustness, outOfDistribution },
    rows,
  }));
  return jsonText(all.length === 1 ? all[0] : all);
}
