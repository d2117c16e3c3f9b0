import { Command, Option } from "@commander-js/extra-typings";
import { BACKEND_NAMES, backendText, type SelectedBackend } from "../backend/backendNames";
import type { ImageSet } from "../data/imageSet";
import type { MeasureRow } from "../training/evaluation/measureRow";
import type { RunRecord } from "../runs/record";
import type { RunData } from "../runs/runData";
import type { FileOptions } from "./measureFiles";
import { BadArguments, jsonText, refuse, wholeNumber } from "./options";
import { measuresCsv, measuresText } from "./printMeasures";

/** Word for images of noise instead of a folder, and their number. */
const NOISE = "noise";
const NOISE_COUNT = 1000;

const HELP = `
Sets: train, test, both together (death times), and with --out-of-distribution a set of other examples.
"-" marks a measure that is not defined or needs an option that was not given; the reason follows.

A file contains the features of a training set: .npy, .npz, .safetensors, .mat (-v7), or a folder of .npy
files. These array names are recognized: features, embeddings, H or X (examples x dimensions); labels,
targets or y (from 0); weights, W, fc.weight, classifier.weight or head.weight (classes x dimensions);
bias or b; logits. Give other names as KEY, FILE or FILE:KEY. Several files are measured one by one.
Uncompressed files may be larger than memory.

Examples:
  $ tdnc measure runs/mnist-250-sliding/split-0-seed-0
  $ tdnc measure runs/*/split-0-seed-0 --csv > measures.csv
  $ tdnc measure runs/mnist-250-sliding/split-0-seed-0 --out-of-distribution noise --conventions
  $ tdnc measure train.npz --test test.npz --report measures.html
  $ tdnc measure layers.npz --layers --test test-layers.npz
  $ tdnc measure features.npy --labels labels.npy --weights model.safetensors:fc.weight

Exit codes: 0 done, 1 a run or file cannot be read or measured, 2 bad arguments.
`;

