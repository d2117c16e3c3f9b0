import { PENALTY_NAMES } from "../../regularizer/penaltyNames";
import { parseMetric, type Metric } from "../../metrics/topology/metric";
import { plain, shown } from "../../numerics/plainText";
import {
  choice,
  countOrOff,
  flag,
  number,
  rowOf,
  schedule,
  text,
  wholeNumber,
  type Accepted,
  type Role,
  type Setting,
} from "./setting";

const naming = rowOf("name");
const numbers = rowOf("numbers");
const draw = rowOf("draw");
const recording = rowOf("recording");
const bookkeeping = rowOf("bookkeeping");

const share = number("a number from 0 to below 1", (value) => value >= 0 && value < 1);
const fromZero = number("a number from 0", (value) => value >= 0);
const channelFactor = number("a number above 0, at most 8", (value) => value > 0 && value <= 8);
const metric: Accepted<Metric> = {
  expected: "L1, L2, LInfinity or L followed by p >= 1",
  parse: (value) => parseMetric(String(value)),
};

const dataset: Accepted<string> = {
  ...text,
  expected: "mnist, svhn, cifar10, or a name for other data in MNIST's format",
};
/** Limit on the epochs of a run: a record has about a thousand bytes per epoch. */
const MOST_EPOCHS = 100_000;
/** Limit on the images of a step, which pass through the network together. */
export const MOST_STEP_IMAGES = 100_000;

/**
 * Table of settings, one row each: role, description, accepted values. The type of a config, the
 * options of commands, the grouping of runs and the README of this folder derive from it. Configs
 * in records have the same order.
 */
