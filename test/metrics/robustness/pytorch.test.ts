import fixture from "../../fixtures/robustness.json";
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../../src/backend/selectBackend";
import { Random } from "../../../src/numerics/random";
import type { Architecture } from "../../../src/model/architecture";
import { Network } from "../../../src/model/network";
import { deepFool } from "../../../src/metrics/robustness/deepFool";
import { fastGradientMargins } from "../../../src/metrics/robustness/fastGradientMargins";
import { fastGradientSign } from "../../../src/metrics/robustness/fastGradientSign";
import { imageLogits } from "../../../src/model/imageLogits";
import type { PixelRange } from "../../../src/metrics/robustness/perturbation";
import { TEST_BACKEND } from "../../support/backend";
import { assertClose } from "../../support/assertClose";
import { withImages } from "./linear";

const [count, ...imageShape] = fixture.shape as [number, number, number, number];

const architecture: Architecture = {
  name: "small",
  imageShape,
  layers: [
    { kind: "convolution", filterSize: 3, channels: 5, padding: "same" },
    { kind: "maxPool", size: 2 },
    { kind: "dropout", rate: 0.5 },
    { kind: "convolution", filterSize: 3, channels: 6, padding: "valid" },
  ],
  classCount: 4,
};

/** A network with the weights that PyTorch had. */
function fixtureNetwork(): Network {
  const network = new Network(architecture, new Random(1));
  const set = (name: string, values: number[]) => {
    const variable = network.parameters.get(name) ?? network.statistics.get(name)!;
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  };
  fixture.blocks.forEach(({ filter, bias, ...normalization }, i) => {
    set(`convolution${i + 1}/filter`, filter);
    set(`convolution${i + 1}/bias`, bias);
    for (const [name, values] of Object.entries(normalization))
      set(`batchNorm${i + 1}/${name}`, values);
  });
  set("classifier/weights", fixture.weights);
  set("classifier/bias", fixture.bias);
  return network;
}

// Float32 against float64; no image of the fixture comes near a kink.
const tolerance = 3e-6;

for (const backend of ["cpu", TEST_BACKEND])
  describe(`robustness of a small network on ${backend}`, () => {
    let network: Network;
    before(async () => {
      await selectBackend(backend);
      network = fixtureNetwork();
    });
    after(() => network.dispose());

    const on = <T>(compute: (images: tf.Tensor4D) => Promise<T>) =>
      withImages(fixture.images, [count, ...imageShape], compute);

    it(`the logits on ${backend} agree with PyTorch`, async () => {
      const { result } = await on(async (images) => {
        const logits = tf.tidy(() => imageLogits(network)(images));
        const values = await logits.data();
        logits.dispose();
        return values;
      });
      assertClose(result, fixture.logits, tolerance);
    });

    for (const expected of fixture.attacks) {
      const pixelRange = (expected.pixelRange ?? undefined) as PixelRange | undefined;
      const pixels = pixelRange ? "with pixels in [0, 1]" : "with free pixels";

      it(`DeepFool results on ${backend} agree with PyTorch ${pixels}`, async () => {
        const { result, leftBehind } = await on((images) =>
          deepFool(imageLogits(network), images, { overshoot: fixture.overshoot, pixelRange }),
        );
        assertClose(result.norms, expected.norms, tolerance);
        assert.deepEqual([...result.iterations], expected.iterations);
        assert.deepEqual(result.succeeded, expected.succeeded);
        assert.equal(leftBehind, 0);
      });

      it(`fast gradient steps on ${backend} agree with PyTorch ${pixels}`, async () => {
        const { labels, epsilon } = fixture;
        const { result } = await on((images) =>
          fastGradientSign(imageLogits(network), images, labels, epsilon, { pixelRange }),
        );
        assertClose(result.perturbed, expected.perturbed, 1e-7);
        assert.equal(result.accuracy, expected.accuracy);
      });

      it(`fast gradient margins on ${backend} agree with PyTorch ${pixels}`, async () => {
        const { labels, steps, bisections } = fixture;
        const options = { steps, bisections, pixelRange };
        const { result, leftBehind } = await on((images) =>
          fastGradientMargins(imageLogits(network), images, labels, options),
        );
        assertClose(result.epsilons, expected.epsilons, 1e-12);
        assert.equal(leftBehind, 0);
      });
    }
  });
