/**
 * An epoch of the compiled build, in a process of its own: `tsx countedEpoch.ts <settings as JSON>`
 * trains one epoch and prints, as JSON, each call of the functions that the measures share. The
 * compiled modules call each other through their exports, where a counting function can take the
 * place of the true one.
 */
import path from "node:path";
import type { ImageSet } from "../../../src/data/imageSet";
import type { ClassStatistics } from "../../../src/metrics/collapse/classStatistics";
import type { ExperimentConfig } from "../../../src/training/settings/config";

const built = <Module>(name: string) => require(path.resolve("dist", `${name}.js`)) as Module;
const backend = built<typeof import("../../../src/backend/selectBackend")>("backend/selectBackend");
const presets = built<typeof import("../../../src/training/settings/presets")>(
  "training/settings/presets",
);
const states =
  built<typeof import("../../../src/training/trainingState")>("training/trainingState");
const training = built<typeof import("../../../src/training/train")>("training/train");

/** The number of examples names the set. */
const size = (labels: ArrayLike<number>) => `of ${labels.length}`;
const sizeOf = ({ counts }: ClassStatistics) => `of ${counts.reduce((sum, n) => sum + n)}`;
const FEATURES = 128;
const CLASSES = 10;

const calls: string[] = [];

/** Calls are noted with the function's name and what `told` makes of the arguments. */
function count<Name extends string, Arguments extends unknown[]>(
  module: string,
  name: Name,
  told: (...args: Arguments) => string,
): void {
  const exported = built<Record<Name, (...args: Arguments) => unknown>>(module);
  const original = exported[name];
  exported[name] = (...args) => {
    calls.push(`${name} ${told(...args)}`);
    return original(...args);
  };
}

count(
  "metrics/collapse/classStatistics",
  "classStatisticsOfBatches",
  (batches: Iterable<{ labels: ArrayLike<number> }>) =>
    [...batches].map((b) => size(b.labels)).join(),
);
count(
  "metrics/collapse/classStatistics",
  "centeredClassMeans",
  (statistics: ClassStatistics, center = "meanOfClassMeans") => `${sizeOf(statistics)}, ${center}`,
);
count(
  "metrics/collapse/classStatistics",
  "centeredFeatures",
  (features: ArrayLike<number>) => `of ${features.length / FEATURES}`,
);
count(
  "metrics/collapse/nearestClassCenter",
  "nearestClassCenters",
  (features: ArrayLike<number>) => `of ${features.length / FEATURES}`,
);
count(
  "metrics/collapse/nearestClassCenter",
  "predictedClasses",
  (logits: ArrayLike<number>) => `of ${logits.length / CLASSES}`,
);
count(
  "metrics/collapse/classifier",
  "withBias",
  (products: ArrayLike<number>) => `of ${products.length / CLASSES}`,
);
count("metrics/collapse/spectra", "withinClassEigenvalues", sizeOf);
count("metrics/collapse/spectra", "betweenClassEigenvalues", sizeOf);

/** Images of ten classes, any numbers. */
function images(perClass: number): ImageSet {
  const labels = Uint8Array.from({ length: perClass * CLASSES }, (_, n) => n % CLASSES);
  const pixels = Uint8Array.from({ length: labels.length * 784 }, (_, i) => (i * i * 31) % 251);
  return { pixels, labels, imageShape: [28, 28, 1], classCount: CLASSES };
}

async function main(): Promise<void> {
  const settings = JSON.parse(process.argv[2]) as Partial<ExperimentConfig>;
  await backend.selectBackend("wasm");
  const config = {
    ...presets.mnist250,
    subBatchCount: 10,
    subBatchSize: 3,
    epochs: 1,
    ...settings,
  };
  const data = { train: images(3), test: images(4), validation: images(2) };
  const state = states.initialState(config, data.train.labels);
  for await (const { report, test, validation } of training.train(state, data, config)) {
    const has = {
      report: report !== undefined,
      test: test !== undefined,
      validation: validation !== undefined,
    };
    process.stdout.write(JSON.stringify({ ...has, calls }));
  }
  states.disposeState(state);
}

void main();
