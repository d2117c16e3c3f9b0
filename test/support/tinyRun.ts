import { selectBackend } from "../../src/backend/selectBackend";
import type { ImageSet } from "../../src/data/imageSet";
import { Random } from "../../src/numerics/random";
import { rowsHash } from "../../src/data/splits";
import type { ExperimentConfig } from "../../src/training/settings/config";
import { mnist250, REGULARIZERS } from "../../src/training/settings/presets";
import type { RunData } from "../../src/runs/runData";
import { runExperiment, type RunOptions } from "../../src/runs/runExperiment";
import { TEST_BACKEND } from "./backend";

/** Four epochs of three steps of 10 x 3 images, the sliding regularizer on: a second. */
export const tinyConfig: ExperimentConfig = {
  ...mnist250,
  ...REGULARIZERS.sliding.difference,
  labelCount: 30,
  subBatchCount: 10,
  subBatchSize: 3,
  epochs: 4,
  testEvery: 2,
  reportCount: 0,
  checkpointEvery: 2,
};

/** Images of the size of MNIST's, of ten classes that differ in the row that is bright. */
export function tinyData(): RunData {
  return { train: tinyImages(30, 1), test: tinyImages(40, 2), split: tinySplit };
}

const tinySplit = {
  source: "made up",
  rowsHash: rowsHash([0, 1, 2]),
  imagesHash: "1".repeat(64),
};

function tinyImages(count: number, seed: number): ImageSet {
  const random = new Random(seed, "tiny images");
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  const pixel = (i: number) => {
    const row = Math.floor((i % 784) / 28);
    const isBright = Math.floor(row / 2.8) === labels[Math.floor(i / 784)];
    return random.integer(60) + (isBright ? 150 : 0);
  };
  return {
    pixels: Uint8Array.from({ length: count * 784 }, (_, i) => pixel(i)),
    labels,
    imageShape: [28, 28, 1],
    classCount: 10,
  };
}

/** Runs the tiny config on the backend of the tests. */
export async function tinyRun(
  folder: string,
  config: Partial<ExperimentConfig> = {},
  options: Partial<RunOptions> & { data?: RunData } = {},
) {
  const backend = await selectBackend(TEST_BACKEND);
  const data = options.data ?? tinyData();
  return runExperiment({ ...tinyConfig, ...config }, data, folder, { backend, ...options });
}
