import { simpleCnn13 } from "../../model/architecture";
import type { ExperimentConfig } from "./config";
import { shown } from "../../numerics/plainText";
import type { Setting } from "./setting";
import { MOST_STEP_IMAGES, parseSetting, settingNames, SETTINGS } from "./settings";

/**
 * Reads a config from JSON, for example from a record. Settings that were added later may be
 * missing.
 *
 * @throws {RangeError} If a setting is missing, unknown or not accepted.
 */
export function parseConfig(json: unknown): ExperimentConfig {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new RangeError(`expected a config, an object of settings, got ${shown(json)}`);
  const all: Record<string, unknown> = { ...earlyValues(), ...json };
  const names = settingNames().filter(
    (name) => all[name] !== undefined || !(SETTINGS[name] as Setting).optional,
  );
  const missing = names.filter((name) => !Object.hasOwn(all, name));
  if (missing.length > 0) throw new RangeError(`config without ${missing.join(", ")}`);
  const unknown = Object.keys(all).filter((name) => !Object.hasOwn(SETTINGS, name));
  const entries = [...names, ...unknown]
    .map((name) => [name, parseSetting(name, all[name])] as const)
    .filter(([, value]) => value !== undefined);
  return checkConfig(Object.fromEntries(entries) as unknown as ExperimentConfig);
}

/**
 * Limit on characters of the schedules times epochs, since each schedule is evaluated in every
 * epoch.
 */
const MOST_SCHEDULE_WORK = 50_000_000;

/** Values of settings that early records lack. */
function earlyValues(): Record<string, unknown> {
  const rows = Object.entries<Setting>(SETTINGS);
  return Object.fromEntries(
    rows.flatMap(([name, { early }]) => (early === undefined ? [] : [[name, early]])),
  );
}

/**
 * Checks that settings do not contradict each other.
 *
 * @throws {RangeError} If two settings contradict: the message names them and the accepted values.
 */
export function checkConfig(config: ExperimentConfig): ExperimentConfig {
  if (config.zeroDeathTimes === "epsilon" && config.metric !== "L2")
    throw new RangeError(`zeroDeathTimes epsilon needs metric L2, got ${config.metric}`);
  if (config.nesterov && config.momentum === 0)
    throw new RangeError("nesterov needs a momentum above 0");
  if (config.labelCount < config.subBatchCount)
    throw new RangeError(
      `labelCount ${config.labelCount} is less than one step's subBatchCount ${config.subBatchCount}`,
    );
  const stepImages = config.subBatchCount * config.subBatchSize;
  if (stepImages > MOST_STEP_IMAGES)
    throw new RangeError(
      `subBatchCount x subBatchSize: expected at most ${MOST_STEP_IMAGES} images per step, ` +
        `got ${stepImages}`,
    );
  if ((config.penalty === "none") !== (config.penaltyWeight === 0))
    throw new RangeError(
      `a penalty needs a penaltyWeight above 0, got ${config.penalty} with ${config.penaltyWeight}`,
    );
  if (config.robustnessCount > 0 && config.reportCount === 0)
    throw new RangeError(
      `robustnessCount ${config.robustnessCount} needs a reportCount above 0: ` +
        "the epochs that record every measure",
    );
  if (config.layerTestCount !== undefined && config.reportCount === 0)
    throw new RangeError(
      `layerTestCount ${config.layerTestCount} needs a reportCount above 0: ` +
        "the epochs that measure every layer",
    );
  checkNetwork(config);
  checkScheduleWork(config);
  checkSampling(config);
  checkSchedules(config);
  return config;
}

function checkNetwork({ dataset, network, width }: ExperimentConfig): void {
  const isColored = dataset === "svhn" || dataset === "cifar10";
  const expected = isColored ? "SimpleCNN13" : "SimpleCNN_MNIST";
  if (network !== expected)
    throw new RangeError(`dataset ${dataset} needs network ${expected}, got ${network}`);
  if (network === "SimpleCNN13") simpleCnn13(width);
  else if (width !== 1)
    throw new RangeError(
      `width is a setting of SimpleCNN13; expected 1 for ${network}, got ${width}`,
    );
}

function checkSampling(config: ExperimentConfig): void {
  const { labelCount, validationCount, sampling, topologicalWeight } = config;
  if (validationCount >= labelCount)
    throw new RangeError(
      `validationCount: expected fewer than the ${labelCount} labeled images, got ${validationCount}`,
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

function checkScheduleWork({ epochs, learningRate, topologicalWeight, beta }: ExperimentConfig) {
  const texts = [learningRate, topologicalWeight, beta].map((schedule) => schedule.toJSON());
  const { length } = texts.join("");
  const most = Math.floor(MOST_SCHEDULE_WORK / length);
  if (epochs > most)
    throw new RangeError(
      `epochs: expected at most ${most} with schedules of ${length} characters, got ${epochs}`,
    );
}

/** Checks every value of the schedules before the first epoch. */
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
