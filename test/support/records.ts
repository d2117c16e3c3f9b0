import { REGULARIZERS, mnist250 } from "../../src/training/settings/presets";
import type { ExperimentConfig } from "../../src/training/settings/config";
import type { LayerMeasures } from "../../src/metrics/collapse/layers";
import type { DeathTimeQuantiles, EpochReport } from "../../src/training/evaluation/epochReport";
import { newRecord, type RunRecord } from "../../src/runs/record";
import type { EpochRecord } from "../../src/training/train";

/** A made-up run: what is left out is that of a complete run of one epoch of mnist-250. */
export interface MadeUpRun extends Partial<Omit<RunRecord, "config" | "epochs">> {
  /** Sliding if left out; a name that the project does not have is vanilla under that name. */
  readonly regularizer?: string;
  readonly config?: Partial<ExperimentConfig>;
  readonly epochs?: readonly object[];
  readonly rowsHash?: string;
}

/** The record of a made-up run. */
export function madeUpRun({
  regularizer = "sliding",
  config,
  epochs = [{}],
  rowsHash,
  ...rest
}: MadeUpRun = {}): RunRecord {
  const known: Partial<Record<string, { difference: object }>> = REGULARIZERS;
  const difference = known[regularizer]?.difference ?? { regularizer };
  const own = { ...mnist250, ...difference, ...config };
  const split = { source: "seeded", rowsHash: rowsHash ?? `rows of ${own.split}` };
  const fresh = newRecord(own, split, { name: "wasm", summary: "made up" });
  return { ...fresh, status: "complete", epochs: epochs as EpochRecord[], ...rest };
}

/** A made-up run of one epoch that ended with a test accuracy. */
export function testedRun(
  regularizer: string,
  split: number,
  accuracy: number,
  settings: object = {},
): RunRecord {
  const train = { accuracy: 1, withinClassVariability: accuracy / 10 };
  return madeUpRun({
    regularizer,
    config: { split, epochs: 1, ...settings },
    epochs: [{ epoch: 1, ...PLAIN_EPOCH, test: { accuracy }, train }],
    seconds: 10 * (split + 1),
  });
}

/** The numbers of one made-up epoch; what is left out was not measured. */
export interface MadeUpEpoch {
  readonly test?: number;
  readonly train?: number;
  readonly nc1?: number | null;
  readonly quartiles?: readonly [number, number, number];
  readonly beta?: number;
  /** Measures of the test set's report, which then is there. */
  readonly testReport?: Readonly<Record<string, number | null>>;
  /** Of each class of every set of the report. */
  readonly classQuantiles?: readonly DeathTimeQuantiles[];
}

/** A made-up run of as many epochs as there are numbers for, with all that a figure draws. */
export function measuredRun(
  regularizer: string,
  epochs: readonly MadeUpEpoch[],
  settings: Partial<ExperimentConfig> = {},
): RunRecord {
  const config = { epochs: epochs.length, ...settings };
  const run = madeUpRun({ regularizer, config, terminalPhaseEpoch: Math.min(2, epochs.length) });
  return { ...run, epochs: epochs.map((epoch, i) => madeUpEpoch(epoch, i + 1, run.config)) };
}

const STEPS = {
  learningRate: 0.1,
  loss: 1,
  crossEntropy: 1,
  connectivityLoss: 1,
  stepAccuracy: 1,
  seconds: { training: 1, measuring: 1 },
};
/** All that every epoch of a record has, but for its number. */
export const PLAIN_EPOCH = { ...STEPS, topologicalWeight: 0.1, beta: 1.1, deathTimes: null };
const DEATH_TIMES = { mean: 1, min: 0, max: 3, zeroShare: 0.25, betaConnectedShare: 0 };
const GEOMETRY = {
  covarianceTraceRatio: 0.2,
  meansEquinorm: 0.125,
  classifierEquinorm: 0.13,
  meansEquiangularity: 0.25,
  classifierEquiangularity: 0.26,
  meansMaximalAngle: 0.1,
  classifierMaximalAngle: 0.11,
  selfDuality: 0.75,
};

function madeUpEpoch(made: MadeUpEpoch, epoch: number, config: ExperimentConfig): EpochRecord {
  const { test, train = 1, nc1 = 0.5, quartiles = [0, 1, 2], beta = 1.1 } = made;
  return {
    epoch,
    ...STEPS,
    beta,
    topologicalWeight: config.topologicalWeight(epoch / config.epochs),
    deathTimes: { ...DEATH_TIMES, quartiles },
    train: { ...outputs(train), withinClassVariability: nc1, ...GEOMETRY },
    ...(test === undefined ? {} : { test: outputs(test) }),
    ...(made.testReport || made.classQuantiles ? { report: madeUpReport(made) } : {}),
  };
}

const outputs = (accuracy: number) => ({
  accuracy,
  crossEntropy: 0.1,
  nearestClassCenterMismatch: 0,
  nearestClassCenterAccuracy: accuracy,
});

function madeUpReport({ testReport = {}, classQuantiles = [] }: MadeUpEpoch): EpochReport {
  const deathTimes = classQuantiles;
  return {
    train: { collapse: { classDistanceNormalizedVariance: 0.0625 }, deathTimes },
    test: { collapse: testReport, deathTimes },
    union: { deathTimes },
  };
}

/**
 * A made-up run that measured layers: of each epoch NC1 of each block. Every effective rank is 2, every
 * accuracy `accuracy`.
 */
export function layeredRun(
  regularizer: string,
  ratios: readonly (readonly number[])[],
  settings: Partial<ExperimentConfig> = {},
  accuracy = 0.5,
): RunRecord {
  const layer = (covarianceTraceRatio: number, at: number): LayerMeasures => ({
    name: `block${at + 1}`,
    dim: 4,
    train: { covarianceTraceRatio, nearestClassCenterAccuracy: accuracy, effectiveRank: 2 },
    test: { examples: 10, nearestClassCenterAccuracy: accuracy, probeAccuracy: accuracy },
  });
  const made = ratios.map(() => ({ testReport: {} }));
  const run = measuredRun(regularizer, made, { layerTestCount: 10, ...settings });
  const epochs = run.epochs.map((epoch, i) => ({
    ...epoch,
    report: { ...epoch.report!, layers: ratios[i].map(layer) },
  }));
  return { ...run, epochs };
}
