import type { TrainingData } from "../../data/imageSet";
import { TrainingDiverged } from "../../training/trainStep";
import type { Controls } from "./controls";
import { LiveTraining, type EpochMeasures, type StepRecord } from "./liveTraining";
import type { Report, Request, WrongImage } from "./messages";

/** Milliseconds between two snapshots of a run that plays. */
const SNAPSHOT_EVERY = 100;
/** Wrong test images that a snapshot carries. */
const MOST_WRONG = 64;

/** What a worker does with the page's requests: it trains, measures after each epoch, and reports. */
export class LiveRun {
  isPlaying = false;
  private run = 0;
  private training: LiveTraining | undefined;
  private watched = 0;
  private steps: StepRecord[] = [];
  private measures: EpochMeasures[] = [];
  private mayPost = true;
  private posted = -Infinity;

  /**
   * @param post Hands a report to the page, and with it the memory of some buffers.
   */
  constructor(
    private readonly data: TrainingData,
    private readonly post: (report: Report, transfer?: ArrayBuffer[]) => void,
  ) {}

  /** Does what the page asks for. */
  async take(request: Request): Promise<void> {
    switch (request.kind) {
      case "start":
        return this.guarded(() => this.start(request.run, request.controls));
      case "change":
        await this.guarded(() => this.training?.change(request.controls));
        return this.isPlaying ? undefined : this.snapshot();
      case "watch":
        this.watched = request.label;
        return this.isPlaying ? undefined : this.snapshot();
      case "drawn":
        this.mayPost = true;
        return;
      case "play":
        this.isPlaying = this.training !== undefined;
        return this.snapshot();
      case "pause":
        this.isPlaying = false;
        return this.snapshot();
      case "step":
        this.isPlaying = false;
        await this.advance();
        return this.snapshot();
    }
  }

  /** Trains one step; measures where it ends an epoch. */
  async advance(): Promise<void> {
    await this.guarded(async () => {
      const { training } = this;
      if (training === undefined) return;
      this.steps.push(training.step());
      if (training.isBetweenEpochs) await this.endEpoch(training);
    });
    const isDue = performance.now() - this.posted >= SNAPSHOT_EVERY;
    if (this.isPlaying && this.mayPost && isDue) await this.snapshot();
  }

  private async start(run: number, controls: Controls): Promise<void> {
    this.training?.dispose();
    this.training = undefined;
    [this.steps, this.measures] = [[], []];
    const training = new LiveTraining(this.data, controls);
    await training.prepare();
    this.training = training;
    this.run = run;
    this.measures.push(await training.measure());
    await this.snapshot();
  }

  private async endEpoch(training: LiveTraining): Promise<void> {
    this.measures.push(await training.measure());
    if (training.epoch !== training.epochs) return;
    this.isPlaying = false;
    await this.snapshot();
    this.post({ kind: "ended" });
  }

  /** A failure stops the run and is reported; it leaves the worker as it was. */
  private async guarded(work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.isPlaying = false;
      await this.snapshot().catch(() => undefined);
      const message = failureText(error as Error);
      this.post({ kind: "failed", message, isFatal: false });
    }
  }

  private async snapshot(): Promise<void> {
    const { training } = this;
    if (training === undefined) return;
    const features = training.features.slice();
    const last = this.measures.at(-1);
    const report: Report = {
      kind: "snapshot",
      run: this.run,
      isPlaying: this.isPlaying,
      epoch: training.epoch,
      epochs: training.epochs,
      stepOfEpoch: training.stepOfEpoch,
      stepsPerEpoch: training.stepsPerEpoch,
      scheduled: training.scheduled,
      steps: this.steps,
      measures: this.measures,
      ...(last && { wrong: this.wrongImages(last) }),
      features,
      labels: training.labeled.labels,
      classifier: await training.classifier(),
      subBatch: training.subBatchOf(this.watched),
    };
    [this.steps, this.measures] = [[], []];
    this.mayPost = false;
    this.posted = performance.now();
    this.post(report, [features.buffer]);
  }

  private wrongImages({ mistakes }: EpochMeasures): WrongImage[] {
    const { pixels, labels } = this.data.test;
    const size = pixels.length / labels.length;
    return mistakes.slice(0, MOST_WRONG).map((mistake) => ({
      ...mistake,
      label: labels[mistake.row],
      pixels: pixels.slice(mistake.row * size, (mistake.row + 1) * size),
    }));
  }
}

/** One sentence for the page. */
function failureText(error: Error): string {
  if (error instanceof TrainingDiverged)
    return `Training stopped: ${error.message}. Change it and restart.`;
  const isMemory = /memory|allocat/i.test(error.message);
  if (isMemory)
    return `The tab ran out of memory (${error.message}). Close other tabs and reload this page.`;
  return `Training stopped: ${error.message}`;
}
