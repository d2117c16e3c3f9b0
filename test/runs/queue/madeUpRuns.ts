import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { settingsJson, type ExperimentConfig } from "../../../src/training/settings/config";
import { mnist250, REGULARIZERS } from "../../../src/training/settings/presets";
import type { RunRecord } from "../../../src/runs/record";
import type { RunJob, RunMessage, RunOutcome } from "../../../src/runs/runner";
import { parseConfig } from "../../../src/training/settings/parseConfig";
import type { QueueJob } from "../../../src/runs/queue/queueJob";
import { madeUpRun, PLAIN_EPOCH } from "../../support/records";

export const BUILD = "0.0.0-test";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A config of two epochs, distinguished by `seed`. */
export const configOf = (seed: number, rest: Partial<ExperimentConfig> = {}): ExperimentConfig => ({
  ...mnist250,
  ...REGULARIZERS.sliding.difference,
  epochs: 2,
  reportCount: 0,
  seed,
  ...rest,
});

/** The queue's job of a config, of rows and images that are made up. */
export const queued = (config: ExperimentConfig, build = BUILD): QueueJob => ({
  build,
  config,
  backend: "wasm",
  split: {
    source: "seeded",
    rowsHash: sha256(`rows of ${config.split}`),
    imagesHash: sha256("images"),
  },
});

/** A run of a config into a folder. */
export const runOf = (config: ExperimentConfig, out: string): RunJob => ({
  config: settingsJson(config),
  folder: path.join(out, String(config.seed)),
  backend: "wasm",
  source: {},
  split: queued(config).split,
});

/** The record of a run that nobody computed; its loss is that of its seed. */
export function recordOf({ config, split }: QueueJob): RunRecord {
  const epochs = Array.from({ length: config.epochs }, (_, i) => ({
    ...PLAIN_EPOCH,
    epoch: i + 1,
    loss: config.seed,
    train: { accuracy: 1 },
    test: { accuracy: 0.5 },
    seconds: { training: 1, measuring: 0.5 },
  }));
  return madeUpRun({ config, split, epochs, seconds: 1.5 * config.epochs });
}

/** A model of one weight. */
export const MODEL = {
  format: "layers-model",
  weightsManifest: [
    { paths: ["weights.bin"], weights: [{ name: "a", shape: [1], dtype: "float32" }] },
  ],
};

/** Writes a run's folder as training leaves it. */
export function writeRun(folder: string, record: RunRecord): void {
  mkdirSync(path.join(folder, "model"), { recursive: true });
  writeFileSync(path.join(folder, "model", "model.json"), JSON.stringify(MODEL));
  writeFileSync(path.join(folder, "model", "weights.bin"), Buffer.alloc(4, 7));
  writeFileSync(path.join(folder, "record.json"), JSON.stringify(record));
}

/** Completes a run immediately, without training. */
export function doNothing(
  job: RunJob,
  onMessage: (message: RunMessage) => void,
): Promise<RunOutcome> {
  const record = recordOf({ ...queued(parseConfig(job.config)), split: job.split as never });
  onMessage({ kind: "started", epoch: 0 });
  for (const epoch of record.epochs) onMessage({ kind: "epoch", epoch });
  writeRun(job.folder, record);
  return Promise.resolve({ job, status: "complete" });
}
