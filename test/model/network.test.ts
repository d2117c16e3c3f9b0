import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { Random } from "../../src/numerics/random";
import { selectBackend } from "../../src/backend/selectBackend";
import {
  blocksOf,
  layerShapes,
  simpleCnn13,
  simpleCnnMnist,
  type Architecture,
} from "../../src/model/architecture";
import { batchNormLeakyRelu, batchNormLeakyReluMaxPool } from "../../src/model/batchNormLeakyRelu";
import { dropoutMask } from "../../src/model/dropout";
import { toLayersModel } from "../../src/model/modelFiles";
import { Network } from "../../src/model/network";
import { assertArraysClose, itEqualsOthers, randomTensor, valuesOn } from "../kernels/backends";
import { TEST_BACKEND } from "../support/backend";

describe("the architectures", () => {
  it("simpleCnnMnist reduces its images to 14, 7, 3 and 1 pixels and 128 features", () => {
    const { shapes, featureCount } = layerShapes(simpleCnnMnist);
    assert.deepEqual(
      shapes.filter((_, i) => i % 2 === 1),
      [
        [14, 14, 8],
        [7, 7, 32],
        [3, 3, 64],
        [1, 1, 128],
      ],
    );
    assert.equal(featureCount, 128);
  });

  it("simpleCnn13 has 6 x 6 pixels before 128 features, and width 0.25 gives 32 features", () => {
    assert.equal(layerShapes(simpleCnn13()).featureCount, 128);
    assert.equal(layerShapes(simpleCnn13(0.25)).featureCount, 32);
    const valid = layerShapes(simpleCnn13()).shapes[10];
    assert.deepEqual(valid, [6, 6, 512]);
  });

  it("simpleCnn13 rejects a width that does not give whole channels", () => {
    assert.throws(() => simpleCnn13(0.3), /whole numbers of channels, got 0\.3/);
    assert.throws(() => simpleCnn13(0), /whole numbers of channels/);
  });

  it("a block is a convolution and everything up to the next", () => {
    const kinds = (architecture: Pick<Architecture, "layers">) =>
      blocksOf(architecture).map((block) => block.map(({ kind }) => kind).join(" "));
    assert.deepEqual(kinds(simpleCnnMnist), Array(4).fill("convolution maxPool"));
    const three = ["convolution", "convolution", "convolution maxPool dropout"];
    const end = ["convolution", "convolution", "convolution averagePool"];
    assert.deepEqual(kinds(simpleCnn13()), [...three, ...three, ...end]);
    const [first] = simpleCnnMnist.layers;
    const leading = { layers: [{ kind: "maxPool", size: 2 } as const, first, first] };
    assert.deepEqual(kinds(leading), ["maxPool convolution", "convolution"]);
  });

  it("layerShapes rejects images that are too small for the layers", () => {
    assert.throws(
      () => layerShapes({ ...simpleCnnMnist, imageShape: [8, 8, 1] }),
      /leaves no values/,
    );
  });
});

describe("the statistics of a batch", () => {
  it("one image whose map has one pixel is rejected before the statistics change", async () => {
    await selectBackend(TEST_BACKEND);
    const layers = [
      { kind: "convolution", filterSize: 3, channels: 2, padding: "same" },
      { kind: "maxPool", size: 4 },
      { kind: "convolution", filterSize: 1, channels: 3, padding: "same" },
    ] as const;
    const small: Architecture = { name: "small", imageShape: [4, 4, 1], layers, classCount: 2 };
    const network = new Network(small, new Random(1));
    const statistics = () => [...network.statistics.values()].map((one) => [...one.dataSync()]);
    const before = statistics();
    const [one, two] = [1, 2].map((count) => tf.ones<tf.Rank.R4>([count, 4, 4, 1]));
    for (const positions of [undefined, [0]])
      assert.throws(
        () => network.trainingFeatures(one, new Random(1), positions),
        /RangeError: expected more than one value per channel to normalize, got one image/,
      );
    assert.deepEqual(statistics(), before);
    // Two images, and one that counts twice, have a variance.
    tf.tidy(() => void network.trainingFeatures(two, new Random(1)));
    tf.tidy(() => void network.trainingFeatures(one, new Random(1), [0, 0]));
    assert.notDeepEqual(statistics(), before);
    assert.ok(statistics().flat().every(Number.isFinite));
    tf.dispose([one, two]);
    network.dispose();
  });
});

