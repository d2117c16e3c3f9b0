import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../../src/backend/selectBackend";
import { storedArrays } from "../../src/files/arrayFile";
import { simpleCnn13, simpleCnnMnist, type Architecture } from "../../src/model/architecture";
import { Network } from "../../src/model/network";
import { setStateDict, stateDict } from "../../src/model/stateDict";
import { Random } from "../../src/numerics/random";
import { readStateDict, writeStateDict } from "../../src/runs/stateDictFile";
import { assertClose } from "../support/assertClose";

/** What test/fixtures/stateDict.py says of four images. */
interface Fixture {
  readonly pixels: readonly number[];
  readonly logits: readonly (readonly number[])[];
}

const FIXTURES = path.resolve("test/fixtures");
const fixtures = JSON.parse(readFileSync(path.join(FIXTURES, "stateDict.json"), "utf8")) as Record<
  string,
  Fixture
>;
const fileOf = ({ name }: Architecture) => path.join(FIXTURES, `stateDict-${name}.safetensors`);

async function logitsOf(network: Network, { pixels }: Fixture): Promise<ArrayLike<number>> {
  const logits = tf.tidy(() => {
    const images = tf.tensor4d(
      Float32Array.from(pixels, (value) => value / 255),
      [4, ...network.architecture.imageShape],
    );
    return network.logits(network.features(images));
  });
  try {
    return await logits.data();
  } finally {
    logits.dispose();
  }
}

describe("a PyTorch state dict", () => {
  before(() => selectBackend("wasm"));

  for (const architecture of [simpleCnnMnist, simpleCnn13(1 / 16)]) {
    const { name } = architecture;

    it(`${name} has the logits of PyTorch with PyTorch's weights`, async () => {
      const network = new Network(architecture, new Random(0));
      await readStateDict(network, fileOf(architecture));
      const logits = await logitsOf(network, fixtures[name]);
      fixtures[name].logits.flat().forEach((value, i) => assertClose(logits[i], value, 1e-4));
      network.dispose();
    });

    it(`${name} is written with PyTorch's names, shapes and values`, async () => {
      const network = new Network(architecture, new Random(0));
      await readStateDict(network, fileOf(architecture));
      const folder = mkdtempSync(path.join(tmpdir(), "tdnc-weights-"));
      try {
        const file = path.join(folder, "weights.safetensors");
        await writeStateDict(network, file);
        assert.deepEqual(await contentOf(file), await contentOf(fileOf(architecture)));
      } finally {
        rmSync(folder, { recursive: true });
        network.dispose();
      }
    });
  }

  it("a state dict of a network with a larger last map keeps PyTorch's order of features", async () => {
    const layers = [{ kind: "convolution", channels: 2, filterSize: 1, padding: "same" } as const];
    const own = { name: "tiny", imageShape: [1, 3, 1] as const, classCount: 2, layers };
    const network = new Network(own, new Random(0));
    // Rows of features in the order of height, width, channels; a value names its place.
    const weights = tf.tensor2d([0, 1, 10, 11, 20, 21].map((place) => [place, place + 100]));
    network.parameters.get("classifier/weights")!.assign(weights);
    const tensors = await stateDict(network);
    const { shape, values } = tensors.get("cls.0.weight")!;
    assert.deepEqual(shape, [2, 6]);
    assert.deepEqual([...values.subarray(0, 6)], [0, 10, 20, 1, 11, 21]);
    network.parameters.get("classifier/weights")!.assign(tf.zerosLike(weights));
    setStateDict(network, tensors, "file");
    const back = await network.parameters.get("classifier/weights")!.data();
    assert.deepEqual([...back], [...(await weights.data())]);
    weights.dispose();
    network.dispose();
  });

  it("a state dict that does not fit is refused and leaves the network as it was", async () => {
    const network = new Network(simpleCnnMnist, new Random(0));
    const before = await stateDict(network);
    const count = tf.memory().numTensors;
    const changed = (name: string, tensor?: { shape: number[]; values: Float32Array }) => {
      const tensors = new Map(before);
      if (tensor) tensors.set(name, tensor);
      else tensors.delete(name);
      return () => setStateDict(network, tensors, "own.safetensors");
    };
    assert.throws(
      changed("cls.0.bias"),
      /^RangeError: own\.safetensors: expected cls\.0\.bias of shape \[10\], got none$/,
    );
    const bias = { shape: [9], values: new Float32Array(9) };
    assert.throws(changed("cls.0.bias", bias), /cls\.0\.bias of shape \[10\], got \[9\]$/);
    assert.throws(
      changed("cls.1.bias", bias),
      /tensors of SimpleCNN_MNIST, got cls\.1\.bias as well$/,
    );
    const wrong = { shape: [10], values: new Float32Array(10).fill(NaN, 3) };
    assert.throws(
      changed("cls.0.bias", wrong),
      /finite values of cls\.0\.bias, got NaN at value 3$/,
    );
    assert.equal(tf.memory().numTensors, count);
    assert.deepEqual(await stateDict(network), before);
    network.dispose();
  });
});

/** Tensors by name without DataParallel's prefix and without counters. */
async function contentOf(file: string) {
  const content: Record<string, unknown> = {};
  for (const { name, shape, open } of await storedArrays(file)) {
    const { rows, count } = await open();
    const own = name.replace("module.", "");
    if (!own.endsWith("num_batches_tracked")) content[own] = { shape, values: rows(0, count) };
  }
  return content;
}
