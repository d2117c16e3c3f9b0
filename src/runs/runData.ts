import { createHash } from "node:crypto";
import path from "node:path";
import { pixelStatistics } from "../data/batch";
import { allRows, selectExamples, type ImageSet, type TrainingData } from "../data/imageSet";
import { imageSetHash } from "../data/imageSetHash";
import { rowsByClass } from "../numerics/classes";
import { loadCifar10 } from "../data/cifar10";
import { loadMnist } from "../data/mnist";
import { rowsHash, stratifiedSplits } from "../data/splits";
import { readSplits } from "../data/splitsFile";
import { loadSvhn } from "../data/svhn";
import type { ExperimentConfig } from "../training/settings/config";
import { sameImages, type SplitOrigin } from "./record";

/** Number of the project's own splits of a data set, the same as the original published. */
export const SPLIT_COUNT = 10;

/** Data of one run. */
export interface RunData extends TrainingData {
  readonly split: SplitOrigin;
}

/** Source of the data. */
export interface DataSource {
  /**
   * Folder of the data set's files: MNIST's installed package, data/svhn or data/cifar10 by
   * default; other data sets have no default folder.
   */
  readonly dataFolder?: string;
  /** JSON file of rows: `{ dataset, labeled, splits }`. */
  readonly splitsFile?: string;
  /** Rows of the config's split and their source, if known; then no splits are read. */
  readonly rows?: { readonly source: string; readonly rows: readonly number[] };
}

/** Data set with all of its splits, read once for runs that differ in the split. */
export interface LoadedSplits {
  readonly train: ImageSet;
  readonly test: ImageSet;
  /** Rows of `train`, one list per split. */
  readonly splits: readonly Uint32Array[];
  readonly source: string;
}

/** Reads data sets and splits; a reader reads the data of all its configs once. */
export type SplitsReader = (config: ExperimentConfig) => Promise<LoadedSplits>;

const LOADERS = {
  mnist: (folder?: string) => loadMnist(folder),
  svhn: loadSvhn,
  cifar10: loadCifar10,
};

/** Reads other data in MNIST's format. */
function loadNamed(name: string, folder?: string): Promise<ImageSets> {
  if (folder === undefined)
    throw new RangeError(`data set ${name}: expected its folder, named with --data`);
  return loadMnist(folder, { requireOfficial: false, prefix: name });
}

/**
 * Creates a reader that reads each data set and each splits file once.
 *
 * @param loaders Readers of data sets from a folder; tests pass their own to count the reads.
 */
export function splitsReader(
  { dataFolder, splitsFile, rows }: DataSource = {},
  loaders: Readonly<Record<string, (folder?: string) => Promise<ImageSets>>> = LOADERS,
): SplitsReader {
  const sets = new Map<string, Promise<ImageSets>>();
  const all = new Map<string, Promise<LoadedSplits>>();
  const load = async ({ dataset, labelCount, splitSeed: seed }: ExperimentConfig) => {
    const { train, test } = await once(sets, dataset, () =>
      Object.hasOwn(loaders, dataset)
        ? loaders[dataset](dataFolder)
        : loadNamed(dataset, dataFolder),
    );
    const { labels } = train;
    if (rows !== undefined)
      return { train, test, splits: [Uint32Array.from(rows.rows)], source: rows.source };
    if (splitsFile === undefined) {
      const splits = stratifiedSplits(labels, { labelCount, splitCount: SPLIT_COUNT, seed });
      return { train, test, splits, source: "seeded" };
    }
    const splits = await readSplits(splitsFile, { rowCount: labels.length, labels, dataset });
    return { train, test, splits, source: path.basename(splitsFile) };
  };
  return (config) => {
    const { dataset, labelCount, splitSeed } = config;
    const own = splitsFile === undefined && rows === undefined ? [labelCount, splitSeed] : [];
    return once(all, [dataset, ...own].join(" "), () => load(config));
  };
}

type ImageSets = Pick<LoadedSplits, "train" | "test">;

/** The value of a key, made on first use. */
function once<T>(values: Map<string, T>, key: string, make: () => T): T {
  const value = values.get(key) ?? make();
  values.set(key, value);
  return value;
}

/**
 * Labeled images of a config's split without the held-out ones, and the whole test set.
 *
 * @param hash Hashes a set; tests pass their own to count the calls.
 * @throws {RangeError} If the split does not exist, the splits have another size, or a count
 *   exceeds the number of test images.
 */
