import { parseMetric } from "../../metrics/topology/metric";
import { simpleCnn13 } from "../../model/architecture";
import type { ExperimentConfig } from "./config";
import { parseSchedule } from "./schedules";

/** How one setting is read from text or JSON, and what it is. */
export interface Setting<T> {
  readonly description: string;
  /** What is accepted, in words. */
  readonly expected: string;
  /** @throws {RangeError} If the value is not accepted. */
  readonly parse: (value: unknown) => T;
}

type Settings = { readonly [Name in keyof ExperimentConfig]: Setting<ExperimentConfig[Name]> };

function wholeNumber(least: number, description: string): Setting<number> {
  return number(description, `a whole number from ${least}`, (value) => {
    return Number.isSafeInteger(value) && value >= least;
  });
}

function number(
  description: string,
  expected: string,
  accepts: (value: number) => boolean,
): Setting<number> {
  return setting(description, expected, (value) => {
    const text = typeof value === "string" ? value.trim() : value;
    const parsed = text === "" || typeof text === "boolean" ? NaN : Number(text);
    if (!Number.isFinite(parsed) || !accepts(parsed)) throw new RangeError();
    return parsed;
  });
}

function choice<T extends string>(description: string, choices: readonly T[]): Setting<T> {
  return setting(description, choices.join(" or "), (value) => {
    if (!choices.includes(value as T)) throw new RangeError();
    return value as T;
  });
}

function flag(description: string): Setting<boolean> {
  return setting(description, "true or false", (value) => {
    if (!["true", "false"].includes(String(value))) throw new RangeError();
    return String(value) === "true";
  });
}

function text(description: string): Setting<string> {
  return setting(description, "a name of letters, digits, . _ and -", (value) => {
    if (typeof value !== "string" || !/^\w[\w.-]{0,79}$/.test(value)) throw new RangeError();
    return value;
  });
}

function setting<T>(
  description: string,
  expected: string,
  parse: (value: unknown) => T,
): Setting<T> {
  return { description, expected, parse };
}

const schedule = (description: string) =>
  setting(description, "a number or a schedule such as linear(0, 0.1)", (value) =>
    parseSchedule(value as string | number),
  );

const share = (value: number) => value >= 0 && value < 1;

/** Every setting of a config: what it means and what it accepts. */
export const SETTINGS: Settings = {
  preset: text("the preset that the run started from"),
  regularizer: text("the regulariser's name in tables"),
  dataset: choice("the data set", ["mnist", "svhn", "cifar10"]),
  network: choice("the network", ["SimpleCNN_MNIST", "SimpleCNN13"]),
  width: number(
    "factor on SimpleCNN13's channels",
    "a number above 0, at most 8",
    (value) => value > 0 && value <= 8,
  ),
  labelCount: wholeNumber(2, "labelled training images"),
  split: wholeNumber(0, "which split"),
  splitSeed: wholeNumber(0, "seed of the project's own splits"),
  seed: wholeNumber(0, "seed of weights, sampler, dropout and augmentation"),
  epochs: wholeNumber(1, "passes over the labelled images"),
  subBatchCount: wholeNumber(1, "sub-batches a step"),
  subBatchSize: wholeNumber(2, "examples of one class in a sub-batch"),
  withReplacement: flag("sub-batches may repeat an example"),
  sampling: choice("what a step draws", ["subBatches", "plain"]),
  validationCount: wholeNumber(0, "labelled images kept from training, to choose settings by"),
  normalization: choice("normalisation of the images", ["none", "subset"]),
  augmentation: choice("what is done to each drawn image", ["none", "crop", "cropFlip"]),
  learningRate: schedule("learning rate over training"),
  momentum: number("momentum of SGD", "a number from 0 to below 1", share),
  nesterov: flag("Nesterov's momentum"),
  weightDecay: number("weight decay", "a number from 0", (value) => value >= 0),
  topologicalWeight: schedule("weight of the connectivity loss over training"),
  beta: schedule("target death time over training"),
  metric: setting("distance between features", "L1, L2, LInfinity or L followed by p >= 1", (v) =>
    parseMetric(String(v)),
  ),
  shape: choice("loss of a death time", ["absolute", "hinge", "squared"]),
  zeroDeathTimes: choice("death times of 0", ["keep", "drop", "epsilon"]),
  penalty: choice("what else is added to the cross entropy", [
    "none",
    "decov",
    "variance",
    "classWiseCovariance",
    "classWiseVariance",
    "jacobian",
    "center",
  ]),
  penaltyWeight: number("weight of the penalty", "a number from 0", (value) => value >= 0),
  labelSmoothing: number("label smoothing", "a number from 0 to below 1", share),
  classifier: choice("the classifier's weights", ["learned", "simplex"]),
  measureEvery: wholeNumber(1, "epochs between measurements of the training set"),
  testEvery: wholeNumber(1, "epochs between tests"),
  reportCount: wholeNumber(0, "epochs, evenly on a log scale, that record every measure"),
  robustnessCount: wholeNumber(0, "first test images whose DeepFool margins these epochs record"),
  checkpointEvery: wholeNumber(1, "epochs between checkpoints"),
};

