/**
 * Steps and a run on webgpu and on wasm: the program of webgpu.test.ts, whose last line is JSON.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../src/backend/selectBackend";
import type { ImageSet } from "../../src/data/imageSet";
import { Random } from "../../src/numerics/random";
import { SubBatchSampler } from "../../src/data/sampler";
import { networkOutputs } from "../../src/training/evaluation/outputs";
import { penaltyOf } from "../../src/regularizer/penalty";
import { REGULARIZERS, type RegularizerName } from "../../src/training/settings/presets";
import { runExperiment } from "../../src/runs/runExperiment";
import { Sgd } from "../../src/training/sgd";
import { checkConfig } from "../../src/training/settings/parseConfig";
import { disposeState, stateVariables, type TrainingState } from "../../src/training/trainingState";
import { trainStep, trainStepAsync, type Step } from "../../src/training/trainStep";
import { simpleCnn13, type Architecture } from "../../src/model/architecture";
import { Network } from "../../src/model/network";
import { tinyConfig, tinyData } from "../support/tinyRun";

/** The result of training. */
export interface Trained {
  readonly steps: readonly Step[];
  readonly variables: Readonly<Record<string, number[]>>;
  /** In evaluation mode, after the steps. */
  readonly features: number[];
  readonly logits: number[];
  /** Per step on webgpu: values waited for, values read synchronously, tensors leaked. */
  readonly reads: number[];
  readonly syncReads: number[];
  readonly left: number[];
}

/** A convolution of each kind, both kinds of pooling, and dropout, on 8 x 8 x 2 images. */
const ARCHITECTURE: Architecture = {
  name: "small",
  imageShape: [8, 8, 2],
  layers: [
    { kind: "convolution", filterSize: 3, channels: 4, padding: "same" },
    { kind: "maxPool", size: 2 },
    { kind: "dropout", rate: 0.5 },
    { kind: "convolution", filterSize: 3, channels: 8, padding: "valid" },
    { kind: "averagePool", size: 2 },
  ],
  classCount: 3,
};
const STEPS: Readonly<Record<string, number>> = { sliding: 5 };
const SIZES = { subBatchCount: 4, subBatchSize: 4 };

function noise(count: number, { imageShape, classCount } = ARCHITECTURE, seed = 3): ImageSet {
  const random = new Random(seed, "images");
  const length = imageShape.reduce((product, side) => product * side, count);
  return {
    pixels: Uint8Array.from({ length }, () => random.integer(256)),
    labels: Uint8Array.from({ length: count }, (_, i) => i % classCount),
    imageShape,
    classCount,
  };
}

/** Reads of the backend since the last call: those that wait, and those that cannot. */
function countReads(): () => [number, number] {
  const backend = tf.backend();
  const counts: [number, number] = [0, 0];
  const [read, readSync] = [backend.read.bind(backend), backend.readSync.bind(backend)];
  backend.read = (id) => (counts[0]++, read(id));
  backend.readSync = (id) => (counts[1]++, readSync(id));
  return () => counts.splice(0, 2, 0, 0) as [number, number];
}