export const SETTINGS = {
  /** Preset that the run started from, for tables. */
  preset: naming("the preset that the run started from", text),
  /** Regularizer of the run, for tables. */
  regularizer: naming("the regularizer's name in tables", text),
  dataset: numbers("the data set", dataset, { presetOnly: true }),
  network: numbers("the network", choice("SimpleCNN_MNIST", "SimpleCNN13"), { presetOnly: true }),
  /** Factor on every number of channels of SimpleCNN13; the work grows with its square. */
  width: numbers("factor on SimpleCNN13's channels", channelFactor, { early: 1 }),
  /** Labeled training images. */
  labelCount: numbers("labeled training images", wholeNumber(2)),
  /** Number of the split, from 0. */
  split: draw("number of the split", wholeNumber(0)),
  /** Seed of the project's own splits and of the held-out images. */
  splitSeed: draw("seed of the project's own splits", wholeNumber(0)),
  /** Seed of the initial weights, the sampler, dropout and augmentation. */
  seed: draw("seed of weights, sampler, dropout and augmentation", wholeNumber(0)),

  /** Passes over the labeled images. */
  epochs: numbers("passes over the labeled images", wholeNumber(1, MOST_EPOCHS)),
  /** Sub-batches per step: one for each anchor. */
  subBatchCount: numbers("sub-batches per step", wholeNumber(1, MOST_STEP_IMAGES)),
  /** Examples of one class in a sub-batch: an anchor and its companions. */
  subBatchSize: numbers("examples of one class in a sub-batch", wholeNumber(2, MOST_STEP_IMAGES)),
  /** Whether a sub-batch may repeat an example. */
  withReplacement: numbers("sub-batches may repeat an example", flag),
  /**
   * Images of a step: sub-batches, or the same number of distinct images, drawn without regard to
   * class.
   */
  sampling: numbers("examples that a step draws", choice("subBatches", "plain"), {
    early: "subBatches",
  }),
  /** Labeled images, drawn by class, that are held out from training for choosing settings. */
  validationCount: numbers(
    "labeled images held out from training, to choose settings by",
    wholeNumber(0),
    { early: 0 },
  ),
  /**
   * subset: subtracts the mean and divides by the standard deviation of the training images'
   * pixels.
   */
  normalization: numbers("normalization of the images", choice("none", "subset"), {
    early: "none",
  }),
  /** Random changes to each image that a step draws. */
  augmentation: numbers("augmentation of each drawn image", choice("none", "crop", "cropFlip"), {
    early: "none",
  }),

  /** Evaluated at (e - 1) / epochs in epoch e = 1, 2, ...: PyTorch's CosineAnnealingLR. */
  learningRate: numbers("learning rate over training", schedule),
  momentum: numbers("momentum of SGD", share),
  nesterov: numbers("Nesterov's momentum", flag),
  /** Factor of every parameter that is added to its gradient. */
  weightDecay: numbers("weight decay", fromZero),

  /** Factor of the connectivity loss, evaluated at e / epochs. */
  topologicalWeight: numbers("weight of the connectivity loss over training", schedule),
  /** Target death time, evaluated at e / epochs. */
  beta: numbers("target death time over training", schedule),
  metric: numbers("distance between features", metric),
  shape: numbers("loss of a death time", choice("absolute", "hinge", "squared")),
  zeroDeathTimes: numbers("death times of 0", choice("keep", "drop", "epsilon")),

  /** Added to the cross entropy: the baselines of Hofer et al., and center loss. */
  penalty: numbers("further term added to the cross entropy", choice(...PENALTY_NAMES), {
    early: "none",
  }),
  /** Factor of the penalty. */
  penaltyWeight: numbers("weight of the penalty", fromZero, { early: 0 }),
  /** Share of the target that is spread evenly over all classes, from 0 to below 1. */
  labelSmoothing: numbers("label smoothing", share, { early: 0 }),
  /** simplex: the classifier is fixed to a random simplex ETF, with biases 0. */
  classifier: numbers("the classifier's weights", choice("learned", "simplex"), {
    early: "learned",
  }),

  /** Epochs between measurements of the training set; the last epoch is always measured. */
  measureEvery: recording("epochs between measurements of the training set", wholeNumber(1)),
  /** Epochs between tests; the last epoch is always tested. */
  testEvery: recording("epochs between tests", wholeNumber(1)),
  /**
   * Epochs, spread evenly on a log scale, after which every measure is computed; these epochs are
   * also tested.
   */
  reportCount: recording(
    "epochs, evenly on a log scale, that record every measure",
    wholeNumber(0),
    { early: 0 },
  ),
  /**
   * Number of test images, from the start of the set, whose DeepFool margins each of these reports
   * contains.
   */
  robustnessCount: recording(
    "first test images whose DeepFool margins these epochs record",
    wholeNumber(0),
    { early: 0 },
  ),
  /**
   * Number of test images, from the start of the set, on which each of these reports measures every
   * layer.
   */
  layerTestCount: recording(
    "first test images that measure every layer at these epochs",
    countOrOff,
    { optional: true },
  ),
  /** Epochs between checkpoints. */
  checkpointEvery: bookkeeping("epochs between checkpoints", wholeNumber(1)),
} satisfies Readonly<Record<string, Setting>>;

/** Name of a setting. */
export type SettingName = keyof typeof SETTINGS;

const rows = Object.entries<Setting>(SETTINGS) as [SettingName, Setting][];

/** Settings of the given roles; all settings by default. */
export function settingNames(...roles: readonly Role[]): SettingName[] {
  const chosen = rows.filter(([, { role }]) => roles.length === 0 || roles.includes(role));
  return chosen.map(([name]) => name);
}

/**
 * Value of a setting from text or JSON: text, a number, true or false.
 *
 * @throws {RangeError} If there is no such setting, or it does not accept the value: the message
 *   says what it accepts.
 */
export function parseSetting(name: string, value: unknown): unknown {
  if (!Object.hasOwn(SETTINGS, name))
    throw new RangeError(
      `unknown setting ${plain(name)}; the settings are ${settingNames().join(", ")}`,
    );
  const { expected, parse }: Setting = SETTINGS[name as SettingName];
  try {
    if (!["string", "number", "boolean"].includes(typeof value)) throw new RangeError();
    return parse(value);
  } catch (error) {
    const reason = (error as Error).message;
    throw new RangeError(
      `${name}: expected ${expected}, got ${shown(value)}${reason ? ` (${reason})` : ""}`,
    );
  }
}