/** Settings that the first records lack, with what they then were. */
const LATER_SETTINGS: Partial<ExperimentConfig> = {
  reportCount: 0,
  robustnessCount: 0,
  sampling: "subBatches",
  validationCount: 0,
  normalization: "none",
  penalty: "none",
  penaltyWeight: 0,
  labelSmoothing: 0,
  classifier: "learned",
  width: 1,
  augmentation: "none",
};

/**
 * A setting's value from text or JSON.
 *
 * @throws {RangeError} If there is no such setting, or it does not accept the value: what it expects.
 */
export function parseSetting(name: string, value: unknown): unknown {
  if (!Object.hasOwn(SETTINGS, name))
    throw new RangeError(
      `unknown setting ${name}; the settings are ${Object.keys(SETTINGS).join(", ")}`,
    );
  const { expected, parse } = SETTINGS[name as keyof ExperimentConfig] as Setting<unknown>;
  try {
    return parse(value);
  } catch (error) {
    const reason = (error as Error).message;
    throw new RangeError(
      `${name}: expected ${expected}, got ${JSON.stringify(value)}${reason ? ` (${reason})` : ""}`,
    );
  }
}

/**
 * A config from JSON, such as a record holds. Settings that came later may be missing.
 *
 * @throws {RangeError} If a setting is missing, unknown or not accepted.
 */
export function parseConfig(json: unknown): ExperimentConfig {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new RangeError(`expected a config, an object of settings, got ${JSON.stringify(json)}`);
  const all: Record<string, unknown> = { ...LATER_SETTINGS, ...json };
  const missing = Object.keys(SETTINGS).filter((name) => !Object.hasOwn(all, name));
  if (missing.length > 0) throw new RangeError(`config without ${missing.join(", ")}`);
  const unknown = Object.keys(all).filter((name) => !Object.hasOwn(SETTINGS, name));
  const entries = [...Object.keys(SETTINGS), ...unknown].map(
    (name) => [name, parseSetting(name, all[name])] as const,
  );
  return checkConfig(Object.fromEntries(entries) as unknown as ExperimentConfig);
}

/**
 * Checks what settings ask of each other.
 *
 * @throws {RangeError} If two settings contradict: which, and what is possible.
 */
export function checkConfig(config: ExperimentConfig): ExperimentConfig {
  if (config.zeroDeathTimes === "epsilon" && config.metric !== "L2")
    throw new RangeError(`zeroDeathTimes epsilon goes with metric L2, got ${config.metric}`);
  if (config.nesterov && config.momentum === 0)
    throw new RangeError("nesterov needs a momentum above 0");
  if (config.labelCount < config.subBatchCount)
    throw new RangeError(
      `labelCount ${config.labelCount} is less than one step's subBatchCount ${config.subBatchCount}`,
    );
  if ((config.penalty === "none") !== (config.penaltyWeight === 0))
    throw new RangeError(
      `a penalty goes with a penaltyWeight above 0, got ${config.penalty} with ${config.penaltyWeight}`,
    );
  if (config.robustnessCount > 0 && config.reportCount === 0)
    throw new RangeError(
      `robustnessCount ${config.robustnessCount} goes with a reportCount above 0: ` +
        "the epochs that record every measure",
    );
  checkNetwork(config);
  checkSampling(config);
  checkSchedules(config);
  return config;
}

function checkNetwork({ dataset, network, width }: ExperimentConfig): void {
  const expected = dataset === "mnist" ? "SimpleCNN_MNIST" : "SimpleCNN13";
  if (network !== expected)
    throw new RangeError(`dataset ${dataset} goes with network ${expected}, got ${network}`);
  if (network === "SimpleCNN13") simpleCnn13(width);
  else if (width !== 1)
    throw new RangeError(`width is a setting of SimpleCNN13; ${network} has 1, got ${width}`);
}

function checkSampling(config: ExperimentConfig): void {
  const { labelCount, validationCount, sampling, topologicalWeight } = config;
  if (validationCount >= labelCount)
    throw new RangeError(
      `validationCount: expected fewer than the ${labelCount} labelled images, got ${validationCount}`,
    );
  const isRegularized = Array.from(
    { length: config.epochs },
    (_, i) => (i + 1) / config.epochs,
  ).some((progress) => topologicalWeight(progress) !== 0);
  if (sampling === "plain" && isRegularized)
    throw new RangeError(
      `sampling plain has no sub-batches for a connectivity loss: expected topologicalWeight 0, ` +
        `got ${topologicalWeight.toJSON()}`,
    );
}

/** Every value that the schedules will take is known before the first epoch. */
function checkSchedules({ epochs, learningRate, topologicalWeight, beta }: ExperimentConfig): void {
  for (const [name, schedule, shift] of [
    ["learningRate", learningRate, 1],
    ["topologicalWeight", topologicalWeight, 0],
    ["beta", beta, 0],
  ] as const)
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const value = schedule((epoch - shift) / epochs);
      if (!(value >= 0 && value < Infinity))
        throw new RangeError(
          `${name}: expected values from 0, got ${value} in epoch ${epoch} of ${schedule.toJSON()}`,
        );
    }
}