/** Some steps with a regularizer on the backend in use. */
async function trained(
  regularizer: RegularizerName,
  isGpu: boolean,
  reads?: () => [number, number],
) {
  const config = checkConfig({
    ...tinyConfig,
    ...REGULARIZERS[regularizer].difference,
    ...SIZES,
    ...(regularizer === "decov" && { augmentation: "cropFlip" as const }),
  });
  const images = noise(12);
  const network = new Network(ARCHITECTURE, new Random(1, "weights"));
  const dropoutRandom = new Random(1, "dropout");
  const penalty = penaltyOf(config.penalty, network, dropoutRandom);
  const sampler = new SubBatchSampler(images.labels, config);
  const state: TrainingState = {
    network,
    sampler,
    dropoutRandom,
    epoch: 0,
    terminalPhaseEpoch: null,
    ...(penalty && { penalty }),
    optimizer: new Sgd(network.parameters, config),
  };
  const steps: Step[] = [];
  const counts: number[][] = [];
  const batches = Array.from({ length: 2 }, () => [...sampler.epoch()]).flat();
  for (const [i, rows] of batches.slice(0, STEPS[regularizer] ?? 2).entries()) {
    const settings = {
      learningRate: 0.05,
      beta: config.beta(0.2),
      where: `step ${i + 1}`,
      topologicalWeight: config.topologicalWeight(1),
    };
    const before = tf.memory().numTensors;
    reads?.();
    const args = [state, images, rows, settings, config] as const;
    steps.push(isGpu ? await trainStepAsync(...args) : trainStep(...args));
    counts.push([...(reads?.() ?? []), tf.memory().numTensors - before]);
  }
  const variables: Record<string, number[]> = {};
  for (const [name, variable] of stateVariables(state))
    variables[name] = Array.from(await variable.data());
  const outputs = await networkOutputs(network, images);
  disposeState(state);
  const [features, logits] = [outputs.features, outputs.logits].map((values) => Array.from(values));
  const column = (i: number) => counts.map((row) => row[i]);
  const result = { steps, variables, features, logits };
  return { ...result, reads: column(0), syncReads: column(1), left: column(2) } as Trained;
}

/** Each regularizer that is computed in its own way, on both backends. */
async function compareSteps() {
  const all = Object.keys(REGULARIZERS) as RegularizerName[];
  const names: RegularizerName[] = [
    "sliding",
    "vanilla-plain",
    "label-smoothing",
    "simplex-classifier",
    ...all.filter((name) => REGULARIZERS[name].difference.penalty),
  ];
  const results: Record<string, { wasm: Trained; webgpu?: Trained }> = {};
  await selectBackend("wasm");
  for (const name of names) results[name] = { wasm: await trained(name, false) };
  const backend = await selectBackend("webgpu");
  const reads = countReads();
  for (const name of names) results[name].webgpu = await trained(name, true, reads);
  return { summary: backend.summary, results };
}

/** A run on webgpu, and one that is stopped after its first epoch and then resumed. */
async function runTwice() {
  const backend = await selectBackend("webgpu");
  const [train, test] = [noise(20, simpleCnn13(), 3), noise(10, simpleCnn13(), 4)];
  const data = { ...tinyData(), train, test };
  const config = {
    ...tinyConfig,
    dataset: "svhn" as const,
    network: "SimpleCNN13" as const,
    width: 1 / 64,
    labelCount: 20,
    subBatchCount: 11,
    subBatchSize: 2,
    epochs: 2,
    measureEvery: 2,
    reportCount: 1,
    checkpointEvery: 1,
  };
  const folders = [0, 1].map(() => mkdtempSync(path.join(tmpdir(), "tdnc-webgpu-")));
  try {
    const whole = await runExperiment(config, data, folders[0], { backend });
    const controller = new AbortController();
    const options = { backend, signal: controller.signal, onEpoch: () => controller.abort() };
    const stopped = await runExperiment(config, data, folders[1], options);
    const resumed = await runExperiment(config, data, folders[1], { backend });
    return { whole, stopped, resumed };
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true });
  }
}

/** The error of a read after a computation that the device rejects. */
async function failAndRead() {
  await selectBackend("webgpu");
  const { device } = tf.backend() as unknown as {
    device: { createBuffer(options: object): unknown };
  };
  const before = Array.from(await tf.square(tf.tensor1d([3])).data());
  device.createBuffer({ size: 16, usage: 0 });
  const error = await tf
    .square(tf.tensor1d([4]))
    .data()
    .then(() => "none", String);
  return { before, error };
}

const PARTS: Record<string, () => Promise<object>> = {
  steps: compareSteps,
  run: runTwice,
  fail: failAndRead,
};

async function main(): Promise<object> {
  try {
    await selectBackend("webgpu");
  } catch (error) {
    return { unavailable: (error as Error).message };
  }
  return PARTS[process.argv[2]]();
}

void main().then((result) => console.log(JSON.stringify(result)));
