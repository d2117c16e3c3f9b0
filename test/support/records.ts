import { REGULARIZERS, mnist250 } from "../../src/training/settings/presets";
import type { ExperimentConfig } from "../../src/training/settings/config";
import type { DeathTimeQuantiles, EpochReport } from "../../src/training/evaluation/epochReport";
import type { RunRecord } from "../../src/runs/record";
import type { EpochRecord } from "../../src/training/train";

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

/** A made-up run of as many epochs as there are numbers for. */
export function madeUpRecord(
  regularizer: string,
  epochs: readonly MadeUpEpoch[],
  settings: Partial<ExperimentConfig> = {},
): RunRecord {
  const difference = REGULARIZERS[regularizer]?.difference ?? { regularizer };
  const config = { ...mnist250, ...difference, epochs: epochs.length, ...settings };
  return {
    ...{ format: "tdnc-record", formatVersion: 1, status: "complete", config },
    split: { source: "seeded", rowsHash: "00" },
    environment: {
      ...{ backend: "wasm", backendSummary: "wasm" },
      versions: { tdnc: "0.1.0", tfjs: "4.22.0", node: "20.19.0" },
      ...{ processor: "<none> & none", cores: 2 },
    },
    ...{ startedAt: "2026-01-01T00:00:00.000Z", seconds: 1, terminalPhaseEpoch: 2 },
    epochs: epochs.map((epoch, i) => madeUpEpoch(epoch, i + 1, config)),
  };
}

function madeUpEpoch(made: MadeUpEpoch, epoch: number, config: ExperimentConfig): EpochRecord {
  const { test, train = 1, nc1 = 0.5, quartiles = [0, 1, 2], beta = 1.1 } = made;
  const set = (accuracy: number) => ({
    ...{ accuracy, crossEntropy: 0.1 },
    ...{ nearestClassCenterMismatch: 0, nearestClassCenterAccuracy: accuracy },
  });
  return {
    ...{ epoch, learningRate: 0.1, beta, loss: 1, crossEntropy: 1, connectivityLoss: 1 },
    topologicalWeight: config.topologicalWeight(epoch / config.epochs),
    ...{ stepAccuracy: 1, seconds: { training: 1, measuring: 1 } },
    deathTimes: {
      ...{ mean: 1, min: 0, quartiles, max: 3, zeroShare: 0.25, betaConnectedShare: 0 },
    },
    train: {
      ...{ ...set(train), withinClassVariability: nc1, covarianceTraceRatio: 0.2 },
      ...{ meansEquinorm: 0.125, classifierEquinorm: 0.13 },
      ...{ meansEquiangularity: 0.25, classifierEquiangularity: 0.26 },
      ...{ meansMaximalAngle: 0.1, classifierMaximalAngle: 0.11, selfDuality: 0.75 },
    },
    ...(test === undefined ? {} : { test: set(test) }),
    ...(made.testReport || made.classQuantiles ? { report: madeUpReport(made) } : {}),
  };
}

function madeUpReport({ testReport = {}, classQuantiles = [] }: MadeUpEpoch): EpochReport {
  const deathTimes = classQuantiles;
  return {
    train: { collapse: { classDistanceNormalizedVariance: 0.0625 }, deathTimes },
    test: { collapse: testReport, deathTimes },
    union: { deathTimes },
  };
}
