import type { Classifier } from "../../metrics/collapse/classifier";
import type { Scheduled } from "../../training/train";
import type { Controls } from "./controls";
import type { EpochMeasures, Mistake, StepRecord, SubBatch } from "./liveTraining";

/** What the page asks the worker for. */
export type Request =
  | { readonly kind: "start"; readonly run: number; readonly controls: Controls }
  | { readonly kind: "change"; readonly controls: Controls }
  | { readonly kind: "play" | "pause" | "step" }
  /** The class whose sub-batches are shown. */
  | { readonly kind: "watch"; readonly label: number }
  /** The last snapshot is on the screen: the next may come. */
  | { readonly kind: "drawn" };

/** State of the training, and what has happened since the last snapshot. */
export interface Snapshot {
  readonly kind: "snapshot";
  /** The number that the page gave the run. */
  readonly run: number;
  readonly isPlaying: boolean;
  /** Epochs done, and the length of the schedules. */
  readonly epoch: number;
  readonly epochs: number;
  readonly stepOfEpoch: number;
  readonly stepsPerEpoch: number;
  /** Values of the next step. */
  readonly scheduled: Scheduled;
  readonly steps: readonly StepRecord[];
  readonly measures: readonly EpochMeasures[];
  /** Test images that are wrong after the last measured epoch; absent where nothing is new. */
  readonly wrong?: readonly WrongImage[];
  /** N x featureCount, and their classes. */
  readonly features: Float32Array;
  readonly labels: Uint8Array;
  readonly classifier: Classifier;
  readonly subBatch?: SubBatch | undefined;
}

/** A test image that is classified wrongly. */
export interface WrongImage extends Mistake {
  readonly label: number;
  /** 28 x 28, 0 to 255. */
  readonly pixels: Uint8Array;
}

/** What the worker tells the page. */
export type Report =
  | { readonly kind: "ready"; readonly variant: "relaxed" | "plain" }
  | Snapshot
  /** The schedules have ended: it waits. */
  | { readonly kind: "ended" }
  | { readonly kind: "failed"; readonly message: string; readonly isFatal: boolean };