export function splitData(
  { train, test, splits, source }: LoadedSplits,
  config: ExperimentConfig,
  hash = imageSetHash,
): RunData & { readonly split: Required<SplitOrigin> } {
  const { split, labelCount } = config;
  if (split >= splits.length)
    throw new RangeError(
      `split ${split}: expected 0 to ${splits.length - 1}, the splits of "${source}"`,
    );
  for (const name of ["robustnessCount", "layerTestCount"] as const)
    if ((config[name] ?? 0) > test.labels.length)
      throw new RangeError(
        `${name}: expected 0 to ${test.labels.length}, the number of test images, got ${config[name]}`,
      );
  const rows = splits[split];
  if (rows.length !== labelCount)
    throw new RangeError(`${source}: expected splits of ${labelCount} rows, got ${rows.length}`);
  const labeled = selectExamples(train, rows);
  const imagesHash = createHash("sha256")
    .update(hashOnce(train, rows, () => hash(labeled)))
    .update(hashOnce(test, test, () => hash(test)))
    .digest("hex");
  const origin = { source, rowsHash: rowsHash(rows), imagesHash };
  const sets = { ...keepValidation(labeled, config), test };
  return { ...normalized(sets, config), split: origin };
}

/** Cached hashes of sets and of their rows, which runs share. */
const hashes = new WeakMap<ImageSet, WeakMap<object, string>>();

function hashOnce(set: ImageSet, rows: object, compute: () => string): string {
  const ofSet = hashes.get(set) ?? new WeakMap<object, string>();
  hashes.set(set, ofSet);
  const hash = ofSet.get(rows) ?? compute();
  ofSet.set(rows, hash);
  return hash;
}

/** Holds out some of the labeled images, in proportion to their classes, from training. */
function keepValidation(
  labeled: ImageSet,
  { validationCount, splitSeed: seed }: ExperimentConfig,
): Pick<TrainingData, "train" | "validation"> {
  if (validationCount === 0) return { train: labeled };
  const labelCount = labeled.labels.length - validationCount;
  const { size } = rowsByClass(labeled.labels);
  if (validationCount < size || labelCount < size)
    throw new RangeError(
      `validationCount: expected ${size} to ${labeled.labels.length - size} of the ` +
        `${labeled.labels.length} labeled images (at least one per class to hold out and one to train on), ` +
        `got ${validationCount}`,
    );
  const [trained] = stratifiedSplits(labeled.labels, { labelCount, splitCount: 1, seed });
  const isTrained = new Set(trained);
  const kept = allRows(labeled).filter((row) => !isTrained.has(row));
  return {
    train: selectExamples(labeled, trained.slice().sort()),
    validation: selectExamples(labeled, kept),
  };
}

function normalized(sets: TrainingData, { normalization }: ExperimentConfig): TrainingData {
  if (normalization === "none") return sets;
  const statistics = pixelStatistics(sets.train);
  const apply = (set: ImageSet) => ({ ...set, normalization: statistics });
  const { train, test, validation } = sets;
  return {
    train: apply(train),
    test: apply(test),
    ...(validation && { validation: apply(validation) }),
  };
}

/**
 * Labeled images of a config's split, and the whole test set, from their files.
 *
 * @param read Reader that caches shared data.
 * @throws {RangeError} If the split does not exist, or the file's splits have another size.
 */
export async function loadRunData(
  config: ExperimentConfig,
  source: DataSource = {},
  read = splitsReader(source),
): Promise<RunData> {
  const loaded = await read(config);
  return splitData(loaded, source.rows === undefined ? config : { ...config, split: 0 });
}

/**
 * Difference between a split and the expected one, if any; images are compared if both are known.
 */
export function splitMismatch(split: SplitOrigin, expected: SplitOrigin) {
  const mismatch = (part: "rows" | "images", own: string, theirs: string) => ({
    part,
    message:
      `expected the ${part} of ${splitsName(expected)} (SHA-256 ${theirs.slice(0, 12)}...), ` +
      `got different ones (${own.slice(0, 12)}..., of ${splitsName(split)})`,
  });
  if (split.rowsHash !== expected.rowsHash)
    return mismatch("rows", split.rowsHash, expected.rowsHash);
  if (!sameImages(split, expected))
    return mismatch("images", split.imagesHash!, expected.imagesHash!);
  return undefined;
}

/** Source of a split's rows: "the splits file ..." or the project's own. */
export const splitsName = ({ source }: SplitOrigin) =>
  source === "seeded" ? "the project's own splits" : `the splits file "${source}"`;
