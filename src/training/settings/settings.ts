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
/** Epochs of a run: a record holds about a thousand bytes of each. */
const MOST_EPOCHS = 100_000;
/** Images of a step: all are drawn, and pass through the network, at once. */
export const MOST_STEP_IMAGES = 100_000;

/**
 * The table of settings: a row for each, with its role, its description and what it accepts. The type
 * of a config, the options of commands, the grouping of runs and the README of this folder derive
 * from it. Its order is that of configs in records.
 */
export const SETTINGS = {
  /** The preset that the run started from; for tables. */
  preset: naming("the preset that the run started from", text),
  /** The regularizer that the run was given; for tables. */
  regularizer: naming("the regularizer's name in tables", text),
  dataset: numbers("the data set", dataset, { presetOnly: true }),
  network: numbers("the network", choice("SimpleCNN_MNIST", "SimpleCNN13"), { presetOnly: true }),
  /** Factor on every number of channels of SimpleCNN13: its square is the share of the work. */
  width: numbers("factor on SimpleCNN13's channels", channelFactor, { early: 1 }),
  /** Labeled training images. */
  labelCount: numbers("labeled training images", wholeNumber(2)),
  /** Which split of the data's splits, from 0. */
  split: draw("number of the split", wholeNumber(0)),
  /** Seed of the project's own splits and of the held-out images. */
  splitSeed: draw("seed of the project's own splits", wholeNumber(0)),
  /** Seed of the initial weights, the sampler, dropout and augmentation. */
  seed: draw("seed of weights, sampler, dropout and augmentation", wholeNumber(0)),

  /** Passes over the labeled images. */
  epochs: numbers("passes over the labeled images", wholeNumber(1, MOST_EPOCHS)),
  /** Sub-batches of a step: one for each of its anchors. */
  subBatchCount: numbers("sub-batches per step", wholeNumber(1, MOST_STEP_IMAGES)),
  /** Examples of one class in a sub-batch: an anchor and those drawn with it. */
  subBatchSize: numbers("examples of one class in a sub-batch", wholeNumber(2, MOST_STEP_IMAGES)),
  /** Whether a sub-batch may repeat an example. */
  withReplacement: numbers("sub-batches may repeat an example", flag),
  /** Images of a step: sub-batches, or as many distinct images without regard to class. */
  sampling: numbers("examples that a step draws", choice("subBatches", "plain"), {
    early: "subBatches",
  }),
  /** Labeled images, drawn by class, that are held out from training, to choose settings by. */
  validationCount: numbers(
    "labeled images held out from training, to choose settings by",
    wholeNumber(0),
    { early: 0 },
  ),
  /** subset: less the mean, over the standard deviation, of the training images' pixels. */
  normalization: numbers("normalization of the images", choice("none", "subset"), {
    early: "none",
  }),
  /** Random changes to each image that a step draws. */
  augmentation: numbers("augmentation of each drawn image", choice("none", "crop", "cropFlip"), {
    early: "none",
  }),

  /** Taken at (e - 1) / epochs in epoch e = 1, 2, ...: PyTorch's CosineAnnealingLR. */
  learningRate: numbers("learning rate over training", schedule),
  momentum: numbers("momentum of SGD", share),
  nesterov: numbers("Nesterov's momentum", flag),
  /** Added to the gradient of every parameter, as a factor of the parameter. */
  weightDecay: numbers("weight decay", fromZero),

  /** Factor of the connectivity loss, taken at e / epochs. */
  topologicalWeight: numbers("weight of the connectivity loss over training", schedule),
  /** The target death time, taken at e / epochs. */
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
  /** Share of the target that all classes get alike, 0 to below 1. */
  labelSmoothing: numbers("label smoothing", share, { early: 0 }),
  /** simplex: the classifier's weights stay those of a random simplex ETF, its biases 0. */
  classifier: numbers("the classifier's weights", choice("learned", "simplex"), {
    early: "learned",
  }),

  /** Epochs from one measurement of the training set to the next; the last epoch always is. */
  measureEvery: recording("epochs between measurements of the training set", wholeNumber(1)),
  /** Epochs from one test to the next; the last epoch always is. */
  testEvery: recording("epochs between tests", wholeNumber(1)),
  /** Epochs, spread evenly on a log scale, after which every measure is taken; also tested. */
  reportCount: recording(
    "epochs, evenly on a log scale, that record every measure",
    wholeNumber(0),
    { early: 0 },
  ),
  /** Test images, the first of the set, whose margins each of these reports measures by DeepFool. */
  robustnessCount: recording(
    "first test images whose DeepFool margins these epochs record",
    wholeNumber(0),
    { early: 0 },
  ),
  /** Test images, the first of the set, on which each of these reports measures every layer. */
  layerTestCount: recording(
    "first test images that measure every layer at these epochs",
    countOrOff,
    { optional: true },
  ),
  /** Epochs from one checkpoint to the next. */
  checkpointEvery: bookkeeping("epochs between checkpoints", wholeNumber(1)),
} satisfies Readonly<Record<string, Setting>>;

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS;

const rows = Object.entries<Setting>(SETTINGS) as [SettingName, Setting][];

/** The settings of some roles; of all if none is given. */
export function settingNames(...roles: readonly Role[]): SettingName[] {
  const chosen = rows.filter(([, { role }]) => roles.length === 0 || roles.includes(role));
  return chosen.map(([name]) => name);
}

/**
 * A setting's value from text or JSON: a text, a number, or true or false.
 *
 * @throws {RangeError} If there is no such setting, or it does not accept the value: what it expects.
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
