import assert from "node:assert/strict";
import { selectBackend } from "../../src/backend/selectBackend";
import type { ImageSet } from "../../src/data/imageSet";
import { simpleCnn13, simpleCnnMnist } from "../../src/model/architecture";
import { Random } from "../../src/numerics/random";
import { networkOutputs } from "../../src/training/evaluation/outputs";
import { checkConfig } from "../../src/training/settings/parseConfig";
import { trainStep, type Step } from "../../src/training/trainStep";
import { disposeState, initialState, stateVariables } from "../../src/training/trainingState";
import { hasTfjsNode } from "../support/backend";
import { tinyConfig } from "../support/tinyRun";

const STEPS = 5;
const NETWORKS = {
  SimpleCNN_MNIST: { dataset: "mnist", architecture: simpleCnnMnist, width: 1 },
  SimpleCNN13: { dataset: "svhn", architecture: simpleCnn13(1 / 32), width: 1 / 32 },
} as const;

function noise(count: number, { imageShape, classCount } = simpleCnnMnist): ImageSet {
  const random = new Random(3, "images");
  const length = imageShape.reduce((product, side) => product * side, count);
  return {
    pixels: Uint8Array.from({ length }, () => random.integer(256)),
    labels: Uint8Array.from({ length: count }, (_, i) => i % 2),
    imageShape,
    classCount,
  };
}

/** Steps of a network on a backend: losses, then all variables and outputs by name. */
async function trained(name: keyof typeof NETWORKS, backend: string) {
  await selectBackend(backend);
  const { dataset, architecture, width } = NETWORKS[name];
  const sizes = { labelCount: 8, subBatchCount: 3, subBatchSize: 2, network: name };
  const config = checkConfig({ ...tinyConfig, ...sizes, dataset, width });
  const images = noise(8, architecture);
  const state = initialState(config, images.labels);
  const batches = Array.from({ length: STEPS }, () => [...state.sampler.epoch()]).flat();
  const settings = { learningRate: 0.005, beta: 1.1, topologicalWeight: 0.1 };
  const steps: Step[] = batches
    .slice(0, STEPS)
    .map((rows, i) => trainStep(state, images, rows, { ...settings, where: `step ${i}` }, config));
  const values = new Map<string, ArrayLike<number>>();
  for (const [variable, tensor] of stateVariables(state)) values.set(variable, await tensor.data());
  for (const [part, output] of Object.entries(await networkOutputs(state.network, images)))
    values.set(part, output as Float32Array);
  disposeState(state);
  return { steps, values };
}

/** |a - b| / |b|; |a - b| where b is below 1e-6, as rounding of a gradient of 0 is. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const distance = Math.hypot(...Array.from(a, (value, i) => value - b[i]));
  const size = Math.hypot(...Array.from(b));
  return size < 1e-6 ? distance : distance / size;
}

describe("training on each backend", function () {
  this.timeout(600_000);
  after(() => selectBackend("wasm"));

  for (const name of Object.keys(NETWORKS) as (keyof typeof NETWORKS)[]) {
    let expected: Awaited<ReturnType<typeof trained>>;
    before(async () => (expected = await trained(name, "cpu")));

    for (const backend of ["wasm", "tensorflow"])
      it(`five steps of ${name} on ${backend} equal those of cpu within rounding`, async function () {
        if (backend === "tensorflow" && !hasTfjsNode()) return this.skip();
        const own = await trained(name, backend);
        assert.equal(own.steps.length, STEPS);
        own.steps.forEach((step, i) => {
          for (const key of ["crossEntropy", "connectivityLoss"] as const) {
            const gap = difference([step[key]], [expected.steps[i][key]]);
            assert.ok(gap < 1e-5, `step ${i}, ${key}: ${gap}`);
          }
        });
        // Rounding of 32-bit sums, grown by five steps of momentum.
        for (const [variable, values] of expected.values) {
          const gap = difference(own.values.get(variable)!, values);
          assert.ok(gap < 1e-4, `${variable}: ${gap}`);
        }
      });
  }
});