describe("the initial weights", () => {
  it("the seed draws weights uniform in +-1/sqrt(fan in), and batch norm starts neutral", async () => {
    await selectBackend(TEST_BACKEND);
    const [one, same, other] = [1, 1, 2].map(
      (seed) => new Network(simpleCnnMnist, new Random(seed)),
    );
    const values = (network: Network, name: string) =>
      Array.from((network.parameters.get(name) ?? network.statistics.get(name))!.dataSync());
    const filter = values(one, "convolution4/filter");
    const bound = 1 / Math.sqrt(9 * 64);
    const extreme = Math.max(...filter.map(Math.abs));
    assert.ok(extreme <= bound && extreme > 0.999 * bound);
    // Uniform in +-b: mean 0 and variance b^2 / 3; 73,728 values, so 5 standard errors are 2%.
    const mean = filter.reduce((sum, value) => sum + value, 0) / filter.length;
    const square = filter.reduce((sum, value) => sum + value * value, 0) / filter.length;
    assert.ok(Math.abs(mean) < 0.02 * bound);
    assert.ok(Math.abs(square - bound ** 2 / 3) < 0.02 * (bound ** 2 / 3));
    const bias = Math.max(...values(one, "classifier/bias").map(Math.abs));
    assert.ok(bias <= 1 / Math.sqrt(128) && bias > 0);
    assert.deepEqual(values(one, "batchNorm2/scale"), Array(32).fill(1));
    assert.deepEqual(values(one, "batchNorm2/offset"), Array(32).fill(0));
    assert.deepEqual(values(one, "batchNorm2/mean"), Array(32).fill(0));
    assert.deepEqual(values(one, "batchNorm2/variance"), Array(32).fill(1));
    assert.deepEqual(filter, values(same, "convolution4/filter"));
    assert.notDeepEqual(filter, values(other, "convolution4/filter"));
    for (const network of [one, same, other]) network.dispose();
  });
});

describe("batch normalization with leaky ReLU", () => {
  const x = () => randomTensor([3, 4, 5, 6], 1) as tf.Tensor4D;
  const scale = () => randomTensor([6], 2) as tf.Tensor1D;
  const offset = () => randomTensor([6], 3) as tf.Tensor1D;

  it("the output before the leaky ReLU has mean offset and standard deviation |scale|", async () => {
    // x = 1, 2, 3, 4 in one channel: mean 2.5, variance 1.25; scale 2, offset 10 keep y above 0.
    const [y, mean, variance] = await valuesOn(TEST_BACKEND, () => {
      const input = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
      const result = batchNormLeakyRelu(input, tf.tensor1d([2]), tf.tensor1d([10]));
      return [result.y, result.mean, result.variance];
    });
    assert.deepEqual([mean, variance], [[2.5], [1.25]]);
    const expected = [-1.5, -0.5, 0.5, 1.5].map((u) => 10 + (2 * u) / Math.sqrt(1.25 + 1e-5));
    assertArraysClose([y], [expected], 1e-6);
  });

  itEqualsOthers("the wasm kernel and its gradients", async (other) => {
    const compute = () => {
      const weights = randomTensor([3, 4, 5, 6], 4);
      const loss = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) =>
        tf.sum(
          tf.mul(
            batchNormLeakyRelu(a as tf.Tensor4D, b as tf.Tensor1D, c as tf.Tensor1D).y,
            weights,
          ),
        ) as tf.Scalar;
      const { y, mean, variance } = batchNormLeakyRelu(x(), scale(), offset());
      return [y, mean, variance, ...tf.grads(loss)([x(), scale(), offset()])];
    };
    const expected = await valuesOn(other, compute);
    const actual = await valuesOn("wasm", compute);
    assertArraysClose(actual, expected, 1e-5);
  });

  for (const [name, operation] of [
    ["alone", batchNormLeakyRelu],
    ["with max pooling", batchNormLeakyReluMaxPool],
  ] as const)
    it(`batch norm ${name} treats a copy count as repeated images, on both backends`, async () => {
      const positions = [0, 1, 0, 2, 0, 1];
      const copies = [3, 2, 1];
      const shape = operation === batchNormLeakyRelu ? [6, 4, 5, 6] : [6, 2, 2, 6];
      const compute = (isRepeated: boolean) => {
        const weights = randomTensor(shape, 4);
        const all = tf.tensor1d(positions, "int32");
        const forward = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) => {
          const [images, b1, c1] = [a as tf.Tensor4D, b as tf.Tensor1D, c as tf.Tensor1D];
          if (isRepeated) return operation(tf.gather(images, all), b1, c1);
          const result = operation(images, b1, c1, tf.tensor1d(copies));
          return { ...result, y: tf.gather(result.y, all) };
        };
        const inputs = [x(), scale(), offset()] as const;
        const { y, mean, variance } = forward(...inputs);
        const loss = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) =>
          tf.sum(tf.mul(forward(a, b, c).y, weights)) as tf.Scalar;
        return [y, mean, variance, ...tf.grads(loss)([...inputs])];
      };
      const expected = await valuesOn("cpu", () => compute(true));
      for (const backend of ["cpu", TEST_BACKEND] as const)
        for (const isRepeated of [true, false]) {
          const actual = await valuesOn(backend, () => compute(isRepeated));
          assertArraysClose(actual, expected, 1e-5, `${backend} ${isRepeated}`);
        }
    });

  it("a constant added to x does not change the output", async () => {
    const of = (shift: number) =>
      valuesOn(TEST_BACKEND, () => [batchNormLeakyRelu(tf.add(x(), shift), scale(), offset()).y]);
    assertArraysClose(await of(3), await of(0), 1e-5);
  });
});

