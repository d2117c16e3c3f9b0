import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../src/backend/selectBackend";
import { Random } from "../../src/numerics/random";
import { assertClose } from "../support/assertClose";
import { correctCpuGradients } from "./zoo/cpuGradients";
import { LAYERS } from "./zoo/layers";
import { LOSSES, OPERATIONS, OPTIMIZERS } from "./zoo/otherModels";
import type { Trainee } from "./zoo/trainees";

const STEPS = 3;

/** Weights that start alike and differ less than this share of their scale train alike. */
const TOLERANCE = 1e-4;
/** Weights that change less than this share of their scale would show no wrong gradient. */
const LEAST_CHANGE = 1e-3;

interface Training {
  readonly start: Float32Array[];
  readonly end: Float32Array[];
  /** After each step: the tensors and bytes of tfjs, and the places of data of the backend. */
  readonly memory: { readonly tensors: number; readonly bytes: number; readonly data: number }[];
}

describe("a model on the wasm backend trains to the same weights as on cpu:", () => {
  let restore: () => void;
  before(() => (restore = correctCpuGradients()));
  after(() => restore());

  for (const [name, models] of Object.entries({
    ...LAYERS,
    ...LOSSES,
    ...OPTIMIZERS,
    ...OPERATIONS,
  }))
    for (const [setting, make] of Object.entries(models))
      it(`${name}, ${setting}`, async () => {
        const expected = await trained("cpu", make);
        const actual = await trained("wasm", make, expected.start);
        for (const [i, end] of expected.end.entries()) {
          const scale = largest(end);
          assertClose(actual.end[i], end, TOLERANCE, { scale, what: `weights[${i}]` });
        }
        const changes = expected.end.map((end, i) =>
          largest(end.map((weight, j) => (weight - expected.start[i][j]) / largest(end))),
        );
        const changed = changes.filter((change) => change > 0);
        assert.ok(changed.length > 0 && Math.min(...changed) > LEAST_CHANGE, `changes: ${changes}`);
        assert.deepEqual(actual.memory.slice(1), Array(STEPS - 1).fill(actual.memory[0]));
      });
});

/** Three steps from random weights, or from given ones. */
async function trained(
  backend: "cpu" | "wasm",
  make: () => Trainee,
  start?: Float32Array[],
): Promise<Training> {
  await selectBackend(backend);
  const random = Object.getOwnPropertyDescriptor(Math, "random")!;
  try {
    // tfjs seeds its random numbers by it: noise and dropout are the same on both backends.
    seedMathRandom(1);
    const trainee = make();
    const weights = trainee.weights();
    start?.forEach((values, i) =>
      tf.tidy(() => weights[i].assign(tf.tensor(values, weights[i].shape))),
    );
    const valuesOf = () => weights.map((weight) => Float32Array.from(weight.dataSync()));
    const first = valuesOf();
    seedMathRandom(2);
    const memory = [];
    for (let step = 0; step < STEPS; step++) {
      await trainee.step();
      const { numTensors: tensors, numBytes: bytes } = tf.memory();
      memory.push({ tensors, bytes, data: tf.engine().backend.numDataIds() });
    }
    const end = valuesOf();
    trainee.dispose();
    return { start: first, end, memory };
  } finally {
    Object.defineProperty(Math, "random", random);
  }
}

function seedMathRandom(seed: number): void {
  const random = new Random(seed, "zoo");
  Object.assign(Math, { random: () => random.uniform() });
}

const largest = (values: Float32Array) =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
