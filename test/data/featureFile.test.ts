import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readFeatures, readUnlabeledFeatures } from "../../src/data/featureFile";
import { encodeSafetensors } from "../../src/files/safetensors";
import { npyFile } from "../support/npyFile";

describe("readFeatures", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "tdnc-features-"))));
  after(() => rmSync(folder, { recursive: true }));

  /** A file with arrays of these shapes, whose values count from 0. */
  function written(name: string, shapes: Readonly<Record<string, number[]>>): string {
    const tensors = Object.entries(shapes).map(([key, shape]) => {
      const count = shape.reduce((product, length) => product * length, 1);
      const values = Float32Array.from({ length: count }, (_, i) => i);
      return [key, { shape, values }] as const;
    });
    const file = path.join(folder, `${name}.safetensors`);
    writeFileSync(file, encodeSafetensors(new Map(tensors), {}));
    return file;
  }

  it("readFeatures finds arrays by their usual names, whatever their case", async () => {
    const file = written("usual", { H: [3, 2], Y: [3], W: [2, 2], b: [2], logits: [3, 2] });
    const { features, labels, weights, bias, logits, places } = await readFeatures(file);
    assert.deepEqual([features.count, features.size], [3, 2]);
    assert.deepEqual([...features.rows(1, 3)], [2, 3, 4, 5]);
    assert.deepEqual(
      [[...labels], [...weights!], [...bias!]],
      [
        [0, 1, 2],
        [0, 1, 2, 3],
        [0, 1],
      ],
    );
    assert.equal(logits!.size, 2);
    assert.equal(places!.features, `${file}: H`);
  });

  it("readFeatures prefers features to x, and takes the last layer of a state dict", async () => {
    const shapes = { x: [3, 9], features: [3, 2], y: [3], "conv.weight": [4, 1, 3, 3] };
    const layer = { "module.fc.weight": [2, 2], "module.fc.bias": [2] };
    const { features, weights, bias } = await readFeatures(
      written("dict", { ...shapes, ...layer }),
    );
    assert.deepEqual([features.size, weights!.length, bias!.length], [2, 4, 2]);
  });

  it("readFeatures flattens the axes after the first", async () => {
    const { features } = await readFeatures(written("maps", { features: [3, 2, 2, 2], y: [3, 1] }));
    assert.deepEqual([features.count, features.size], [3, 8]);
  });

  it("readFeatures takes arrays from other files, with and without a key", async () => {
    const features = path.join(folder, "any.npy");
    writeFileSync(features, npyFile("<f4", false, [3, 2], Buffer.alloc(24)));
    const labels = path.join(folder, "targets3.npy");
    writeFileSync(labels, npyFile("|u1", false, [3], Buffer.from([2, 0, 1])));
    const model = written("model", { "a.weight": [3, 2], "a.bias": [3], "fc.weight": [4, 2] });
    const own = await readFeatures(features, { labels, weights: `${model}:a.weight` });
    assert.deepEqual([...own.labels], [2, 0, 1]);
    assert.deepEqual([own.weights!.length, own.bias!.length], [6, 3]);
    const usual = await readFeatures(features, { labels, weights: model });
    assert.deepEqual([usual.weights!.length, usual.bias], [8, undefined]);
  });

  const bad: [string, Readonly<Record<string, number[]>>, Record<string, string>, RegExp][] = [
    [
      "no features",
      { a: [3, 2], y: [3] },
      {},
      /expected features named features, .*got a \(3 x 2\), y \(3\); name the array \(--features KEY or FILE\), or measure several as layers \(--layers\)$/,
    ],
    [
      "no labels",
      { features: [3, 2], a: [3] },
      {},
      /expected labels named labels, .* y, got a \(3\), features/,
    ],
    [
      "two names",
      { features: [3, 2], embeddings: [3, 4], y: [3] },
      {},
      /expected one array of features, got embeddings \(3 x 4\), features \(3 x 2\); name it \(--features KEY\), or/,
    ],
    [
      "a wrong key",
      { features: [3, 2], y: [3] },
      { labels: "z" },
      /expected an array z for labels, got features \(3 x 2\), y \(3\)$/,
    ],
    [
      "flat features",
      { features: [3], y: [3] },
      {},
      /features: expected a matrix of examples x dimensions, got shape \(3\)$/,
    ],
    [
      "labels as a matrix",
      { features: [3, 2], y: [3, 2] },
      {},
      /y: expected a list of numbers, got shape \(3 x 2\)$/,
    ],
    [
      "transposed weights",
      { features: [3, 2], y: [3], W: [2, 5] },
      {},
      /W: expected weights of classes x 2 dimensions, got shape \(2 x 5\); transpose them$/,
    ],
    [
      "other weights",
      { features: [3, 2], y: [3], W: [5, 7] },
      {},
      /W: expected weights of classes x 2 dimensions, got shape \(5 x 7\)$/,
    ],
  ];
  for (const [name, shapes, keys, message] of bad)
    it(`readFeatures rejects a file with ${name} and names the arrays`, async () => {
      await assert.rejects(readFeatures(written("bad", shapes), keys), message);
    });

  it("readUnlabeledFeatures needs no labels", async () => {
    const { features } = await readUnlabeledFeatures(written("other", { any: [5, 2] }));
    assert.deepEqual([features.count, features.size], [5, 2]);
  });
});
