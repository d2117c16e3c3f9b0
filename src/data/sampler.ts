import { rowsByClass } from "../numerics/classes";
import { labelNumbers, type Labels } from "../numerics/labels";
import { Random } from "../numerics/random";

/** Options for drawing the sub-batches of a step. */
export interface SamplerOptions {
  /** Sub-batches per step (8 as published). */
  readonly subBatchCount: number;
  /** Examples of one class in each (16 as published). */
  readonly subBatchSize: number;
  /** Whether draws may repeat a row, including the anchor; true as published. */
  readonly withReplacement: boolean;
  readonly seed: number;
}

/** Source of the rows of each step of an epoch, from seeded random numbers. */
export interface Sampler {
  readonly stepsPerEpoch: number;
  /** The rows of each step of the next epoch. */
  epoch(): Uint32Array[];
  /** State at the start of the next epoch; set it to resume there. */
  state: SamplerState;
}

/** State of a sampler between two epochs, as JSON. */
export interface SamplerState {
  readonly random: readonly number[];
}

/**
 * Draws the sub-batches of an epoch: the N rows are shuffled into groups of `subBatchCount` anchors,
 * the last incomplete group dropped; each anchor is joined by `subBatchSize` - 1 rows of its class,
 * drawn uniformly from the whole class (with replacement) or so that no row of the sub-batch is
 * drawn twice (without).
 *
 * @see Hofer et al. 2020, https://arxiv.org/abs/2002.04805
 */
export class SubBatchSampler implements Sampler {
  /** floor(N / subBatchCount) */
  readonly stepsPerEpoch: number;
  private readonly members: Map<number, Uint32Array>;
  private readonly labels: readonly number[];
  private readonly options: SamplerOptions;
  private random: Random;

  /**
   * @param labels Classes of rows 0 to N - 1.
   * @throws {RangeError} If a class has 1 example, or without replacement fewer than
   *   `subBatchSize`, or there are fewer rows than `subBatchCount`, or an option is out of range.
   */
  constructor(labels: Labels, options: SamplerOptions) {
    checkOptions(options);
    this.members = rowsByClass(labels);
    checkClassSizes(this.members, options);
    if (labels.length < options.subBatchCount)
      throw new RangeError(
        `expected at least ${options.subBatchCount} rows, one per sub-batch, got ${labels.length}`,
      );
    this.labels = Array.from(labelNumbers(labels));
    this.options = { ...options };
    this.stepsPerEpoch = Math.floor(labels.length / options.subBatchCount);
    this.random = new Random(options.seed, "sampler");
  }

  /**
   * The rows of each step of the next epoch.
   *
   * @returns `stepsPerEpoch` arrays of subBatchCount * subBatchSize rows, sub-batch after sub-batch,
   *   each anchor before the rows that join it.
   */
  epoch(): Uint32Array[] {
    const { subBatchCount, subBatchSize } = this.options;
    const anchors = this.random.shuffle(Uint32Array.from(this.labels, (_, row) => row));
    return Array.from({ length: this.stepsPerEpoch }, (_, step) => {
      const rows = new Uint32Array(subBatchCount * subBatchSize);
      for (let i = 0; i < subBatchCount; i++) {
        const subBatch = rows.subarray(i * subBatchSize, (i + 1) * subBatchSize);
        this.fillSubBatch(subBatch, anchors[step * subBatchCount + i]);
      }
      return rows;
    });
  }

  /** Set it to the state of a sampler with the same labels and options to resume there. */
  get state(): SamplerState {
    return { random: [...this.random.state] };
  }

  set state(state: SamplerState) {
    this.random = Random.fromState(state.random);
  }

  private fillSubBatch(subBatch: Uint32Array, anchor: number): void {
    const members = this.members.get(this.labels[anchor])!;
    subBatch[0] = anchor;
    for (let j = 1; j < subBatch.length; j++) {
      let row: number;
      do row = members[this.random.integer(members.length)];
      while (!this.options.withReplacement && subBatch.subarray(0, j).includes(row));
      subBatch[j] = row;
    }
  }
}

/**
 * Draws plain batches, of distinct rows without regard to their classes: subBatchCount *
 * subBatchSize rows per step, drawn anew for each step. An epoch has as many steps as with
 * {@link SubBatchSampler}.
 */
export class PlainSampler implements Sampler {
  readonly stepsPerEpoch: number;
  private readonly rowCount: number;
  private readonly batchSize: number;
  private random: Random;

  /** @throws {RangeError} If there are fewer rows than a batch has. */
  constructor(labels: Labels, options: SamplerOptions) {
    checkOptions(options);
    const { subBatchCount, subBatchSize, seed } = options;
    this.rowCount = labels.length;
    this.batchSize = subBatchCount * subBatchSize;
    const largest = Math.floor(this.rowCount / subBatchCount);
    if (this.rowCount < this.batchSize)
      throw new RangeError(
        `expected at least ${this.batchSize} rows for a plain batch of subBatchCount x subBatchSize = ` +
          `${subBatchCount} x ${subBatchSize}, got ${this.rowCount}; ` +
          (largest < 2 ? "set a smaller subBatchCount" : `set subBatchSize to ${largest} or less`),
      );
    this.stepsPerEpoch = Math.floor(this.rowCount / subBatchCount);
    this.random = new Random(seed, "sampler");
  }

  epoch(): Uint32Array[] {
    const all = Uint32Array.from({ length: this.rowCount }, (_, row) => row);
    return Array.from({ length: this.stepsPerEpoch }, () =>
      this.random.shuffle(all).slice(0, this.batchSize),
    );
  }

  get state(): SamplerState {
    return { random: [...this.random.state] };
  }

  set state(state: SamplerState) {
    this.random = Random.fromState(state.random);
  }
}

function checkOptions({ subBatchCount, subBatchSize }: SamplerOptions): void {
  if (!Number.isInteger(subBatchCount) || subBatchCount < 1)
    throw new RangeError(`expected a subBatchCount from 1, got ${subBatchCount}`);
  if (!Number.isInteger(subBatchSize) || subBatchSize < 2)
    throw new RangeError(`expected a subBatchSize from 2, got ${subBatchSize}`);
}

function checkClassSizes(members: Map<number, Uint32Array>, options: SamplerOptions): void {
  for (const [label, { length }] of members) {
    if (length < 2)
      throw new RangeError(`class ${label} has 1 example; a sub-batch needs at least 2`);
    if (!options.withReplacement && length < options.subBatchSize)
      throw new RangeError(
        `class ${label} has ${length} examples; a sub-batch without replacement needs ` +
          `${options.subBatchSize}`,
      );
  }
}
