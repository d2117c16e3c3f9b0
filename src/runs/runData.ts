import { createHash } from "node:crypto";
import path from "node:path";
import { pixelStatistics } from "../data/batch";
import {
  allRows,
  imageSetHash,
  selectExamples,
  type ImageSet,
  type TrainingData,
} from "../data/imageSet";
import { rowsByClass } from "../numerics/classes";
import { loadCifar10 } from "../data/cifar10";
import { loadMnist } from "../data/mnist";
import { readSplits, rowsHash, stratifiedSplits } from "../data/splits";
import { loadSvhn } from "../data/svhn";
import type { ExperimentConfig } from "../training/settings/config";
import { sameImages, type SplitOrigin } from "./record";

/** The project's own splits of a data set: as many as the original published. */
export const SPLIT_COUNT = 10;

/** The data of one run. */
export interface RunData extends TrainingData {
  readonly split: SplitOrigin;
}

/** Where data comes from. */
export interface DataSource {
  /** Of the data set's files; without it MNIST's installed package, or data/svhn, data/cifar10. */
  readonly dataFolder?: string;
  /** JSON file of rows: `{ dataset, labelled, splits }`. */
  readonly splitsFile?: string;
  /** The rows of the config's split themselves, with the name of the file that they are of. */
  readonly rows?: { readonly source: string; readonly rows: readonly number[] };
}

/** A data set with all of its splits, read once for runs that differ in the split. */
export interface LoadedSplits {
  readonly train: ImageSet;
  readonly test: ImageSet;
  /** Rows of `train`, a split each. */
  readonly splits: readonly Uint32Array[];
  readonly source: string;
}

const LOADERS = { mnist: loadMnist, svhn: loadSvhn, cifar10: loadCifar10 };

/**
 * The data set of a config, and the splits that its `split` counts.
 *
 * @throws {Error} If the files are not as they should be.
 */
export async function loadSplits(
  { dataset, labelCount, splitSeed: seed }: ExperimentConfig,
  { dataFolder, splitsFile }: DataSource = {},
): Promise<LoadedSplits> {
  const { train, test } = await LOADERS[dataset](dataFolder);
  const { labels } = train;
  const splits =
    splitsFile === undefined
      ? stratifiedSplits(labels, { labelCount, splitCount: SPLIT_COUNT, seed })
      : await readSplits(splitsFile, { rowCount: labels.length, labels, dataset });
  const source = splitsFile === undefined ? "seeded" : path.basename(splitsFile);
  return { train, test, splits, source };
}

/**
 * The labelled images of a config's split, less those kept for validation, and the whole test set.
 *
 * @throws {RangeError} If the split does not exist, the splits are of another size, or more images
 *   are to have margins than there are.
 */
export function splitData(
  { train, test, splits, source }: LoadedSplits,
  config: ExperimentConfig,
): RunData {
  const { split, labelCount } = config;
  if (split >= splits.length)
    throw new RangeError(
      `split ${split}: expected 0 to ${splits.length - 1}, the splits of "${source}"`,
    );
  if (config.robustnessCount > test.labels.length)
    throw new RangeError(
      `robustnessCount: expected 0 to ${test.labels.length}, the test images, ` +
        `got ${config.robustnessCount}`,
    );
  const rows = splits[split];
  if (rows.length !== labelCount)
    throw new RangeError(`${source}: expected splits of ${labelCount} rows, got ${rows.length}`);
  const labelled = selectExamples(train, rows);
  const origin = { source, rowsHash: rowsHash(rows), imagesHash: imagesHash(labelled, test) };
  const sets = { ...keepValidation(labelled, config), test };
  return { ...normalized(sets, config), split: origin };
}

const hashes = new WeakMap<ImageSet, string>();

/** Of both sets; a test set, which many runs share, is read through once. */
function imagesHash(labelled: ImageSet, test: ImageSet): string {
  const ofTest = hashes.get(test) ?? imageSetHash(test);
  hashes.set(test, ofTest);
  return createHash("sha256").update(imageSetHash(labelled)).update(ofTest).digest("hex");
}

/** Keeps some of the labelled images, in proportion to their classes, from training. */
function keepValidation(
  labelled: ImageSet,
  { validationCount, splitSeed: seed }: ExperimentConfig,
): Pick<TrainingData, "train" | "validation"> {
  if (validationCount === 0) return { train: labelled };
  const labelCount = labelled.labels.length - validationCount;
  const { size } = rowsByClass(labelled.labels);
  if (validationCount < size || labelCount < size)
    throw new RangeError(
      `validationCount: expected ${size} to ${labelled.labels.length - size} of the ` +
        `${labelled.labels.length} labelled images, one a class to keep and to train on, ` +
        `got ${validationCount}`,
    );
  const [trained] = stratifiedSplits(labelled.labels, { labelCount, splitCount: 1, seed });
  const isTrained = new Set(trained);
  const kept = allRows(labelled).filter((row) => !isTrained.has(row));
  return {
    train: selectExamples(labelled, trained.slice().sort()),
    validation: selectExamples(labelled, kept),
  };
}

function normalized(sets: TrainingData, { normalization }: ExperimentConfig): TrainingData {
  if (normalization === "none") return sets;
  const statistics = pixelStatistics(sets.train);
  const apply = (set: ImageSet) => ({ ...set, normalization: statistics });
  const { train, test, validation } = sets;
  return {
    ...{ train: apply(train), test: apply(test) },
    ...(validation && { validation: apply(validation) }),
  };
}

/**
 * The labelled images of a config's split, and the whole test set, from their files.
 *
 * @throws {RangeError} If the split does not exist, or the file's splits are of another size.
 */
export async function loadRunData(
  config: ExperimentConfig,
  source: DataSource = {},
): Promise<RunData> {
  const { rows, dataFolder } = source;
  if (rows === undefined) return splitData(await loadSplits(config, source), config);
  const sets = await LOADERS[config.dataset](dataFolder);
  const splits = [Uint32Array.from(rows.rows)];
  return splitData({ ...sets, splits, source: rows.source }, { ...config, split: 0 });
}

/**
 * Checks that data is of a split that was asked for: its rows, and its images where both are known.
 *
 * @param remedies What the error tells to do about other rows, or other images.
 * @throws {Error} If its rows or its images are others.
 */
export function checkSplit(
  split: SplitOrigin,
  expected: SplitOrigin,
  remedies?: Readonly<Record<"rows" | "images", string>>,
): void {
  const refuse = (what: "rows" | "images", own: string, theirs: string) => {
    throw new Error(
      `expected the ${what} of ${splitsName(expected)} (SHA-256 ${theirs.slice(0, 12)}...), ` +
        `got others (${own.slice(0, 12)}..., of ${splitsName(split)})` +
        (remedies === undefined ? "" : `; ${remedies[what]}`),
    );
  };
  if (split.rowsHash !== expected.rowsHash) refuse("rows", split.rowsHash, expected.rowsHash);
  if (!sameImages(split, expected)) refuse("images", split.imagesHash!, expected.imagesHash!);
}

/** "the splits file ..." or the project's own: where a split's rows are from. */
export const splitsName = ({ source }: SplitOrigin) =>
  source === "seeded" ? "the project's own splits" : `the splits file "${source}"`;