describe("a network", () => {
  it("copies of an image in a batch have the same features to the last bit", async () => {
    await selectBackend(TEST_BACKEND);
    const network = new Network(simpleCnnMnist, new Random(1));
    const one = randomTensor([9, 28, 28, 1], 7) as tf.Tensor4D;
    const features = tf.tidy(() => {
      const repeated = tf.gather(one, tf.tensor1d([0, 1, 2, 0, 3, 4, 5, 1, 6, 7, 8, 0], "int32"));
      return network.trainingFeatures(repeated, new Random(1)).arraySync();
    });
    assert.deepEqual(features[3], features[0]);
    assert.deepEqual(features[11], features[0]);
    assert.deepEqual(features[7], features[1]);
    assert.notDeepEqual(features[1], features[0]);
    network.dispose();
  });

  // Dropout masks copies of an image differently, so they separate there. Convolutions come with and
  // without a pool.
  for (const architecture of [simpleCnnMnist, simpleCnn13(1 / 16)])
    it(`${architecture.name} computes copies once with the results of a batch that repeats them`, async () => {
      await selectBackend(TEST_BACKEND);
      const [height, width, channels] = architecture.imageShape;
      const images = randomTensor([5, height, width, channels], 7) as tf.Tensor4D;
      const positions = [0, 1, 2, 0, 3, 0, 1, 4, 4, 4];
      const [once, each] = [true, false].map((isOnce) => {
        const network = new Network(architecture, new Random(1));
        const all = tf.tensor1d(positions, "int32");
        const { value, grads } = tf.variableGrads(() => {
          const features = isOnce
            ? network.trainingFeatures(images, new Random(2), positions)
            : network.trainingFeatures(tf.gather(images, all), new Random(2));
          return tf.sum(tf.mul(features, randomTensor(features.shape, 3))) as tf.Scalar;
        });
        const read = (tensor: tf.Tensor) => Array.from(tensor.dataSync());
        const gradients = [...network.parameters.values()].flatMap(({ name }) =>
          name in grads ? [read(grads[name])] : [],
        );
        const statistics = [...network.statistics.values()].map(read);
        network.dispose();
        return { value: read(value), gradients, statistics };
      });
      assertArraysClose([once.value], [each.value], 1e-4);
      assertArraysClose(once.statistics, each.statistics, 1e-5);
      assert.ok(each.gradients.length > 10);
      assertArraysClose(once.gradients, each.gradients, 1e-3);
    });

  it("trainingFeatures rejects the position of an image that does not exist", async () => {
    await selectBackend(TEST_BACKEND);
    const network = new Network(simpleCnnMnist, new Random(1));
    const images = randomTensor([2, 28, 28, 1], 7) as tf.Tensor4D;
    const features = () => tf.tidy(() => network.trainingFeatures(images, new Random(1), [0, 2]));
    assert.throws(features, /expected positions below 2, got 2/);
    network.dispose();
  });

  it("trainingFeatures moves running statistics a tenth toward the batch's, with unbiased variance", async () => {
    await selectBackend(TEST_BACKEND);
    const network = new Network(simpleCnnMnist, new Random(1));
    const images = randomTensor([4, 28, 28, 1], 7) as tf.Tensor4D;
    const { mean, variance } = tf.tidy(() => {
      const filter = network.parameters.get("convolution1/filter") as tf.Variable<tf.Rank.R4>;
      const bias = network.parameters.get("convolution1/bias") as tf.Tensor;
      const moments = tf.moments(tf.add(tf.conv2d(images, filter, 1, "same"), bias), [0, 1, 2]);
      return { mean: moments.mean.arraySync(), variance: moments.variance.arraySync() };
    }) as { mean: number[]; variance: number[] };
    tf.tidy(() => network.trainingFeatures(images, new Random(1)));
    const count = 4 * 28 * 28;
    const running = (name: string) => Array.from(network.statistics.get(name)!.dataSync());
    const unbiased = variance.map((value) => 0.9 + (0.1 * value * count) / (count - 1));
    assertArraysClose([running("batchNorm1/mean")], [mean.map((value) => 0.1 * value)], 1e-5);
    assertArraysClose([running("batchNorm1/variance")], [unbiased], 1e-6);
    network.dispose();
  });

  it("a network of 13 layers has the same logits as its tfjs layers model", async () => {
    await selectBackend(TEST_BACKEND);
    const network = new Network(simpleCnn13(1 / 16), new Random(2));
    const images = randomTensor([3, 32, 32, 3], 3) as tf.Tensor4D;
    tf.tidy(() => network.trainingFeatures(images, new Random(3)));
    const model = toLayersModel(network);
    const [actual, expected] = tf.tidy(() => [
      Array.from(network.logits(network.features(images)).dataSync()),
      Array.from((model.predict(images) as tf.Tensor).dataSync()),
    ]);
    assertArraysClose([actual], [expected], 1e-5);
    model.dispose();
    network.dispose();
  });
});

