import path from "node:path";
import { selectExamples } from "../data/imageSet";
import { loadMnist } from "../data/mnist";
import { readSplits, rowsHash, stratifiedSplits } from "../data/splits";
import type { ExperimentConfig } from "./config";
import type { SplitOrigin } from "./record";
import type { TrainingData } from "./train";

/** The project's own splits of a data set: as many as the original published. */
export const SPLIT_COUNT = 10;

/** The data of one run. */
export interface RunData extends TrainingData {
  readonly split: SplitOrigin;
}

/** Where data comes from; without a folder from the installed package. */
export interface DataSource {
  /** Folder of the data set's files. */
  readonly dataFolder?: string;
  /** JSON file of rows: `{ dataset, labelled, splits }`. */
  readonly splitsFile?: string;
}

/**
 * The labelled images of a config's split, and the whole test set.
 *
 * @throws {RangeError} If the split does not exist, or the file's splits are of another size.
 */
export async function loadRunData(
  config: ExperimentConfig,
  { dataFolder, splitsFile }: DataSource = {},
): Promise<RunData> {
  const { train, test } = await loadMnist(dataFolder);
  const { labelCount, splitSeed: seed } = config;
  const { labels } = train;
  const splits =
    splitsFile === undefined
      ? stratifiedSplits(labels, { labelCount, splitCount: SPLIT_COUNT, seed })
      : await readSplits(splitsFile, { rowCount: labels.length, labels });
  const source = splitsFile === undefined ? "seeded" : path.basename(splitsFile);
  if (config.split >= splits.length)
    throw new RangeError(
      `split ${config.split}: expected 0 to ${splits.length - 1}, the splits of "${source}"`,
    );
  const rows = splits[config.split];
  if (rows.length !== labelCount)
    throw new RangeError(`${source}: expected splits of ${labelCount} rows, got ${rows.length}`);
  return {
    train: selectExamples(train, rows),
    test,
    split: { source, rowsHash: rowsHash(rows) },
  };
}
