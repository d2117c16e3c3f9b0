import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { makeFolder } from "../files/atomicWrite";
import path from "node:path";
import type { ArrayKeys } from "../data/featureFile";
import type { MeasuredFeatures } from "../training/evaluation/measureFeatures";
import type { Numbers, RowArray } from "../numerics/rowArray";
import type { MeasureRow } from "../training/evaluation/measureRow";
import { BadArguments, jsonText, outFile, refuse } from "./options";
import { measuresCsv, measuresText } from "./printMeasures";
import { stageProgress } from "./progress";

/** Options of `tdnc measure` that are for files of features. */
export interface FileOptions {
  readonly test?: string;
  readonly outOfDistribution?: string;
  readonly features?: string;
  /** Keys separated by commas; true for all possible layers. */
  readonly layers?: string | true;
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

/** Options of both kinds of input. */
export interface CommonOptions {
  readonly seed: number;
  readonly conventions: boolean;
  readonly json: boolean;
  readonly csv: boolean;
}

/** Measured file. */
interface MeasuredFile {
  readonly folder: string;
  readonly examples: number;
  /** Dimension of the features; undefined if only layers were measured. */
  readonly dimensions?: number;
  readonly layers?: number;
  readonly classes: number;
  readonly rows: readonly MeasureRow[];
}

/** Whether a path is the folder of a run: a folder without .npy files. */
export function isRun(place: string): boolean {
  if (!existsSync(place)) return path.extname(place) === "";
  if (!statSync(place).isDirectory()) return false;
  return !readdirSync(place).some((name) => name.endsWith(".npy"));
}

/** Measures files of features one by one, and prints the results. */
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

const sizes = ({ examples, dimensions, layers, classes }: MeasuredFile) =>
  [
    `${examples} examples`,
    ...(dimensions === undefined ? [] : [`${dimensions} dimensions`]),
    ...(layers === undefined ? [] : [`${layers} layers`]),
    `${classes} classes`,
  ].join(", ");

/** Options for all files, read and checked before the first file. */
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

/** Lines of a file, or names separated by commas. */
function namesOf(text: string): string[] {
  const isFile = existsSync(text) && statSync(text).isFile();
  const names = isFile
    ? readFileSync(text, "utf8")
        .replace(/\r?\n$/, "")
        .split(/\r?\n/)
    : text.split(",");
  if (names.length < 2)
    throw new BadArguments(
      `--class-names: expected a,b,c or a file with one name per line, got "${text}"`,
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
  const { namesFeatures, readFeatures, readUnlabeledFeatures } =
    await import("../data/featureFile.js");
  const { evaluateFeatures, namedRows } = await import("../training/evaluation/measureFeatures.js");
  const { features, labels, weights, bias, logits, outOfDistribution: other } = options;
  const keys = { features, labels, weights, bias, logits };
  const hasLayers = options.layers !== undefined;
  const onlyLayers = hasLayers && features === undefined && !(await namesFeatures(file));
  if (onlyLayers && (options.report ?? other) !== undefined)
    throw new BadArguments(
      `${options.report === undefined ? "--out-of-distribution" : "--report"}: expected an array ` +
        `of features in ${file} next to the layers, got none; name it with --features KEY`,
    );
  const layered = hasLayers ? await measureLayersOf(file, options, keys) : undefined;
  if (layered && onlyLayers) return layered;
  const train = await readFeatures(file, keys);
  const progress = stageProgress();
  const input: MeasuredFeatures = {
    ...train,
    ...choice,
    test:
      options.test === undefined
        ? undefined
        : await readFeatures(options.test, await testKeys(keys, options)),
    outOfDistribution: other === undefined ? undefined : await readUnlabeledFeatures(other, keys),
    onProgress: progress.show,
  };
  try {
    const evaluated = evaluateFeatures(input);
    const rows = [...namedRows(evaluated, input), ...(layered?.rows ?? [])];
    const { count: examples, size: dimensions } = train.features;
    const { classCount: classes } = evaluated;
    const one = { folder: file, examples, dimensions, layers: layered?.layers, classes, rows };
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

/** Measures the layers of a file one by one, so that one is in memory at a time. */
async function measureLayersOf(
  file: string,
  options: FileOptions,
  keys: ArrayKeys,
): Promise<MeasuredFile & { readonly layers: number }> {
  const { readLayers } = await import("../data/featureFile.js");
  const { measureLayers } = await import("../metrics/collapse/layers.js");
  const { layerRows } = await import("../training/evaluation/layerRows.js");
  const asked = options.layers === true ? undefined : options.layers?.split(",");
  const train = await readLayers(file, { ...keys, layers: asked });
  const names = train.layers.map(({ name }) => name);
  const test =
    options.test === undefined
      ? undefined
      : await readLayers(options.test, { ...(await testKeys(keys, options)), layers: names });
  const progress = stageProgress();
  try {
    const measured = train.layers.flatMap(({ name, features }, i) => {
      progress.show("layers", i, names.length);
      return measureLayers({
        ...oneLayer(name, features, train.labels),
        test: test && oneLayer(name, test.layers[i].features, test.labels),
      });
    });
    progress.show("layers", names.length, names.length);
    const { labels } = train;
    const classes = 1 + [...labels].reduce((most, label) => Math.max(most, label));
    const rows = layerRows(measured);
    return { folder: file, examples: labels.length, layers: names.length, classes, rows };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`${file}: ${error.message}`, { cause: error });
  } finally {
    progress.end();
  }
}

const oneLayer = (name: string, features: RowArray, labels: Numbers) => ({
  layers: [{ name, features: features.rows(0, features.count) }],
  labels,
});

/** The test set has its own labels and logits; those in other files belong to the training set. */
async function testKeys(
  { features, labels, logits }: ArrayKeys,
  { test, testLabels }: FileOptions,
): Promise<ArrayKeys> {
  const { isOtherFile } = await import("../data/featureFile.js");
  if (testLabels === undefined && labels !== undefined && isOtherFile(labels))
    throw new BadArguments(
      `--test-labels: expected the labels of ${test}, since --labels names a file, got none`,
    );
  const own = logits !== undefined && isOtherFile(logits) ? undefined : logits;
  return { features, labels: testLabels ?? labels, logits: own };
}
