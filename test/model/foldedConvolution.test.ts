import * as tf from "@tensorflow/tfjs";
import { Random } from "../../src/numerics/random";
import { selectBackend } from "../../src/backend/selectBackend";
import { simpleCnn13, simpleCnnMnist, type Architecture } from "../../src/model/architecture";
import { BATCH_NORM_EPSILON, LEAKY_SLOPE } from "../../src/model/batchNormLeakyRelu";
import { Network } from "../../src/model/network";
import { assertArraysClose, randomTensor, valuesOn } from "../kernels/backends";
import { TEST_BACKEND } from "../support/backend";

/** Filters of odd and even sizes before pools of each kind that leave out no, one and two rows. */
const mixed: Architecture = {
  name: "mixed",
  imageShape: [23, 18, 3],
  layers: [
    { kind: "convolution", filterSize: 5, channels: 16, padding: "same" },
    { kind: "maxPool", size: 2 },
    { kind: "convolution", filterSize: 3, channels: 16, padding: "same" },
    { kind: "dropout", rate: 0.5 },
    { kind: "averagePool", size: 3 },
    { kind: "convolution", filterSize: 2, channels: 5, padding: "same" },
    { kind: "maxPool", size: 2 },
  ],
  classCount: 4,
};
/** An unpadded filter, which has nothing to leave out, and a filter of one pixel, as little. */
const unpadded: Architecture = {
  name: "unpadded",
  imageShape: [9, 9, 2],
  layers: [
    { kind: "convolution", filterSize: 3, channels: 8, padding: "valid" },
    { kind: "maxPool", size: 3 },
    { kind: "convolution", filterSize: 1, channels: 6, padding: "same" },
    { kind: "averagePool", size: 2 },
    { kind: "convolution", filterSize: 3, channels: 6, padding: "same" },
  ],
  classCount: 4,
};

/** A network with parameters and running statistics as after training: none is neutral. */
function networkOf(architecture: Architecture): Network {
  const network = new Network(architecture, new Random(1));
  const random = new Random(2, "statistics");
  for (const [name, variable] of [...network.parameters, ...network.statistics]) {
    if (!name.startsWith("batchNorm")) continue;
    const isPositive = name.endsWith("variance");
    const values = Array.from({ length: variable.size }, () =>
      isPositive ? 0.05 + 3 * random.uniform() : 2 * random.uniform() - 1,
    );
    variable.assign(tf.tensor(values, variable.shape));
  }
  return network;
}

const inputOf = ({ imageShape }: Architecture) =>
  randomTensor([5, ...imageShape], 3) as tf.Tensor4D;

/** The features with each layer on its own, on all of its outputs. */
function unfoldedFeatures(network: Network, images: tf.Tensor4D): tf.Tensor {
  let block = 0;
  const maps = network.architecture.layers.reduce<tf.Tensor4D>((x, layer) => {
    if (layer.kind === "dropout") return x;
    if (layer.kind !== "convolution") {
      const pool = layer.kind === "maxPool" ? tf.maxPool : tf.avgPool;
      return pool(x, layer.size, layer.size, "valid");
    }
    block++;
    const parameter = (name: string) => network.parameters.get(name) as tf.Tensor;
    const statistic = (name: string) => network.statistics.get(`batchNorm${block}/${name}`)!;
    const filter = parameter(`convolution${block}/filter`) as tf.Tensor4D;
    const z = tf.add(tf.conv2d(x, filter, 1, layer.padding), parameter(`convolution${block}/bias`));
    const normalized = tf.batchNorm(
      z,
      statistic("mean") as tf.Tensor1D,
      statistic("variance") as tf.Tensor1D,
      parameter(`batchNorm${block}/offset`) as tf.Tensor1D,
      parameter(`batchNorm${block}/scale`) as tf.Tensor1D,
      BATCH_NORM_EPSILON,
    );
    return tf.leakyRelu(normalized, LEAKY_SLOPE) as tf.Tensor4D;
  }, images);
  return tf.reshape(maps, [-1, network.featureCount]);
}

describe("the features in evaluation", () => {
  // Rounding of float32, 6e-8, over some layers: 1e-5 of the largest feature leaves a wide margin.
  for (const architecture of [simpleCnnMnist, simpleCnn13(1 / 8), mixed, unpadded])
    it(`${architecture.name} has the features of its layers one by one, on both backends`, async () => {
      const compute = (features: (network: Network, images: tf.Tensor4D) => tf.Tensor) => () => {
        const network = networkOf(architecture);
        const values = features(network, inputOf(architecture));
        network.dispose();
        return [values];
      };
      const expected = await valuesOn("cpu", compute(unfoldedFeatures));
      for (const backend of ["cpu", TEST_BACKEND] as const) {
        const actual = await valuesOn(
          backend,
          compute((network, images) => network.features(images)),
        );
        assertArraysClose(actual, expected, 1e-5, backend);
      }
    });

  for (const architecture of [simpleCnnMnist, mixed, unpadded])
    it(`${architecture.name} has the gradient by the images of its layers one by one`, async () => {
      const compute = (features: (network: Network, images: tf.Tensor4D) => tf.Tensor) => () => {
        const network = networkOf(architecture);
        const gradient = tf.grad((images) => {
          const values = features(network, images as tf.Tensor4D);
          return tf.sum(tf.mul(values, randomTensor(values.shape, 4)));
        })(inputOf(architecture));
        network.dispose();
        return [gradient];
      };
      const expected = await valuesOn("cpu", compute(unfoldedFeatures));
      const actual = await valuesOn(
        TEST_BACKEND,
        compute((network, images) => network.features(images)),
      );
      assertArraysClose(actual, expected, 1e-5);
    });

  it("convolutions folded once give the features of those folded anew, to the last bit", async () => {
    await selectBackend(TEST_BACKEND);
    const network = networkOf(simpleCnnMnist);
    const images = inputOf(simpleCnnMnist);
    const convolutions = network.foldedConvolutions();
    const [once, anew] = [network.features(images, convolutions), network.features(images)];
    assertArraysClose([Array.from(once.dataSync())], [Array.from(anew.dataSync())], 0);
    tf.dispose([convolutions, once, anew, images]);
    network.dispose();
  });
});
