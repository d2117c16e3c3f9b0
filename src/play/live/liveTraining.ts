import { selectExamples, type ImageSet, type TrainingData } from "../../data/imageSet";
import {
  checkOutputs,
  scheduledValues,
  type EpochRecord,
  type Scheduled,
} from "../../training/train";
import {
  classifierOf,
  evaluateSet,
  networkOutputs,
  setMeasures,
  trainMeasures,
} from "../../training/evaluation/outputs";
import type { ExperimentConfig } from "../../training/settings/config";
import {
  disposeState,
  initialState,
  samplerOf,
  type TrainingState,
} from "../../training/trainingState";
import { trainStep } from "../../training/trainStep";
import { configOf, type Controls } from "./controls";
import { firstOfEachClass } from "./playData";

/** Numbers of a step, from before it moved the weights, and the settings that it used. */
export interface StepRecord extends Scheduled {
  /** From 1, counted over all epochs. */
  readonly step: number;
  /** Epochs done before the step and the part of the epoch that ends with it. */
  readonly time: number;
  readonly loss: number;
  readonly crossEntropy: number;
  readonly connectivityLoss: number;
  /** Sub-batch after sub-batch, ascending in each. */
  readonly deathTimes: Float32Array;
}

/** Measures after an epoch, as a run's record has them, and the test images that are wrong. */
export interface EpochMeasures extends Required<Pick<EpochRecord, "train" | "test">> {
  readonly epoch: number;
  /** Where the epoch lies on the time of the steps. */
  readonly time: number;
  readonly mistakes: readonly Mistake[];
}

/** A test image that is classified wrongly. */
export interface Mistake {
  /** Of the test set. */
  readonly row: number;
  readonly predicted: number;
}

/** 16 features of one class, which a step pushed together or apart. */
export interface SubBatch {
  readonly label: number;
  /** subBatchSize x featureCount. */
  readonly features: Float32Array;
}

/**
 * A run whose settings can change between two steps: the network, sampler, loss, step and measures
 * of the command line. Without a change it computes what `tdnc train` computes.
 */
export class LiveTraining {
  /** Latest features of the labeled images, N x featureCount, as the steps have seen them. */
  features = new Float32Array(0);
  /** The labeled images. */
  labeled: ImageSet;
  private config: ExperimentConfig;
  private state: TrainingState;
  /** Rows of the epoch's steps that are left. */
  private waiting: Uint32Array[] = [];
  private readonly subBatches: (SubBatch | undefined)[] = [];
  private steps = 0;

  constructor(
    private readonly data: TrainingData,
    private controls: Controls,
  ) {
    this.config = configOf(controls);
    this.labeled = this.labeledImages();
    this.state = initialState(this.config, this.labeled.labels);
  }

  /** Features of the labeled images before the first step. */
  async prepare(): Promise<void> {
    const { features } = await networkOutputs(this.state.network, this.labeled);
    this.features = Float32Array.from(features);
  }

  /** Epochs done. */
  get epoch(): number {
    return this.state.epoch;
  }

  /** Length of the schedules. */
  get epochs(): number {
    return this.config.epochs;
  }

  get stepsPerEpoch(): number {
    return this.state.sampler.stepsPerEpoch;
  }

  /** Steps of this epoch that are done. */
  get stepOfEpoch(): number {
    return this.waiting.length === 0 ? 0 : this.stepsPerEpoch - this.waiting.length;
  }

  /** Whether the last step ended an epoch. */
  get isBetweenEpochs(): boolean {
    return this.steps > 0 && this.waiting.length === 0;
  }

  /** Values that the next step will use. */
  get scheduled(): Scheduled {
    const epoch = Math.min(this.state.epoch + 1, this.config.epochs);
    return scheduledValues(this.config, epoch);
  }

  /** W, classCount x featureCount, and b. */
  classifier() {
    return classifierOf(this.state.network);
  }

  /** The latest sub-batch of a class, if there has been one. */
  subBatchOf(label: number): SubBatch | undefined {
    return this.subBatches[label];
  }

  /**
   * Sets what the next step uses. Another number of labels begins a new epoch with them; the seed
   * and the length of the schedules take effect in a new run only.
   */
  async change(controls: Controls): Promise<void> {
    const hasOtherLabels = controls.labelsPerClass !== this.controls.labelsPerClass;
    this.controls = controls;
    const { seed, epochs } = this.config;
    this.config = { ...configOf(controls), seed, epochs };
    if (!hasOtherLabels) return;
    this.labeled = this.labeledImages();
    this.waiting = [];
    this.state = { ...this.state, sampler: samplerOf(this.config, this.labeled.labels) };
    await this.prepare();
  }

  /**
   * Trains one step.
   *
   * @throws {TrainingDiverged} If the loss is not finite.
   */
  step(): StepRecord {
    if (this.waiting.length === 0) this.waiting = this.state.sampler.epoch();
    const rows = this.waiting[0];
    const { epoch } = this.state;
    const done = this.stepsPerEpoch - this.waiting.length + 1;
    const values = this.scheduled;
    const where = `epoch ${epoch + 1}, step ${done}`;
    const { crossEntropy, connectivityLoss, deathTimes } = trainStep(
      this.state,
      this.labeled,
      rows,
      { ...values, where },
      this.config,
      ({ features }) => this.keep(features.dataSync<"float32">(), rows),
    );
    this.waiting.shift();
    this.steps++;
    if (this.waiting.length === 0) this.state.epoch++;
    return {
      step: this.steps,
      time: epoch + done / this.stepsPerEpoch,
      ...values,
      loss: crossEntropy + values.topologicalWeight * connectivityLoss,
      crossEntropy,
      connectivityLoss,
      deathTimes,
    };
  }

  /**
   * Measures the labeled images and the test images, in evaluation mode.
   *
   * @throws {TrainingDiverged} If the network's outputs are not finite.
   */
  async measure(): Promise<EpochMeasures> {
    const { network, epoch } = this.state;
    const classifier = await classifierOf(network);
    const train = await evaluateSet(network, this.labeled, { classifier });
    checkOutputs(train.outputs, `epoch ${epoch}`);
    const trainStatistics = train.geometry.statistics;
    const test = await evaluateSet(network, this.data.test, { classifier, trainStatistics });
    const { labels } = this.data.test;
    const mistakes = Array.from(test.geometry.predicted, (predicted, row) => ({ row, predicted }));
    return {
      epoch,
      time: epoch,
      train: trainMeasures(train.geometry),
      test: setMeasures(test.geometry),
      mistakes: mistakes.filter(({ row, predicted }) => predicted !== labels[row]),
    };
  }

  /** Frees the memory of the run. */
  dispose(): void {
    disposeState(this.state);
  }

  private labeledImages(): ImageSet {
    const { train } = this.data;
    return selectExamples(train, firstOfEachClass(train, this.controls.labelsPerClass));
  }

  private keep(values: Float32Array, rows: Uint32Array): void {
    const { subBatchSize } = this.config;
    const dim = values.length / rows.length;
    rows.forEach((row, i) => this.features.set(values.subarray(i * dim, (i + 1) * dim), row * dim));
    for (let from = 0; from < rows.length; from += subBatchSize) {
      const label = this.labeled.labels[rows[from]];
      const features = values.subarray(from * dim, (from + subBatchSize) * dim);
      this.subBatches[label] = { label, features };
    }
  }
}