interface Options extends FileOptions {
  readonly conventions?: boolean;
  readonly robustness?: string;
  readonly layers?: string | true;
  readonly seed: string;
  readonly backend?: string;
  readonly splitsFile?: string;
  readonly data?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** Checked options of the command. */
interface Asked {
  readonly seed: number;
  readonly robustness: number;
  readonly conventions: boolean;
  readonly layers: boolean;
  /** Folder, or noise, as given. */
  readonly outOfDistribution: string | null;
  readonly others?: ImageSet;
}

/** Measured run. */
interface MeasuredRun {
  readonly folder: string;
  readonly record: RunRecord;
  readonly rows: readonly MeasureRow[];
}

/** `tdnc measure`: every measure of trained networks. */
export function measureCommand() {
  return new Command("measure")
    .summary("measure trained networks, or features from any network")
    .description(
      "Computes every measure (neural collapse, topology, calibration, robustness), with its formula: " +
        "of the trained networks of runs on their training and test images, or of features in a file.",
    )
    .argument(
      "<paths...>",
      "folders of runs, each with record.json and model/, or files of features",
    )
    .option(
      "--out-of-distribution <path>",
      "other examples for NC5 and for scores that detect them: a folder with " +
        `t10k-images-idx3-ubyte, ${NOISE}, or a file of features`,
    )
    .option("--conventions", "add the values of published code's formulas on the same features")
    .option("--seed <number>", "seed of sub-batches and of noise", "0")
    .option("--json", "print JSON: an object, or an array for several paths")
    .option("--csv", "print CSV")
    .optionsGroup("Options for files of features:")
    .option("--test <file>", "features of test examples")
    .option("--features <key>", "array of features, if it has another name")
    .option("--labels <key>", "array of labels")
    .option("--test-labels <key>", "array of the test set's labels (default: that of --labels)")
    .option("--weights <key>", "array of the classifier's weights, classes x dimensions")
    .option("--bias <key>", "array of the classifier's bias")
    .option("--logits <key>", "array of the network's own logits, examples x classes")
    .option(
      "--layers [keys]",
      "add measures of the output of every block (run), of every array with one row per label, or " +
        "of the arrays a,b,c (file)",
    )
    .option("--class-names <names>", "a,b,c or a file with one name per line")
    .option("--metric <name>", "distance for death times: L1, L2, LInfinity (default: L2)")
    .option("--sub-batch-size <count>", "examples per sub-batch for c_beta (default: 16)")
    .option("--beta <number>", "scale for c_beta, in addition to the quantile of death times")
    .option(
      "--topology-examples <count>",
      "measure topology on a sample of this size, 0 to skip it (default: 10000)",
    )
    .option("--report <page.html>", "write a page with figures; an existing file is replaced")
    .optionsGroup("Options for runs:")
    .option("--robustness <count>", "add margins of this many test images, by DeepFool and FGSM")
    .addOption(
      new Option("--backend <name>", "backend to compute with (default: auto)").choices(
        BACKEND_NAMES,
      ),
    )
    .option(
      "--splits-file <file>",
      "splits file of the run, if it did not use the project's splits",
    )
    .option(
      "--data <folder>",
      "folder of the data set's files (default: MNIST's package, data/svhn, data/cifar10)",
    )
    .addHelpText("after", HELP)
    .action(measure);
}

/** Options for files only, and for runs only. */
const FILE_OPTIONS = [
  "test",
  "features",
  "labels",
  "testLabels",
  "weights",
  "bias",
  "logits",
  "classNames",
  "metric",
  "subBatchSize",
  "beta",
  "topologyExamples",
  "report",
] as const satisfies readonly (keyof FileOptions)[];
const RUN_OPTIONS = ["robustness", "backend", "splitsFile", "data"] as const;

async function measure(paths: readonly string[], options: Options): Promise<void> {
  if (options.json && options.csv) throw new BadArguments("expected --json or --csv, got both");
  const { isRun, measureFiles } = await import("./measureFiles.js");
  const runs = paths.filter(isRun);
  if (runs.length > 0 && runs.length < paths.length)
    throw new BadArguments(
      `expected folders of runs or files of features, got both: ${runs[0]} is a folder of a run`,
    );
  const [foreign, kind] =
    runs.length > 0
      ? ([FILE_OPTIONS, "files of features"] as const)
      : ([RUN_OPTIONS, "runs"] as const);
  const wrong = foreign.find((name) => options[name] !== undefined);
  if (wrong !== undefined) {
    const name = wrong.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new BadArguments(`--${name}: this option is for ${kind} only`);
  }
  if (runs.length > 0) return measureRuns(runs, options);
  const { conventions = false, json = false, csv = false } = options;
  const seed = wholeNumber("--seed", options.seed, 0);
  const own = Object.fromEntries(
    [...FILE_OPTIONS, "outOfDistribution" as const, "layers" as const].map((name) => [
      name,
      options[name],
    ]),
  );
  return measureFiles(paths, own, { seed, conventions, json, csv });
}

async function measureRuns(folders: readonly string[], options: Options): Promise<void> {
  const { json, csv, data: dataFolder, splitsFile, backend: backendName = "auto" } = options;
  const asked = await askedOf(options);
  const { selectBackend } = await import("../backend/selectBackend.js");
  const { splitsReader } = await import("../runs/runData.js");
  const { loadRecordedData, readSavedRun } = await import("../runs/savedRun.js");
  const records: RunRecord[] = [];
  for (const folder of folders) records.push(await readSavedRun(folder));
  const backend = await selectBackend(backendName);
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
  const { outOfDistribution = null, conventions = false, layers = false } = options;
  if (typeof layers === "string")
    throw new BadArguments(
      `--layers: expected no keys with a run, got "${layers}"; keys are for files of features`,
    );
  const isFolder = outOfDistribution !== null && outOfDistribution !== NOISE;
  const { loadOtherImages } = await import("../data/mnist.js");
  return {
    seed: wholeNumber("--seed", options.seed, 0),
    robustness: wholeNumber("--robustness", options.robustness ?? "0", 0),
    conventions,
    layers,
    outOfDistribution,
    others: isFolder ? await loadOtherImages(outOfDistribution).catch(refuse) : undefined,
  };
}

async function measureFolder(
  folder: string,
  record: RunRecord,
  data: RunData,
  { outOfDistribution: named, others, ...asked }: Asked,
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
      ? noiseImages(NOISE_COUNT, data.train, new Random(asked.seed, "measure/noise"))
      : others && { ...others, classCount: data.train.classCount };
  const network = await loadSavedNetwork(folder);
  try {
    const options = { config: record.config, ...asked, outOfDistribution };
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
