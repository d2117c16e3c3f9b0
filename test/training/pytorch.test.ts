import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../src/backend/selectBackend";
import { imageTensor } from "../../src/data/batch";
import { type ImageSet } from "../../src/data/imageSet";
import { Random } from "../../src/numerics/random";
import { SubBatchSampler } from "../../src/data/sampler";
import { Sgd } from "../../src/training/sgd";
import { trainStep, type Step } from "../../src/training/trainStep";
import type { TrainingState } from "../../src/training/trainingState";
import { simpleCnn13, simpleCnnMnist, type Architecture } from "../../src/model/architecture";
import { Network } from "../../src/model/network";
import { TEST_BACKEND } from "../support/backend";
import { assertClose } from "../support/assertClose";

/** The file that test/fixtures/training.py writes. */
interface Fixture {
  readonly width: number;
  readonly parameterCount: number;
  readonly fullWidthParameterCount: number;
  readonly subBatchSize: number;
  readonly subBatchCount: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly schedule: { learningRate: number; topologicalWeight: number; beta: number }[];
  readonly labels: number[];
  readonly batches: number[][];
  readonly steps: { crossEntropy: number; connectivityLoss: number; accuracy: number }[];
  readonly deathTimesOfStep1: number[][];
  readonly nesterovFinal: Record<string, { norm: number; positions: number[]; values: number[] }>;
  readonly tensors: Record<string, { shape: number[]; type: string; offset: number }>;
}

const folder = path.resolve("test/fixtures");

function readFixture(name: string) {
  const json = readFileSync(path.join(folder, `training-${name}.json`), "utf8");
  const bytes = readFileSync(path.join(folder, `training-${name}.bin`));
  const fixture = JSON.parse(json) as Fixture;
  const tensor = (tensorName: string) => {
    const { shape, type, offset } = fixture.tensors[tensorName];
    const size = tf.util.sizeFromShape(shape);
    if (type === "uint8") return bytes.subarray(offset, offset + size);
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset + offset).slice(0, 4 * size));
  };
  return { fixture, tensor };
}

type Read = ReturnType<typeof readFixture>;

const withoutDropout = (architecture: Architecture): Architecture => ({
  ...architecture,
  layers: architecture.layers.filter(({ kind }) => kind !== "dropout"),
});

function stateOf(architecture: Architecture, { fixture, tensor }: Read, nesterov: boolean) {
  const network = new Network(withoutDropout(architecture), new Random(0));
  for (const [name, variable] of [...network.parameters, ...network.statistics])
    variable.assign(tf.tensor(tensor(`initial/${name}`), variable.shape));
  const { momentum, weightDecay } = fixture;
  const state: TrainingState = {
    network,
    optimizer: new Sgd(network.parameters, { momentum, weightDecay, nesterov }),
    // Not drawn from: the steps' batches are the fixture's.
    sampler: new SubBatchSampler([0, 0], {
      subBatchCount: 1,
      subBatchSize: 2,
      withReplacement: true,
      seed: 0,
    }),
    dropoutRandom: new Random(0),
    epoch: 0,
    terminalPhaseEpoch: null,
  };
  return state;
}

function imagesOf(architecture: Architecture, { fixture, tensor }: Read): ImageSet {
  return {
    pixels: new Uint8Array(tensor("images")),
    labels: Uint8Array.from(fixture.labels),
    imageShape: architecture.imageShape,
    classCount: 10,
  };
}

function runSteps(state: TrainingState, images: ImageSet, { fixture }: Read): Step[] {
  const { subBatchCount } = fixture;
  const metric = "L2" as const;
  const shape = "absolute" as const;
  const plain = { sampling: "subBatches" as const, penaltyWeight: 0, labelSmoothing: 0 };
  const options = { ...plain, subBatchCount, metric, shape, zeroDeathTimes: "drop" as const };
  return fixture.batches.map((rows, i) =>
    trainStep(state, images, rows, { ...fixture.schedule[i], where: `step ${i + 1}` }, options),
  );
}

// PyTorch's own float32 results are off by up to 6e-6 from its float64 ones (roundingError).
const TOLERANCE = 1e-4;

/** Equal up to a share of the largest of all values. */
function assertSame(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  const scale = Math.max(...Array.from(expected, Math.abs));
  assertClose(actual, expected, TOLERANCE, { scale, what });
}

for (const [name, full] of [
  ["SimpleCNN_MNIST", simpleCnnMnist],
  ["SimpleCNN13", simpleCnn13()],
] as const)
  describe(`five steps of ${name} with the sliding regularizer`, function () {
    const read = readFixture(name);
    const { fixture, tensor } = read;
    const architecture = name === "SimpleCNN13" ? simpleCnn13(fixture.width) : full;
    let state: TrainingState;
    let images: ImageSet;
    let steps: Step[];

    before(async () => {
      await selectBackend(TEST_BACKEND);
      state = stateOf(architecture, read, false);
      images = imagesOf(architecture, read);
      steps = runSteps(state, images, read);
    });

    it("the network has as many parameters as PyTorch counts", () => {
      const count = (network: Network) =>
        [...network.parameters.values()].reduce((sum, { size }) => sum + size, 0);
      assert.equal(count(state.network), fixture.parameterCount);
      const whole = new Network(full, new Random(0));
      assert.equal(count(whole), fixture.fullWidthParameterCount);
      whole.dispose();
    });

    it("losses and accuracies equal PyTorch's", () => {
      const examples = fixture.subBatchCount * fixture.subBatchSize;
      steps.forEach((step, i) => {
        const expected = fixture.steps[i];
        assertSame([step.crossEntropy], [expected.crossEntropy], `cross entropy of step ${i + 1}`);
        assertSame([step.connectivityLoss], [expected.connectivityLoss], `L of step ${i + 1}`);
        assert.equal(step.correct / examples, expected.accuracy);
      });
    });

    it("death times of the first step equal PyTorch's", () => {
      const times = Array.from(steps[0].deathTimes).filter((time) => time > 0);
      assertSame(times, fixture.deathTimesOfStep1.flat(), "death times");
    });

    it("weights and running statistics after the steps equal PyTorch's", () => {
      for (const [key, variable] of [...state.network.parameters, ...state.network.statistics])
        assertSame(variable.dataSync(), tensor(`final/${key}`), key);
    });

    it("features and logits in evaluation mode after the steps equal PyTorch's", () => {
      const rows = fixture.labels.map((_, row) => row);
      const [features, logits] = tf.tidy(() => {
        const maps = state.network.features(imageTensor(images, rows));
        return [maps.dataSync(), state.network.logits(maps).dataSync()];
      });
      assertSame(features, tensor("test/features"), "features");
      assertSame(logits, tensor("test/logits"), "logits");
    });

    it("weights after steps with Nesterov's momentum equal PyTorch's", () => {
      const other = stateOf(architecture, read, true);
      runSteps(other, images, read);
      for (const [key, variable] of [...other.network.parameters, ...other.network.statistics]) {
        const { norm, positions, values } = fixture.nesterovFinal[key];
        const actual = variable.dataSync();
        assertSame([Math.hypot(...actual)], [norm], key);
        assertSame(
          positions.map((at) => actual[at]),
          values,
          key,
        );
      }
    });
  });
