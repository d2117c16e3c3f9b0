import assert from "node:assert/strict";
import { selectBackend } from "../../src/backend/selectBackend";
import { selectExamples } from "../../src/data/imageSet";
import { loadMnist } from "../../src/data/mnist";
import type { TrainingData } from "../../src/data/imageSet";
import { stratifiedSplits } from "../../src/data/splits";
import type { Network } from "../../src/model/network";
import type { ExperimentConfig } from "../../src/training/settings/config";
import { mnist250, REGULARIZERS } from "../../src/training/settings/presets";
import { train } from "../../src/training/train";
import { disposeState, initialState } from "../../src/training/trainingState";
import { TEST_BACKEND } from "../support/backend";

/** 50 steps of 4 x 4 of 40 images, 10 an epoch, the sliding regularizer on. */
const config: ExperimentConfig = {
  ...mnist250,
  ...REGULARIZERS.sliding.difference,
  labelCount: 40,
  subBatchCount: 4,
  subBatchSize: 4,
  epochs: 5,
  weightDecay: 0.01,
  measureEvery: 5,
  testEvery: 5,
  reportCount: 0,
};

/** The sums over classes of the classifier's rows and of its biases, and the norm of the rows. */
interface ClassifierSums {
  /** 128 sums, in double precision. */
  readonly rows: Float64Array;
  readonly bias: number;
  /** |W|_F */
  readonly norm: number;
}

function classifierSums({ parameters, featureCount }: Network): ClassifierSums {
  // tfjs keeps W transposed, featureCount x classCount.
  const weights = parameters.get("classifier/weights")!.dataSync<"float32">();
  const classCount = weights.length / featureCount;
  const rows = new Float64Array(featureCount);
  weights.forEach((value, at) => (rows[Math.floor(at / classCount)] += value));
  const bias = parameters.get("classifier/bias")!.dataSync<"float32">();
  return { rows, bias: bias.reduce((sum, value) => sum + value, 0), norm: norm(weights) };
}

const norm = (values: ArrayLike<number>) => Math.hypot(...Array.from(values));

/** SGD with weight decay on a parameter whose gradient is zero, in double precision. */
class Decay {
  private readonly velocity: Float64Array;

  constructor(
    readonly value: Float64Array,
    private readonly options: Pick<ExperimentConfig, "momentum" | "nesterov" | "weightDecay">,
  ) {
    this.velocity = new Float64Array(value.length);
  }

  step(learningRate: number): void {
    const { momentum, nesterov, weightDecay } = this.options;
    this.value.forEach((s, i) => {
      const gradient = weightDecay * s;
      const v = (this.velocity[i] = momentum * this.velocity[i] + gradient);
      this.value[i] = s - learningRate * (nesterov ? gradient + momentum * v : v);
    });
  }
}

describe("the sums of the classifier's rows and of its biases", () => {
  let data: TrainingData;

  before(async () => {
    await selectBackend(TEST_BACKEND);
    const { train: all, test } = await loadMnist();
    const [split] = stratifiedSplits(all.labels, { labelCount: 40, splitCount: 1, seed: 7 });
    data = { train: selectExamples(all, split), test: selectExamples(test, [0, 1, 2]) };
  });

  /**
   * Cross entropy has gradients that sum to zero over the classes, and the regularizer none, so that
   * the sums obey SGD's recurrence with the gradient that weight decay adds and no other: whatever
   * the images, the features and the other weights do.
   *
   * Float32 rounds every weight in every step, each time by up to 2^-24 of itself. If all of it adds
   * up, it is the number of steps times 2^-24 of |W|_F: 3e-6 (seen are 2.4e-7 after 50 steps).
   */
  async function assertRecurrence(own: ExperimentConfig): Promise<void> {
    const state = initialState(own, data.train.labels);
    const { stepsPerEpoch } = state.sampler;
    assert.equal(stepsPerEpoch * own.epochs, 50);
    const start = classifierSums(state.network);
    const rows = new Decay(start.rows.slice(), own);
    const bias = new Decay(Float64Array.of(start.bias), own);
    let last = start;
    for await (const record of train(state, data, own)) {
      const learningRate = own.learningRate((record.epoch - 1) / own.epochs);
      assert.equal(record.learningRate, learningRate);
      assert.ok(record.topologicalWeight * record.connectivityLoss > 0, "the regularizer is on");
      for (let i = 0; i < stepsPerEpoch; i++)
        for (const sum of [rows, bias]) sum.step(learningRate);
      last = classifierSums(state.network);
      const allowed = record.epoch * stepsPerEpoch * 2 ** -24 * last.norm;
      const off = norm(last.rows.map((value, i) => value - rows.value[i]));
      assert.ok(off <= allowed, `rows, epoch ${record.epoch}: ${off} above ${allowed}`);
      const biasOff = Math.abs(last.bias - bias.value[0]);
      assert.ok(biasOff <= allowed, `biases, epoch ${record.epoch}: ${biasOff} above ${allowed}`);
    }
    // Constant sums would not test the recurrence: they lose a fifth, while the weights grow.
    assert.ok(norm(last.rows) < 0.85 * norm(start.rows));
    assert.ok(Math.abs(last.bias) < 0.85 * Math.abs(start.bias));
    assert.ok(last.norm > 3 * start.norm);
    disposeState(state);
  }

  it("both sums follow SGD's recurrence over 50 training steps with momentum", () =>
    assertRecurrence(config));

  it("both sums follow SGD's recurrence over 50 training steps with Nesterov's momentum", () =>
    assertRecurrence({ ...config, nesterov: true }));
});
