import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { makeFolder } from "../files/atomicWrite";
import path from "node:path";
import type { ArrayKeys, FileFeatures } from "../data/featureFile";
import type { MeasuredFeatures } from "../training/evaluation/measureFeatures";
import type { MeasureRow } from "../training/evaluation/measureRow";
import { BadArguments, jsonText, outFile, refuse } from "./options";
import { measuresCsv, measuresText } from "./printMeasures";
import { stageProgress } from "./progress";

/** Options of `tdnc measure` that are for files of features. */
export interface FileOptions {
  readonly test?: string;
  readonly outOfDistribution?: string;
  readonly features?: string;
  readonly labels?: string;
  readonly testLabels?: string;
  readonly weights?: string;
  readonly bias?: string;
  readonly logits?: string;
  readonly classNames?: string;
  readonly metric?: string;
  readonly subBatchSize?: string;
  readonly beta?: string;
  readonly topologyExamples?: string;
  readonly report?: string;
}

/** What both kinds of input have. */
export interface CommonOptions {
  readonly seed: number;
  readonly conventions: boolean;
  readonly json: boolean;
  readonly csv: boolean;
}

/** A file that was measured. */
interface MeasuredFile {
  readonly folder: string;
  readonly examples: number;
  readonly dimensions: number;
  readonly classes: number;
  readonly rows: readonly MeasureRow[];
}

/** Whether a path is of a run: a folder without .npy files. */
export function isRun(place: string): boolean {
  if (!existsSync(place)) return path.extname(place) === "";
  if (!statSync(place).isDirectory()) return false;
  return !readdirSync(place).some((name) => name.endsWith(".npy"));
}

/** Measures files of features, each by itself, and prints what was measured. */
export async function measureFiles(
  files: readonly string[],
  options: FileOptions,
  common: CommonOptions,
): Promise<void> {
  for (const name of ["test", "report"] as const)
    if (options[name] !== undefined && files.length > 1)
      throw new BadArguments(
        `--${name}: expected one file of features with it, got ${files.length}`,
      );
  if (options.report !== undefined) outFile(options.report, ".html", "--report");
  const choice = await choiceOf(options, common).catch(refuse);
  const measured: MeasuredFile[] = [];
  for (const [i, file] of files.entries()) {
    const one = await measureFile(file, options, choice);
    measured.push(one);
    if (!common.json && !common.csv)
      process.stdout.write(
        `${i > 0 ? "\n\n" : ""}${file}\n${sizes(one)}\n\n${measuresText(one.rows)}`,
      );
  }
  if (common.csv) process.stdout.write(measuresCsv(measured));
  if (common.json) {
    const all = measured.map(({ folder: file, ...rest }) => ({
      file,
      options: { ...options, ...common },
      ...rest,
    }));
    process.stdout.write(jsonText(all.length === 1 ? all[0] : all));
  }
  if (options.report) process.stderr.write(`${options.report} (open it in a browser)\n`);
}

const sizes = ({ examples, dimensions, classes }: MeasuredFile) =>
  `${examples} examples, ${dimensions} dimensions, ${classes} classes`;

/** What all files are measured with, read and checked before the first is. */
async function choiceOf(options: FileOptions, { seed, conventions }: CommonOptions) {
  const { parseMetric } = await import("../metrics/topology/metric.js");
  return {
    seed,
    conventions,
    classNames: options.classNames === undefined ? undefined : namesOf(options.classNames),
    metric: options.metric === undefined ? undefined : parseMetric(options.metric),
    subBatchSize: numberOf("--sub-batch-size", options.subBatchSize, 2),
    topologyExamples: numberOf("--topology-examples", options.topologyExamples, 0),
    beta: betaOf(options.beta),
  };
}

/** The lines of a file, or names between commas. */
function namesOf(text: string): string[] {
  const isFile = existsSync(text) && statSync(text).isFile();
  const names = isFile
    ? readFileSync(text, "utf8")
        .replace(/\r?\n$/, "")
        .split(/\r?\n/)
    : text.split(",");
  if (names.length < 2)
    throw new BadArguments(
      `--class-names: expected a,b,c or a file of a name a line, got "${text}"`,
    );
  return names.map((name) => name.trim());
}

function numberOf(option: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d+$/.test(text.trim()) ? Number(text) : NaN;
  if (!(number >= least))
    throw new BadArguments(`${option}: expected a whole number from ${least}, got "${text}"`);
  return number;
}

function betaOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const beta = text.trim() === "" ? NaN : Number(text);
  if (!(beta > 0 && Number.isFinite(beta)))
    throw new BadArguments(`--beta: expected a number above 0, got "${text}"`);
  return beta;
}

async function measureFile(
  file: string,
  options: FileOptions,
  choice: Awaited<ReturnType<typeof choiceOf>>,
): Promise<MeasuredFile> {
  const { readFeatures, readUnlabeledFeatures } = await import("../data/featureFile.js");
  const { evaluateFeatures, namedRows } = await import("../training/evaluation/measureFeatures.js");
  const { features, labels, weights, bias, logits, outOfDistribution: other } = options;
  const keys = { features, labels, weights, bias, logits };
  const train = await readFeatures(file, keys);
  const progress = stageProgress();
  const input: MeasuredFeatures = {
    ...train,
    ...choice,
    test: options.test === undefined ? undefined : await testFeatures(options.test, keys, options),
    outOfDistribution: other === undefined ? undefined : await readUnlabeledFeatures(other, keys),
    onProgress: progress.show,
  };
  try {
    const evaluated = evaluateFeatures(input);
    const rows = namedRows(evaluated, input);
    const { count: examples, size: dimensions } = train.features;
    const one = { folder: file, examples, dimensions, classes: evaluated.classCount, rows };
    if (options.report !== undefined) {
      const { writeFeaturePage } = await import("../figures/pages/featurePage.js");
      const { classNames, metric } = choice;
      const page = { title: path.basename(file), description: sizes(one), classNames, metric };
      await makeFolder(path.dirname(options.report));
      await writeFeaturePage({ ...page, evaluated, rows }, options.report);
    }
    return one;
  } finally {
    progress.end();
  }
}

/** The test set has its own labels and logits: those in other files are of the training set. */
async function testFeatures(
  file: string,
  { features, labels, logits }: ArrayKeys,
  { testLabels }: FileOptions,
): Promise<FileFeatures> {
  const { isOtherFile, readFeatures } = await import("../data/featureFile.js");
  if (testLabels === undefined && labels !== undefined && isOtherFile(labels))
    throw new BadArguments(
      `--test-labels: expected the labels of ${file}, since --labels names a file, got none`,
    );
  const own = logits !== undefined && isOtherFile(logits) ? undefined : logits;
  return readFeatures(file, { features, labels: testLabels ?? labels, logits: own });
}