describe("a dropout mask", () => {
  it("a mask keeps a share 1 - rate of the values, divided by 1 - rate, as its seed decides", () => {
    const mask = dropoutMask(100_000, 0.25, 7);
    const kept = mask.filter((value) => value > 0);
    assert.ok(kept.every((value) => value === Math.fround(1 / 0.75)));
    // 100,000 draws of chance 0.75: a standard deviation of 0.14%.
    assert.ok(Math.abs(kept.length / mask.length - 0.75) < 0.007);
    assert.deepEqual(dropoutMask(100_000, 0.25, 7), mask);
    assert.notDeepEqual(dropoutMask(100_000, 0.25, 8), mask);
  });

  it("neighboring values are unrelated, and so are masks of neighboring seeds", () => {
    const share = (a: Float32Array, b: Float32Array) =>
      a.filter((value, i) => value > 0 === b[i] > 0).length / a.length;
    const mask = dropoutMask(100_001, 0.5, 1);
    assert.ok(Math.abs(share(mask.subarray(1), mask.subarray(0, 100_000)) - 0.5) < 0.01);
    assert.ok(Math.abs(share(mask, dropoutMask(100_001, 0.5, 2)) - 0.5) < 0.01);
  });

  it("a mask of rate 0 keeps every value", () => {
    assert.deepEqual(dropoutMask(5, 0, 3), new Float32Array(5).fill(1));
  });
});
